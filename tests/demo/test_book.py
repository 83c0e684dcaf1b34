from collections import Counter
from datetime import date, timedelta

from recobro.demo.accounts import Account, Book
from recobro.demo.deliveries import COLUMNS
from recobro.demo.ledger import balance, on_balance
from recobro.demo.timetable import FULL_ON, LAST_ON, MONTH_ENDS, YEAR_ENDS
from recobro.engine.tables import FACTS
from recobro.terms.codes import BorrowerKind, InstitutionKind


def _bad_and_all(book: Book, on: date) -> tuple[int, int]:
    """Return the outstanding of the loans more than 90 days past due, and of all loans."""
    known_on = max(on, FULL_ON)
    balances = [
        balance(account, on=on, known_on=known_on)
        for account in book.accounts
        if on_balance(account, on)
    ]
    bad = sum(row.outstanding for row in balances if row.days_past_due > 90)
    return bad, sum(row.outstanding for row in balances)


def test_the_bank_is_the_same_everywhere(book: Book) -> None:
    assert (
        len(book.accounts),
        len(book.borrowers),
        sum(account.loan.principal for account in book.accounts),
        sum(len(account.instalments) for account in book.accounts),
        sum(account.paid() for account in book.accounts),
    ) == (20_654, 10_999, 222_423_384_700, 234_121, 181_889_692_577)


def test_the_columns_are_the_contracts() -> None:
    """At rest a loan has a number of its own, and every row says where it came from."""
    at_rest = {
        table: [column for column in schema if column not in {"load_no", "row"}]
        for table, schema in FACTS.items()
    }
    at_rest["loans"].remove("loan_no")
    assert {table: list(columns) for table, columns in COLUMNS.items()} == {
        table: ["loan_id" if column == "loan_no" else column for column in columns]
        for table, columns in at_rest.items()
    }


def test_one_region_eight_branches_and_their_sub_branches(book: Book) -> None:
    assert Counter(row.kind for row in book.institutions) == {
        InstitutionKind.HEAD_OFFICE: 1,
        InstitutionKind.REGION: 1,
        InstitutionKind.BRANCH: 8,
        InstitutionKind.SUB_BRANCH: 14,
    }


def test_every_reference_leads_somewhere(book: Book) -> None:
    borrowers = {row.borrower_id for row in book.borrowers}
    officers = {row.staff_id for row in book.staff}
    lending = {
        row.institution_id for row in book.institutions if row.kind == InstitutionKind.SUB_BRANCH
    }
    loans = [account.loan for account in book.accounts]
    named = {loan.borrower_id for loan in loans} | {
        party.borrower_id for account in book.accounts for party in account.obligors
    }
    assert named == borrowers
    assert {loan.institution_id for loan in loans} == lending
    assert {loan.staff_id for loan in loans} <= officers


def test_ids_are_given_once(book: Book) -> None:
    borrowers = [row.borrower_id for row in book.borrowers]
    loans = [account.loan.loan_id for account in book.accounts]
    payments = [row.payment_id for account in book.accounts for row in account.payments]
    staff = [row.staff_id for row in book.staff]
    collateral = [thing.collateral_id for row in book.accounts for thing, _ in row.collateral]
    for ids in (borrowers, loans, payments, staff, collateral):
        assert len(ids) == len(set(ids))


def test_nobody_answers_twice_in_one_role_or_for_himself(book: Book) -> None:
    for account in book.accounts:
        parties = [(row.borrower_id, row.role) for row in account.obligors]
        assert len(parties) == len(set(parties))
        assert account.loan.borrower_id not in {borrower_id for borrower_id, _ in parties}


def test_every_schedule_adds_up_to_its_principal(book: Book) -> None:
    for account in book.accounts:
        for schedule in {
            id(account.original): account.original,
            0: account.schedule(LAST_ON),
        }.values():
            assert schedule.principal[-1] == account.loan.principal


def test_money_comes_after_disbursement_and_before_the_end(book: Book) -> None:
    for account in book.accounts:
        for payment in account.payments:
            assert account.loan.disbursed_on <= payment.paid_on <= payment.booked_on <= LAST_ON
            assert payment.amount > 0


def test_persons_companies_and_groups_borrow(book: Book) -> None:
    kinds = {row.borrower_id: row.kind for row in book.borrowers}
    assert {kinds[account.loan.borrower_id] for account in book.accounts} == set(BorrowerKind)


def test_farmers_repay_after_the_harvest(book: Book) -> None:
    months = Counter(
        payment.paid_on.month
        for account in book.accounts
        if account.loan.product == "spring-crop"
        for payment in account.payments
    )
    assert sum(months[month] for month in (10, 11, 12, 1)) > 0.9 * months.total()


def test_balance_and_ratio_of_bad_loans_fall_from_year_to_year(book: Book) -> None:
    dates = (*YEAR_ENDS, date(2025, 12, 31), MONTH_ENDS[-1])
    figures = [_bad_and_all(book, on) for on in dates]
    bad = [row[0] for row in figures]
    ten_thousandths = [10_000 * row[0] // row[1] for row in figures]
    assert bad == sorted(bad, reverse=True)
    assert ten_thousandths == [378, 329, 289, 248]


def test_a_balance_is_what_a_plain_count_gives(book: Book) -> None:
    """Every hundredth loan, each day of a week, counted fen by fen from the oldest instalment."""
    for account in book.accounts[::100]:
        for days in range(7):
            on = date(2025, 11, 20) + timedelta(days=days)
            row = balance(account, on=on, known_on=on)
            assert (row.outstanding, row.days_past_due) == _counted(account, on)


def _counted(account: Account, on: date) -> tuple[int, int]:
    money = sum(payment.amount for payment in account.payments if payment.paid_on <= on)
    outstanding, since = account.loan.principal, None
    for part in account.instalments:
        asked = part.due
        for due in (part.fees_due + part.interest_due, part.principal_due):
            paid = min(due, money)
            money -= paid
            asked -= paid
        outstanding -= paid
        if asked and part.due_on < on and since is None:
            since = part.due_on
    return outstanding, (on - since).days if since else 0
