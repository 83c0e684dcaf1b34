"""Loans with three instalments missed in a row, or six in all; the head of the branch signs."""

from recobro.reports import lists, problems
from recobro.reports.document import Section
from recobro.reports.material import MISSED, Problem
from recobro.reports.part import Part
from recobro.reports.report import Report

_TOLD = (
    lists.LOAN,
    lists.BORROWER,
    lists.INSTITUTION,
    problems.PRODUCT,
    problems.GRADE,
    problems.IN_A_ROW,
    problems.EVER,
    problems.DAYS,
    problems.OVERDUE,
    lists.OUTSTANDING,
)


def _loans(part: Part) -> list[Problem]:
    return part.ask(MISSED)


def sentence(part: Part) -> str:
    """Return how many there are, and their balance."""
    return problems.sentence(part, _loans(part), key="three_six")


def by_institution(part: Part) -> Section | None:
    """Return number and balance by institution."""
    return problems.by_institution(part, _loans(part), key="three_six")


def listed(part: Part) -> Section:
    """Return the loans."""
    return problems.listed(part, _loans(part), _TOLD, key="three_six")


THREE_SIX = Report(
    name="three-six",
    sentence=sentence,
    sections=(by_institution, listed),
    signatures=("signature.branch_head", "signature.risk", "signature.day"),
    debtors=True,
)
