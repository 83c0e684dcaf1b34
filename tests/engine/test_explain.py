from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from recobro.engine import close
from recobro.engine.backends.duck import Duck
from recobro.engine.explain import (
    Coming,
    Explanation,
    Fall,
    LoanNotRead,
    NotDisbursed,
    Other,
    Outlook,
    Record,
    Records,
    Return,
    explain,
)
from recobro.engine.explain.account import Account, account
from recobro.engine.explain.known import known
from recobro.terms.grades import Grade
from tests.engine.explained import explained
from tests.engine.workbench import facts_of, policy_of, tables_of
from tests.oracle.book import Book
from tests.oracle.rules import Rules
from tests.oracle.written import written

CN = Rules()
NORMAL, SPECIAL_MENTION, SUBSTANDARD, DOUBTFUL, LOSS = Grade


@pytest.fixture
def book(request: pytest.FixtureRequest) -> Book:
    """Return the book that the docstring of the test writes down."""
    return written(request.function.__doc__)


def day(text: str) -> date:
    return date.fromisoformat(text)


def look(book: Book, on: str, rules: Rules = CN, loan_id: str = "A") -> Explanation:
    return explained(book, loan_id, day(on), rules)


def floors(found: Explanation) -> dict[str, tuple[Grade, date | None]]:
    """Return the rules that hold the loan down, and until when."""
    return {one.step.code: (one.grade, one.until_on) for one in found.floors if one.grade > NORMAL}


def test_why_94_days(book: Book) -> None:
    """
    2025-12-01 A lends 200.00
    2026-01-05 A owes 100.00 and interest 4.00 and fees 1.00
    2026-02-05 A owes 100.00 and interest 2.00
    2026-02-20 A pays 80.00 as p1
    2026-02-20 A pays 60.00 as p2
    2026-06-01 A pays 67.00 as later
    """
    found = look(book, "2026-05-10")
    first, second = found.instalments
    assert [(one.n, one.settled_on, one.unpaid, one.days_late) for one in found.instalments] == [
        (1, day("2026-02-20"), 0, 45),
        (2, None, 67_00, 94),
    ]
    assert [(one.payment_id, one.fees, one.interest, one.principal) for one in first.settled] == [
        ("p1", 1_00, 4_00, 75_00),
        ("p2", 0, 0, 25_00),
    ]
    assert [(one.payment_id, one.amount) for one in second.settled] == [("p2", 35_00)]
    assert found.beyond == ()
    assert found.arrears.oldest == second
    assert (found.arrears.days.value, found.arrears.days.records) == (94, (second.record,))
    assert (found.arrears.in_a_row.value, found.arrears.ever.value) == (2, 2)
    assert found.arrears.ever.records == (first.record, second.record)


def test_every_rule_names_its_numbers_and_rows(book: Book) -> None:
    """
    2025-12-01 A lends 100.00
    2026-01-05 A owes 100.00
    """
    found = look(book, "2026-04-09")
    assert {
        one.step.code: ({row.key: row.value for row in one.step.numbers}, one.step.records)
        for one in found.floors
    } == {
        "days-past-due": (
            {
                "grades.substandard_from": "91",
                "overdue.tolerance": '"0"',
                "overdue.count_due_day": "false",
                "grades.technical_delay_days": "7",
            },
            (Record("instalments", 1, None, None),),
        ),
        "guarantee-matrix": (
            {
                "grades.matrix.credit": '["normal"]',
                "grades.matrix.enabled": "false",
                "grades.matrix.from_days": "[0]",
                "grades.technical_delay_days": "7",
            },
            (),
        ),
        "restructured": (
            {
                "restructuring.months": "12",
                "restructuring.periods": "2",
                "overdue.grace_days": "0",
                "overdue.count_due_day": "false",
            },
            (),
        ),
        "renewal": ({}, ()),
        "contagion": ({"contagion.share_above": '"0.1"'}, ()),
        "judgement": ({}, ()),
        "cure-hold": (
            {
                "cure.months": "6",
                "cure.periods": "2",
                "cure.applies_to": '["company", "village_group"]',
            },
            (),
        ),
    }
    assert [(row.key, row.value, row.source) for row in found.provision.numbers] == [
        ("provision.substandard", '"0.25"', "PBoC 2002 no. 98: 25 %. Read.")
    ]
    assert found.provision.value == 25_00


