"""The loans that have become non-performing."""

from recobro.reports import lists, problems
from recobro.reports.document import Section
from recobro.reports.material import NEW_NONPERFORMING, Problem
from recobro.reports.part import Part
from recobro.reports.report import Report
from recobro.terms.dates import previous_month_end

_TOLD = (
    lists.LOAN,
    lists.BORROWER,
    lists.INSTITUTION,
    problems.PRODUCT,
    problems.GRADE_BEFORE,
    problems.GRADE_NOW,
    lists.REASONS,
    problems.DAYS,
    problems.OVERDUE,
    lists.OUTSTANDING,
)


def _loans(part: Part) -> list[Problem]:
    return part.ask(NEW_NONPERFORMING)


def sentence(part: Part) -> str:
    """Return how many there are, and their balance."""
    return problems.sentence(part, _loans(part), key="new")


def by_institution(part: Part) -> Section | None:
    """Return number and balance by institution."""
    return problems.by_institution(part, _loans(part), key="new")


def listed(part: Part) -> Section:
    """Return the loans."""
    return problems.listed(part, _loans(part), _TOLD, key="new")


NEW_NPL = Report(
    name="new-npl",
    since=previous_month_end,
    sentence=sentence,
    sections=(by_institution, listed),
    debtors=True,
)
