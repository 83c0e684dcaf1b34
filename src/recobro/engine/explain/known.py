"""What was known about a loan, and about the other loans of its company, at the end of a day."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import ibis.expr.types as ir

from recobro.engine.explain.explanation import Record
from recobro.engine.steps.settlement import UNSPECIFIED
from recobro.terms.codes import BorrowerKind
from recobro.terms.refusal import Refusal

Row = dict[str, Any]


class LoanNotRead(Refusal):
    """The rows handed in have no such loan."""

    says = (
        "Loan number {loan_no} is not among the rows of the book: nothing was explained. Check the "
        "number of the loan and the version of the facts"
    )

    def __init__(self, loan_no: int) -> None:
        super().__init__(loan_no=str(loan_no))


class NotDisbursed(Refusal):
    """The loan has no standing yet."""

    says = (
        "{loan_id} is disbursed on {disbursed_on} and has no standing on {on}: ask for "
        "{disbursed_on} or a later day"
    )

    def __init__(self, loan_id: str, disbursed_on: date, on: date) -> None:
        super().__init__(loan_id=loan_id, disbursed_on=disbursed_on, on=on)


@dataclass(frozen=True, kw_only=True)
class Records:
    """The rows that bear on one loan: its own, and those of all loans of a company that owes it."""

    loans: ir.Table
    borrowers: ir.Table
    instalments: ir.Table
    payments: ir.Table
    restructurings: ir.Table
    judgements: ir.Table


@dataclass(frozen=True, kw_only=True)
class Known:
    """Those rows as they were known: nothing that happened later has happened.

    `loan` is the explained loan as the book has it, `loans` begin with what was known of it.
    Payments are those that count.
    """

    on: date
    loan: Row
    borrower: Row
    loans: list[Row]
    instalments: list[Row]
    payments: list[Row]
    restructurings: list[Row]
    judgements: list[Row]

    @property
    def numbers(self) -> list[int]:
        """The loans' numbers, the explained loan's first."""
        return [row["loan_no"] for row in self.loans]

    def of(self, rows: list[Row], loan_no: int) -> list[Row]:
        """Return the rows of one loan."""
        return [row for row in rows if row["loan_no"] == loan_no]

    def schedule_of(self, loan_no: int) -> list[Row]:
        """Return the instalments of one loan in the order in which they are settled."""
        return sorted(self.of(self.instalments, loan_no), key=lambda row: int(row["n"]))

    @property
    def on_balance(self) -> bool:
        """Whether the loan had neither been written off nor closed."""
        first = self.loans[0]
        return first["written_off_on"] is None and first["closed_on"] is None


class Reader(Protocol):
    """Where rows are read; the engine on this machine is one."""

    def rows(self, table: ir.Table) -> list[Row]:
        """Compute a small table and return its rows."""
        ...


def known(records: Records, *, loan_no: int, on: date, reader: Reader) -> Known:
    """Read the rows and leave out what came after `on`.

    Raises LoanNotRead, NotDisbursed.
    """
    loans = {row["loan_no"]: row for row in reader.rows(records.loans)}
    if loan_no not in loans:
        raise LoanNotRead(loan_no)
    loan = loans[loan_no]
    if on < loan["disbursed_on"]:
        raise NotDisbursed(loan["loan_id"], loan["disbursed_on"], on)
    borrower = _borrower(reader.rows(records.borrowers), loan)
    reach = _reach(loan, list(loans.values()), borrower, on)

    def own(table: ir.Table) -> list[Row]:
        return [row for row in reader.rows(table) if row["loan_no"] in reach]

    return Known(
        on=on,
        loan=loan,
        borrower=borrower,
        loans=[_still_open(loans[number], on) for number in reach],
        instalments=own(records.instalments),
        payments=_counting(own(records.payments), on),
        restructurings=[row for row in own(records.restructurings) if row["restructured_on"] <= on],
        judgements=[
            row for row in reader.rows(records.judgements) if _concerns(row, reach, borrower, on)
        ],
    )


def _borrower(rows: list[Row], loan: Row) -> Row:
    return next(row for row in rows if row["borrower_id"] == loan["borrower_id"])


def _reach(loan: Row, loans: list[Row], borrower: Row, on: date) -> list[int]:
    """List the loans that bear on the grade, the loan itself first."""
    own: int = loan["loan_no"]
    if borrower["kind"] != BorrowerKind.COMPANY.value:
        return [own]
    others = (row for row in loans if row["disbursed_on"] <= on and row["loan_no"] != own)
    owed = (row["loan_no"] for row in others if row["borrower_id"] == loan["borrower_id"])
    return [own, *sorted(owed)]


def record(table: str, row: Row) -> Record:
    """Return where a row came from."""
    return Record(table, row.get("loan_no"), row["load_no"], row["row"])


def _concerns(judgement: Row, loans: list[int], borrower: Row, on: date) -> bool:
    if judgement["from_on"] > on:
        return False
    if judgement["loan_no"] is None:
        return bool(judgement["borrower_id"] == borrower["borrower_id"])
    return judgement["loan_no"] in loans


def _still_open(loan: Row, on: date) -> Row:
    later = [name for name in ("written_off_on", "closed_on") if loan[name] and loan[name] > on]
    return loan | dict.fromkeys(later)


def _counting(payments: list[Row], on: date) -> list[Row]:
    """Leave out reversals, what they cancel, and what was paid later; order as settlement does."""
    cancelled = {row["reverses"] for row in payments}
    counting = [
        row
        for row in payments
        if row["reverses"] is None and row["payment_id"] not in cancelled and row["paid_on"] <= on
    ]
    return sorted(
        counting,
        key=lambda row: (row["paid_on"], row["source"] or UNSPECIFIED, row["payment_id"]),
    )
