"""Explain a loan of an oracle's book, and look at what would happen with the oracle."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from recobro.engine.backends.duck import Duck
from recobro.engine.explain import Explanation, Records, explain
from tests.engine.workbench import policy_of, tables_of
from tests.oracle.book import Book, Instalment, Payment
from tests.oracle.rules import Rules


def explained(book: Book, loan_id: str, on: date, rules: Rules) -> Explanation:
    """Explain one loan with the rows that the engine is promised, and no others."""
    own = book.loan(loan_id)
    mine = {loan_id}
    if book.borrower_of(own).kind == "company":
        mine = {one.loan_id for one in book.loans if one.borrower_id == own.borrower_id}
    few = replace(
        book,
        borrowers=(book.borrower_of(own),),
        loans=tuple(one for one in book.loans if one.loan_id in mine),
        instalments=tuple(one for one in book.instalments if one.loan_id in mine),
        payments=tuple(one for one in book.payments if one.loan_id in mine),
        restructurings=tuple(one for one in book.restructurings if one.loan_id in mine),
    )
    loan_no = sorted(mine).index(loan_id) + 1
    with TemporaryDirectory() as scratch, Duck(Path(scratch)) as duck:
        tables = tables_of(few, duck)
        del tables["institutions"]
        return explain(
            Records(**tables), loan_no=loan_no, on=on, policy=policy_of(rules), stage=duck
        )


def as_known(book: Book, on: date) -> Book:
    """Return the book without what happened later; schedules stay as they were agreed."""
    cancelled = {one.reverses for one in book.payments if one.reverses}
    return replace(
        book,
        loans=tuple(
            replace(
                one,
                written_off_on=_by(one.written_off_on, on),
                closed_on=_by(one.closed_on, on),
            )
            for one in book.loans
            if one.disbursed_on <= on
        ),
        payments=tuple(
            one
            for one in book.payments
            if one.paid_on <= on and not one.reverses and one.payment_id not in cancelled
        ),
        restructurings=tuple(one for one in book.restructurings if one.restructured_on <= on),
        judgements=tuple(one for one in book.judgements if one.from_on <= on),
    )


def _by(day: date | None, on: date) -> date | None:
    return day if day and day <= on else None


def paying(book: Book, loan_id: str, *sums: tuple[date, int]) -> Book:
    """Return the book with more payments on a loan."""
    more = tuple(
        Payment(f"{loan_id}+{number}", loan_id, paid_on, amount)
        for number, (paid_on, amount) in enumerate(sums)
        if amount
    )
    return replace(book, payments=book.payments + more)


def keeping_up(book: Book, loan_id: str, on: date) -> Book:
    """Return the book with what the company's other loans ask after `on` paid when it is due."""
    own = book.loan(loan_id)
    if book.borrower_of(own).kind != "company":
        return book
    for other in book.loans:
        if other.borrower_id == own.borrower_id and other.loan_id != loan_id:
            book = paying(book, other.loan_id, *_on_time(book, other.loan_id, on))
    return book


def _on_time(book: Book, loan_id: str, on: date) -> Iterable[tuple[date, int]]:
    schedule = book.instalments_of(loan_id)
    reached = max(_asked(schedule, on), sum(one.amount for one in book.payments_of(loan_id)))
    for day in sorted({one.due_on for one in schedule if one.due_on > on}):
        if _asked(schedule, day) > reached:
            yield day, _asked(schedule, day) - reached
            reached = _asked(schedule, day)


def _asked(schedule: list[Instalment], day: date) -> int:
    """Return what must have been paid in all for everything due by a day to be paid."""
    last = max((one.n for one in schedule if one.due_on <= day), default=0)
    return sum(one.total_due for one in schedule if one.n <= last)
