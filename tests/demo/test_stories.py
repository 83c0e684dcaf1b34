"""What each story says is in the book: outstanding and days past due on the days it names."""

from datetime import date

import pytest

from recobro.demo.accounts import Account, Book
from recobro.demo.deliveries import delta
from recobro.demo.ledger import Balance, balance, on_balance
from recobro.demo.stories import STORIES, double_mortgage
from recobro.demo.timetable import LAST_ON
from recobro.terms.codes import ClosedAs, Source

Accounts = dict[str, Account]


def _days(account: Account, on: str, known_on: str | None = None) -> int:
    day = date.fromisoformat(on)
    known = date.fromisoformat(known_on) if known_on else day
    return balance(account, on=day, known_on=known).days_past_due


def _loans(accounts: Accounts, name: str) -> list[Account]:
    story = next(story for story in STORIES if story.name == name)
    return [accounts[loan_id] for loan_id in story.loans]


def test_the_stories_are_named_once_and_in_this_order() -> None:
    assert [story.name for story in STORIES] == [
        "hail", "dealer", "renewal", "double-mortgage", "cured", "re-default", "contagion",
        "written-off", "sold", "repossessed", "guarantor", "staff-funded", "village-group",
        "reversed", "late-booked", "judged", "mistakes",
    ]  # fmt: skip


def test_a_story_names_the_households_of_its_loans(accounts: Accounts) -> None:
    for story in STORIES:
        debtors = {accounts[loan_id].loan.borrower_id for loan_id in story.loans}
        assert debtors == set(story.households)


def test_hail(book: Book, accounts: Accounts) -> None:
    loans = _loans(accounts, "hail")
    villages = {row.borrower_id: row.village for row in book.borrowers}
    assert {villages[row.loan.borrower_id] for row in loans} == {"石榴沟"}
    assert sum(_days(row, "2025-12-31") > 0 for row in loans) == 48
    assert sum(_days(row, "2026-03-31") > 90 for row in loans) == 32
    assert sum(_days(row, "2026-06-30") > 90 for row in loans) == 16


def test_dealer(accounts: Accounts) -> None:
    loans = _loans(accounts, "dealer")
    assert {_days(row, "2026-03-31") for row in loans} == {0}
    assert {_days(row, "2026-06-30") for row in loans} == {76}
    sources = {payment.source for row in loans for payment in row.payments}
    assert sources == {Source.DEALER}


def test_renewal(accounts: Accounts) -> None:
    loans = _loans(accounts, "renewal")
    for old, new in zip(loans[::2], loans[1::2], strict=True):
        assert _days(old, "2025-09-17") == 89
        assert (old.loan.closed_on, old.loan.closed_as) == (date(2025, 9, 18), ClosedAs.REPLACED)
        assert new.loan.replaces_loan_id == old.loan.loan_id
        assert new.loan.principal >= old.loan.principal
        assert _days(new, "2026-06-30") == 0


def test_double_mortgage(accounts: Accounts) -> None:
    things = [row.collateral[0][0] for row in _loans(accounts, "double-mortgage")]
    assert [thing.certificate_no for thing in things] == 2 * [double_mortgage.CERTIFICATE_NO]
    assert len({thing.collateral_id for thing in things}) == 2


def test_cured(accounts: Accounts) -> None:
    (loan,) = _loans(accounts, "cured")
    assert [_days(loan, on) for on in ("2025-04-13", "2025-07-17", "2025-07-18", "2026-06-30")] == [
        91, 186, 0, 0,
    ]  # fmt: skip


def test_re_default(accounts: Accounts) -> None:
    (loan,) = _loans(accounts, "re-default")
    assert [_days(loan, on) for on in ("2025-06-07", "2025-08-11", "2025-12-31", "2026-04-09")] == [
        91, 0, 0, 91,
    ]  # fmt: skip


def test_contagion(accounts: Accounts) -> None:
    loans = _loans(accounts, "contagion")
    assert len({row.loan.borrower_id for row in loans}) == 1
    assert [_days(row, "2025-12-20") for row in loans] == [0, 91, 0, 0]
    first, second, *_ = loans
    assert first.restructuring is not None
    assert first.restructuring.difficulty
    before, after = first.original.instalments, first.schedule(LAST_ON).instalments
    assert [part for part in after if part.due_on <= date(2025, 9, 22)] == list(before[:5])
    owed = [balance(row, on=date(2025, 12, 31), known_on=date(2025, 12, 31)) for row in loans]
    assert 10 * owed[1].outstanding > sum(row.outstanding for row in owed)
    assert owed[1] == Balance(second.loan.principal, 102)


