"""What core banking hands over on a day: the rows of each table, as it knows them then."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from recobro.demo.accounts import Account, Book
from recobro.demo.ledger import balance, general_ledger
from recobro.demo.timetable import YEAR_ENDS
from recobro.terms.codes import ClosedAs

Row = tuple[object, ...]
Tables = dict[str, list[Row]]
"""Rows by table, in the order of COLUMNS; amounts in fen."""

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "institutions": ("institution_id", "parent_id", "name", "kind"),
    "staff": ("staff_id", "name", "institution_id", "active"),
    "borrowers": (
        "borrower_id", "household_id", "kind", "name", "national_id", "phone", "address",
        "village", "latitude", "longitude", "industry",
    ),
    "loans": (
        "loan_id", "borrower_id", "institution_id", "product", "currency", "principal",
        "annual_rate", "disbursed_on", "matures_on", "guarantee", "staff_id", "purpose",
        "replaces_loan_id", "written_off_on", "closed_on", "closed_as", "outstanding_principal",
        "delivered_on",
    ),
    "instalments": ("loan_id", "n", "due_on", "principal_due", "interest_due", "fees_due"),
    "payments": ("payment_id", "loan_id", "paid_on", "amount", "source", "payer", "reverses"),
    "restructurings": ("loan_id", "restructured_on", "first_due_on", "difficulty"),
    "obligors": ("loan_id", "borrower_id", "role", "liability", "guaranteed_until", "share"),
    "collateral": (
        "collateral_id", "kind", "description", "certificate_no", "owner_borrower_id", "value",
        "currency", "valued_on", "appraiser", "insured_until", "latitude", "longitude",
    ),
    "securities": (
        "collateral_id", "loan_id", "rank", "secured_amount", "registered_on", "registered_until",
    ),
    "judgements": (
        "judgement_id", "loan_id", "borrower_id", "kind", "value", "from_on", "until_on",
        "reason", "staff_id",
    ),
    "ledger": ("institution_id", "on", "currency", "item", "amount"),
}  # fmt: skip
"""The columns of a delivery's tables."""


def full(book: Book, *, until: date) -> Tables:
    """Return the whole book at the end of a day."""
    tables = _news(book, date.min, until)
    tables["institutions"] = list(book.institutions)
    tables["staff"] = list(book.staff)
    for on in YEAR_ENDS:
        tables["ledger"] += general_ledger(book.accounts, on=on, known_on=until)
    return tables


def delta(book: Book, *, since: date, until: date) -> Tables:
    """Return what is new or changed after one day, up to another; empty tables are left out."""
    return {table: rows for table, rows in _news(book, since, until).items() if rows}


def _news(book: Book, since: date, until: date) -> Tables:
    accounts = [account for account in book.accounts if account.loan.disbursed_on <= until]
    moved = [account for account in accounts if account.moved(since, until)]
    new = [account for account in accounts if account.loan.disbursed_on > since]
    return {
        "borrowers": [
            party for party in book.borrowers if since < book.first_on[party.borrower_id] <= until
        ],
        "loans": [_loan(account, until) for account in moved],
        "instalments": list(_instalments(moved, since, until)),
        "payments": list(_payments(moved, since, until)),
        "restructurings": [
            account.restructuring
            for account in moved
            if account.restructuring and since < account.restructuring.restructured_on <= until
        ],
        "obligors": [obligor for account in new for obligor in account.obligors],
        "collateral": [thing for account in new for thing, _ in account.collateral],
        "securities": [security for account in new for _, security in account.collateral],
        "judgements": [row for row in book.judgements if since < row.from_on <= until],
        "ledger": list(general_ledger(accounts, on=until, known_on=until)),
    }


def _loan(account: Account, until: date) -> Row:
    loan = account.loan
    written_off_on = _known(loan.written_off_on, until)
    closed_on = _known(loan.closed_on, until)
    closed_as = loan.closed_as if closed_on else None
    left_unpaid = written_off_on or closed_as not in {None, ClosedAs.PAID, ClosedAs.REPLACED}
    return (
        loan.loan_id,
        loan.borrower_id,
        loan.institution_id,
        loan.product,
        loan.currency,
        loan.principal,
        loan.annual_rate,
        loan.disbursed_on,
        account.schedule(until).days[-1],
        loan.guarantee,
        loan.staff_id,
        loan.purpose,
        loan.replaces_loan_id,
        written_off_on,
        closed_on,
        closed_as,
        None if left_unpaid else balance(account, on=until, known_on=until).outstanding,
        until,
    )


def _known(day: date | None, until: date) -> date | None:
    return day if day and day <= until else None


def _instalments(accounts: Iterable[Account], since: date, until: date) -> Iterator[Row]:
    for account in accounts:
        changed_on = account.loan.disbursed_on
        if account.rescheduled and account.rescheduled[0] <= until:
            changed_on = account.rescheduled[0]
        if changed_on > since:
            schedule = account.schedule(until)
            yield from ((account.loan.loan_id, *part) for part in schedule.instalments)


def _payments(accounts: Iterable[Account], since: date, until: date) -> Iterator[Row]:
    for account in accounts:
        loan_id = account.loan.loan_id
        for payment in account.payments:
            if since < payment.booked_on <= until:
                number, paid_on, amount, source, payer, reverses, _ = payment
                yield (number, loan_id, paid_on, amount, source, payer, reverses)
