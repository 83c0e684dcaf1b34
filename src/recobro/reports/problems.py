"""Lists of problem loans: by institution, then loan by loan."""

from recobro.reports.document import Bar, Bars, Kind, Row, Section, Table
from recobro.reports.lists import Told, listing
from recobro.reports.material import Problem
from recobro.reports.part import Part
from recobro.terms.grades import GRADE_OF_CODE

PRODUCT: Told[Problem] = Told("product", Kind.TEXT, lambda _, loan: loan.product)
OVERDUE: Told[Problem] = Told("overdue", Kind.MONEY, lambda _, loan: loan.overdue_amount)
DAYS: Told[Problem] = Told("days_past_due", Kind.INTEGER, lambda _, loan: loan.days_past_due)
IN_A_ROW: Told[Problem] = Told("in_a_row", Kind.INTEGER, lambda _, loan: loan.missed_in_a_row)
EVER: Told[Problem] = Told("ever", Kind.INTEGER, lambda _, loan: loan.missed_ever)
GRADE: Told[Problem] = Told("grade", Kind.GRADE, lambda _, loan: GRADE_OF_CODE[loan.grade])
GRADE_NOW: Told[Problem] = Told("grade_now", Kind.GRADE, lambda _, loan: GRADE_OF_CODE[loan.grade])
GRADE_BEFORE: Told[Problem] = Told(
    "grade_before", Kind.GRADE, lambda _, loan: GRADE_OF_CODE.get(loan.grade_before or "")
)


def sentence(part: Part, loans: list[Problem], *, key: str) -> str:
    """Return how many loans a list has, and their balance."""
    day = part.language.day(part.heading.since)
    if not loans:
        return part.say(f"sentence.{key}_none", day=day)
    balance = part.scaled(sum(loan.outstanding_principal for loan in loans))
    if len(loans) == 1:
        return part.say(f"sentence.{key}_one", balance=balance, day=day)
    count = part.language.integer(len(loans))
    return part.say(f"sentence.{key}", loans=count, balance=balance, day=day)


def listed(
    part: Part, loans: list[Problem], told: tuple[Told[Problem], ...], *, key: str
) -> Section:
    """Return the loans, the largest first, and the sum of their amounts."""
    ranked = sorted(loans, key=lambda loan: (-loan.outstanding_principal, loan.loan_id))
    return Section(part.title(key), listing(part, ranked, told, empty=key))


def by_institution(part: Part, loans: list[Problem], *, key: str) -> Section | None:
    """Return number and balance of the loans of each institution; None where all are of one."""
    found: dict[str, list[int]] = {}
    for loan in loans:
        found.setdefault(loan.institution_id, []).append(loan.outstanding_principal)
    if len(found) < 2:  # noqa: PLR2004 - one institution needs no comparison
        return None
    ranked = sorted(found, key=lambda one: (-sum(found[one]), one))
    rows = [Row((part.name(one), len(found[one]), sum(found[one]))) for one in ranked]
    whole = sum(loan.outstanding_principal for loan in loans)
    rows.append(part.total(len(loans), whole))
    columns = (
        part.column("institution"),
        part.column("loans", Kind.INTEGER),
        part.column("outstanding", Kind.MONEY),
    )
    bars = (Bar(part.name(one), sum(found[one]), part.money(sum(found[one]))) for one in ranked)
    chart = Bars(part.say(f"chart.{key}_by_institution"), tuple(bars))
    table = Table(columns, tuple(rows), part.currency, part.say(f"empty.{key}"))
    return Section(part.title(f"{key}_by_institution"), table, (chart,))