def test_written_off(accounts: Accounts) -> None:
    (loan,) = _loans(accounts, "written-off")
    assert on_balance(loan, date(2023, 6, 29))
    assert not on_balance(loan, date(2023, 6, 30))
    assert [(row.paid_on.isoformat(), row.amount, row.source) for row in loan.payments] == [
        ("2025-11-20", 6_500_00, Source.COURT),
        ("2026-04-16", 3_800_00, Source.COURT),
    ]


def test_sold(accounts: Accounts) -> None:
    loans = _loans(accounts, "sold")
    assert {_days(row, "2025-11-30") > 360 for row in loans} == {True}
    assert {(row.loan.closed_on, row.loan.closed_as) for row in loans} == {
        (date(2025, 12, 16), ClosedAs.SOLD)
    }
    assert {row.payments[-1].source for row in loans} == {Source.SALE}


def test_repossessed(accounts: Accounts) -> None:
    (loan,) = _loans(accounts, "repossessed")
    assert _days(loan, "2026-03-29") == 523
    assert (loan.loan.closed_on, loan.loan.closed_as) == (date(2026, 3, 30), ClosedAs.REPOSSESSED)
    assert loan.payments[-1].source == Source.ASSET_IN_KIND
    assert balance(loan, on=LAST_ON, known_on=LAST_ON) == Balance(0, 0)


def test_guarantor(accounts: Accounts) -> None:
    (loan,) = _loans(accounts, "guarantor")
    assert [_days(loan, on) for on in ("2025-11-13", "2026-02-25", "2026-02-26")] == [91, 195, 0]
    assert [row.source for row in loan.payments[-2:]] == 2 * [Source.GUARANTOR]
    assert loan.loan.closed_as == ClosedAs.PAID


def test_staff_funded(accounts: Accounts) -> None:
    payments = [
        row
        for loan in _loans(accounts, "staff-funded")
        for row in loan.payments
        if row.source == Source.STAFF
    ]
    assert {row.payer for row in payments} == {"YG0811"}
    assert [row.paid_on.isoformat() for row in payments[:4]] == [
        "2025-09-29", "2025-12-30", "2026-03-30", "2026-06-29",
    ]  # fmt: skip
    assert len(payments) == 20


def test_village_group(accounts: Accounts) -> None:
    (loan,) = _loans(accounts, "village-group")
    assert [_days(loan, on) for on in ("2026-03-11", "2026-04-30")] == [91, 141]
    assert sum(row.share or 0 for row in loan.obligors) == 1


@pytest.mark.parametrize(
    ("name", "on", "as_known", "as_known_later"),
    [("reversed", "2026-04-30", 0, 21), ("late-booked", "2025-12-31", 102, 0)],
)
def test_what_came_later_changes_an_earlier_day(
    accounts: Accounts, name: str, on: str, as_known: int, as_known_later: int
) -> None:
    (loan,) = _loans(accounts, name)
    assert (_days(loan, on), _days(loan, on, "2026-05-31")) == (as_known, as_known_later)


def test_late_booked_is_bad_in_the_ledger_of_the_year(book: Book, accounts: Accounts) -> None:
    (loan,) = _loans(accounts, "late-booked")
    day = date(2025, 12, 31)
    assert on_balance(loan, day)
    assert loan.loan.closed_on == date(2026, 1, 14)
    assert loan.loan.loan_id not in {
        row[0] for row in delta(book, since=date(2025, 11, 30), until=day)["loans"]
    }


def test_judged(book: Book, accounts: Accounts) -> None:
    wage, company = _loans(accounts, "judged")
    assert [_days(row, "2026-03-31") for row in (wage, company)] == [3, 0]
    assert [(row.loan_id, row.borrower_id) for row in book.judgements] == [
        (wage.loan.loan_id, None),
        (None, company.loan.borrower_id),
    ]


def test_mistakes_leave_their_loans_in_order(accounts: Accounts) -> None:
    loans = _loans(accounts, "mistakes")
    assert [_days(row, "2026-06-30") for row in loans] == [0, 0, 0]
