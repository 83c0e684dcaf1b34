"""Lists of loans: a line for each, and what their amounts add up to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from recobro.reports.document import Kind, Row, Table, Value
from recobro.reports.part import Part

Listed = TypeVar("Listed")


@dataclass(frozen=True, slots=True)
class Told(Generic[Listed]):
    """Say what a list tells of each loan: a word of the catalogue, a kind, a value."""

    word: str
    kind: Kind
    of: Callable[[Part, Listed], Value]
    summed: bool = True  # an amount that a loan has once, in a list that names it twice, is not


LOAN: Told[Any] = Told("loan", Kind.TEXT, lambda _, loan: loan.loan_id)
BORROWER: Told[Any] = Told("borrower", Kind.TEXT, lambda _, loan: loan.borrower)
INSTITUTION: Told[Any] = Told(
    "institution", Kind.TEXT, lambda part, loan: part.name(loan.institution_id)
)
OUTSTANDING: Told[Any] = Told("outstanding", Kind.MONEY, lambda _, loan: loan.outstanding_principal)
REASONS: Told[Any] = Told(
    "reasons",
    Kind.TEXT,
    lambda part, loan: ", ".join(part.say(f"reason.{code}") for code in loan.grade_reasons),
)


def listing(
    part: Part,
    loans: Sequence[Listed],
    told: tuple[Told[Listed], ...],
    *,
    empty: str,
    most: int | None = None,
) -> Table:
    """Return the loans as they come, and the sum of their amounts."""
    rows = [Row(tuple(one.of(part, loan) for one in told)) for loan in loans]
    if len(rows) > 1:
        rows.append(part.total(*_sums(part, loans, told[1:])))
    columns = tuple(part.column(one.word, one.kind) for one in told)
    return Table(columns, tuple(rows), part.currency, part.say(f"empty.{empty}"), most)


def _sums(part: Part, loans: Sequence[Listed], told: tuple[Told[Listed], ...]) -> list[Value]:
    """Return the sum under each column of amounts, nothing under the others."""
    return [
        sum(value for loan in loans if isinstance(value := one.of(part, loan), int))
        if one.kind is Kind.MONEY and one.summed
        else ""
        for one in told
    ]