def test_some_instalments_lift_the_grade_and_all_lift_it_more(book: Book) -> None:
    """
    2025-12-01 A lends 300.00
    2026-01-05 A owes 100.00
    2026-02-05 A owes 100.00
    2026-03-05 A owes 100.00
    2026-02-20 A pays 40.00
    """
    found = look(book, "2026-04-10")
    tomorrow = day("2026-04-11")
    assert found.outlook == Outlook(
        returns=(
            Return(60_00, tomorrow, SPECIAL_MENTION, tomorrow, ()),
            Return(260_00, tomorrow, NORMAL, tomorrow, ()),
        ),
        fall=Fall(day("2026-10-03"), DOUBTFUL, ("days-past-due",), 60_00, day("2026-10-02")),
    )


def test_what_nobody_chases_need_not_be_paid(book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-05 A owes 100.00
    """
    found = look(book, "2026-02-10", Rules(tolerance=Decimal("5.00")))
    tomorrow = day("2026-02-11")
    assert found.outlook.returns == (Return(195_00, tomorrow, NORMAL, tomorrow, ()),)


def test_a_fall_tomorrow_is_still_averted_tomorrow(book: Book) -> None:
    """
    2025-12-01 A lends 100.00
    2026-01-05 A owes 100.00
    """
    assert look(book, "2026-01-05").outlook == Outlook(
        returns=(),
        fall=Fall(
            day("2026-01-06"), SPECIAL_MENTION, ("days-past-due",), 100_00, day("2026-01-06")
        ),
    )


def test_a_company_waits_after_it_has_paid_or_repays_all(book: Book) -> None:
    """
    2025-12-01 A lends 1000.00 to company Acme
    2026-01-05 A owes 100.00
    2026-05-05 A owes 100.00
    2027-01-05 A owes 800.00
    """
    found = look(book, "2026-04-10")
    tomorrow, cured = day("2026-04-11"), day("2027-01-05")
    assert floors(found) == {
        "days-past-due": (SUBSTANDARD, tomorrow),
        "contagion": (SUBSTANDARD, cured),
        "cure-hold": (SUBSTANDARD, cured),
    }
    assert found.outlook.returns == (
        Return(
            100_00,
            tomorrow,
            NORMAL,
            cured,
            (Coming(day("2026-05-05"), 100_00), Coming(cured, 800_00)),
        ),
        Return(1000_00, tomorrow, NORMAL, tomorrow, ()),
    )
    assert [(one.cured_on, one.grade) for one in found.episodes] == [(None, SUBSTANDARD)]


def test_an_observation_is_lived_through_with_every_instalment_on_time(book: Book) -> None:
    """
    2025-01-01 A lends 400.00
    2026-03-01 A restructured first due 2026-04-05
    2026-04-05 A owes 100.00
    2026-07-05 A owes 100.00
    2026-10-05 A owes 100.00
    2027-04-05 A owes 100.00
    2026-07-10 A pays 100.00
    """
    found = look(book, "2026-08-01")
    [seen] = found.observations
    assert (seen.restructured_on, seen.ends_on, seen.again, seen.held_grade) == (
        day("2026-03-01"),
        day("2027-07-05"),
        False,
        NORMAL,
    )
    assert floors(found) == {
        "days-past-due": (SPECIAL_MENTION, day("2026-08-02")),
        "restructured": (SPECIAL_MENTION, day("2027-07-05")),
    }
    assert found.outlook.returns == (
        Return(
            100_00,
            day("2026-08-02"),
            NORMAL,
            day("2027-07-05"),
            (Coming(day("2026-10-05"), 100_00), Coming(day("2027-04-05"), 100_00)),
        ),
    )


def test_no_payment_on_a_good_loan_averts_the_fall_of_its_company(book: Book) -> None:
    """
    2025-12-01 A lends 900.00 to company Acme
    2025-12-01 B lends 800.00 to company Acme
    2025-12-01 C lends 1.00 JPY to company Acme
    2027-01-05 A owes 900.00
    2026-01-05 B owes 800.00
    """
    found = look(book, "2026-03-01")
    assert found.outlook == Outlook(
        returns=(),
        fall=Fall(day("2026-04-06"), SUBSTANDARD, ("contagion",), None, day("2026-04-05")),
    )
    assert found.others == (Other("B", 800_00, SPECIAL_MENTION, Record("loans", 2, None, None)),)
    assert found.graded_alone is NORMAL


def test_a_judged_grade_ends_by_itself(book: Book) -> None:
    """
    2025-12-01 A lends 100.00 instead of Z
    2027-01-05 A owes 100.00
    2026-01-10 A judged grade doubtful until 2026-03-01
    """
    found = look(book, "2026-02-01")
    assert floors(found) == {
        "renewal": (SPECIAL_MENTION, None),
        "judgement": (DOUBTFUL, day("2026-03-01")),
    }
    assert found.outlook == Outlook(
        returns=(Return(0, day("2026-02-02"), SPECIAL_MENTION, day("2026-03-01"), ()),),
        fall=Fall(day("2028-01-01"), LOSS, ("days-past-due",), 100_00, day("2027-12-31")),
    )


def test_what_has_left_the_balance_sheet_has_no_outlook(book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-01 A pays 30.00 as p1
    2026-02-01 A pays 500.00 as p2
    2026-02-02 A reverses p1
    2026-03-01 A written off
    """
    found = look(book, "2026-03-01")
    assert found.outlook == Outlook(returns=(), fall=None)
    assert [(one.payment_id, one.amount) for one in found.beyond] == [("p2", 400_00)]


def test_there_is_nothing_to_explain(book: Book, tmp_path: Path) -> None:
    """
    2026-01-05 A lends 100.00
    """
    with Duck(tmp_path) as duck:
        tables = tables_of(book, duck)
        del tables["institutions"]
        records, policy = Records(**tables), policy_of(CN)
        with pytest.raises(NotDisbursed, match="A is disbursed on 2026-01-05"):
            explain(records, loan_no=1, on=day("2026-01-04"), policy=policy, stage=duck)
        with pytest.raises(LoanNotRead, match="Loan number 2 is not among the rows"):
            explain(records, loan_no=2, on=day("2026-01-05"), policy=policy, stage=duck)


def test_the_standing_is_what_the_close_publishes(book: Book, tmp_path: Path) -> None:
    """
    2025-12-01 A lends 100.00 to company Acme
    2025-12-05 A restructured
    2026-01-05 A owes 60.00
    2026-02-05 A owes 40.00
    2026-02-20 A pays 70.00
    2027-01-01 A closed as sold
    """
    on, policy = day("2026-05-31"), policy_of(CN)
    with Duck(tmp_path) as duck:
        closed = close.standings(facts_of(book, policy, duck), on=on, policy=policy, desk=duck)
        assert duck.rows(closed) == [look(book, "2026-05-31").standing]


def laid(book: Book, on: str, rules: Rules, folder: Path) -> Account:
    """Return loan A's account as known at the end of a day."""
    policy = policy_of(rules)
    with Duck(folder) as duck:
        tables = tables_of(book, duck)
        del tables["institutions"]
        seen = known(Records(**tables), loan_no=1, on=day(on), reader=duck)
    return account(seen, seen.loans[0], policy)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (("fees", "interest", "principal"), 110_00),
        (("interest", "principal", "fees"), 105_00),
        (("principal", "interest", "fees"), 101_00),
    ],
)
def test_what_repays_a_loan_depends_on_what_is_settled_first(
    book: Book, tmp_path: Path, order: tuple[str, ...], expected: int
) -> None:
    """
    2026-01-05 A owes 60.00 and interest 1.00
    2026-02-05 A owes 40.00 and interest 4.00 and fees 5.00
    2026-02-06 A pays 20.00
    """
    found = laid(book, "2026-02-06", Rules(allocation=order), tmp_path)
    assert (found.repaid_at, found.to_repay) == (expected, expected - 20_00)


def test_a_loan_without_a_schedule_is_repaid_by_its_principal(book: Book, tmp_path: Path) -> None:
    """
    2026-01-05 A lends 100.00
    2026-02-06 A pays 120.00
    """
    found = laid(book, "2026-02-06", CN, tmp_path)
    assert (found.asked, found.repaid_at, found.to_repay) == ((), 100_00, 0)


def test_a_schedule_that_asks_too_little_never_repays(book: Book, tmp_path: Path) -> None:
    """
    2026-01-01 A lends 100.00
    2026-01-05 A owes 60.00
    """
    assert laid(book, "2026-01-05", CN, tmp_path).to_repay is None


def test_due_dates_that_run_backwards_ask_for_all_before_them(book: Book, tmp_path: Path) -> None:
    """
    2025-12-01 A lends 600.00
    2026-01-05 A owes 100.00
    2026-05-05 A owes 200.00
    2026-03-05 A owes 300.00
    2026-04-05 A owes 0
    2026-01-20 A pays 150.00
    """
    found = laid(book, "2026-01-31", Rules(tolerance=Decimal("9.00")), tmp_path)
    assert found.coming(due_after=day("2026-01-31")) == [Coming(day("2026-03-05"), 450_00)]
    assert found.settling(due_until=day("2026-03-05")) == {441_00}
    assert found.arrears(due_until=day("2026-03-05")) == 441_00
    assert found.arrears(due_until=day("2026-01-31")) == 0
