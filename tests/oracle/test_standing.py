"""The oracle against the sentences of the book's contract on settlement and standings."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.oracle.account import account
from tests.oracle.book import Book, Borrower, Judgement
from tests.oracle.floors import observation_end
from tests.oracle.rules import Rules, half_up, months_after
from tests.oracle.standing import NotDisbursed, Standing, bucket, standing, standings
from tests.oracle.written import written

CN = Rules()


def look(book: Book, on: str, loan_id: str = "A", rules: Rules = CN) -> Standing:
    return standing(book, loan_id, date.fromisoformat(on), rules)


def graded(book: Book, on: str, loan_id: str = "A", rules: Rules = CN) -> tuple[str, ...]:
    seen = look(book, on, loan_id, rules)
    return seen["grade"], *seen["grade_reasons"]


def settled(book: Book, rules: Rules = CN) -> list[str | None]:
    """Return when each instalment of loan A that asks for something is settled."""
    claims = account(book, "A", rules).claims
    return [str(one.settled_on) if one.settled_on else None for one in claims]


def test_every_column(book: Book) -> None:
    """
    2025-12-01 A lends 200.00 to company Acme against pledge
    2026-01-05 A owes 100.00 and interest 4.00 and fees 1.00
    2026-02-05 A owes 100.00 and interest 2.00
    2026-02-20 A pays 140.00
    """
    assert look(book, "2026-03-31") == Standing(
        as_of=date(2026, 3, 31),
        loan_id="A",
        household_id="Acme",
        borrower_id="Acme",
        institution_id="bank",
        product="farm",
        currency="CNY",
        guarantee="pledge",
        principal=200_00,
        outstanding_principal=67_00,
        paid_total=140_00,
        overdue_amount=67_00,
        overdue_principal=67_00,
        overdue_interest=0,
        overdue_fees=0,
        oldest_unpaid_due_on=date(2026, 2, 5),
        days_past_due=54,
        unpaid_instalments=1,
        missed_in_a_row=2,
        missed_ever=2,
        three_six=False,
        bucket="M2",
        grade="special_mention",
        local_grade="special_mention",
        grade_reasons=("days-past-due",),
        nonperforming=False,
        on_balance=True,
        provision=1_34,
    )


def test_a_loan_has_a_standing_from_the_day_it_is_lent(book: Book) -> None:
    """
    2026-01-05 A lends 100.00
    2026-01-06 B lends 100.00
    """
    assert [one["loan_id"] for one in standings(book, date(2026, 1, 5), CN)] == ["A"]
    with pytest.raises(NotDisbursed, match="B is not disbursed on 2026-01-05"):
        look(book, "2026-01-05", "B")


def test_oldest_first_and_money_beyond_is_in_advance(book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-05 A owes 100.00
    2026-03-05 A owes 100.00
    2026-01-04 A pays 150.00
    2026-02-06 A pays 50.00
    """
    assert settled(book) == ["2026-01-04", "2026-02-06", None]
    assert look(book, "2026-02-05")["overdue_amount"] == 0
    assert look(book, "2026-02-05")["outstanding_principal"] == 150_00


def test_a_back_dated_payment_counts_from_its_own_day(book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 60.00
    2026-01-03 A pays 40.00
    """
    assert settled(book) == ["2026-02-20"]
    assert look(book, "2026-01-10")["overdue_amount"] == 60_00


def test_a_reversed_payment_counts_on_no_date(book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 A pays 100.00 as p1
    2026-03-01 A reverses p1
    """
    assert settled(book) == [None]
    assert look(book, "2026-02-04")["days_past_due"] == 30
    assert look(book, "2026-02-04")["paid_total"] == 0


def test_the_tolerance_settles_but_never_hides(book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-05 A owes 0.01
    2026-01-05 A pays 99.99
    """
    rules = Rules(tolerance=Decimal("0.019"))
    seen = look(book, "2026-02-10", rules=rules)
    assert settled(book, rules) == ["2026-01-05", None]
    assert (seen["overdue_amount"], seen["days_past_due"]) == (2, 5)
    assert look(book, "2026-02-10")["days_past_due"] == 36


def test_what_the_tolerance_forgives_whole_is_settled_when_due(book: Book) -> None:
    """
    2026-01-05 A owes 0.01
    2026-02-05 A owes 100.00
    """
    assert settled(book, Rules(tolerance=Decimal("0.01"))) == ["2026-01-05", None]


def test_the_tolerance_is_rounded_down_to_the_minor_unit() -> None:
    rules = Rules(tolerance=Decimal("1.0099"))
    assert [rules.tolerance_in(one) for one in ("JPY", "CNY", "KWD")] == [1, 100, 1009]


def test_an_instalment_that_asks_nothing_is_skipped(book: Book) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-05 A owes 0
    2026-03-05 A owes 100.00
    """
    seen = look(book, "2026-03-06")
    counted = seen["unpaid_instalments"], seen["missed_in_a_row"], seen["missed_ever"]
    assert counted == (2, 2, 2)


def test_due_dates_that_run_backwards_settle_by_number(book: Book) -> None:
    """
    2026-03-05 A owes 100.00
    2026-02-05 A owes 100.00
    2026-02-01 A pays 100.00
    """
    assert settled(book) == ["2026-02-01", None]
    seen = look(book, "2026-03-10")
    assert (seen["oldest_unpaid_due_on"], seen["overdue_amount"]) == (date(2026, 2, 5), 100_00)


@pytest.mark.parametrize(
    ("order", "parts"),
    [
        (("fees", "interest", "principal"), (40_00, 0, 0)),
        (("principal", "interest", "fees"), (0, 30_00, 10_00)),
        (("interest", "principal", "fees"), (30_00, 0, 10_00)),
    ],
)
def test_the_order_inside_an_instalment(order: tuple[str, ...], parts: tuple[int, ...]) -> None:
    book = written("""
        2026-01-05 A owes 100.00 and interest 30.00 and fees 10.00
        2026-01-05 A pays 100.00
        """)
    seen = look(book, "2026-01-06", rules=Rules(allocation=order))
    late = seen["overdue_principal"], seen["overdue_interest"], seen["overdue_fees"]
    assert (late, seen["overdue_amount"]) == (parts, 40_00)


def test_without_instalments_payments_lower_the_principal(book: Book) -> None:
    """
    2026-01-05 A lends 100.00
    2026-02-05 A pays 30.00
    2026-03-05 A pays 80.00
    """
    days = ("2026-02-04", "2026-02-05", "2026-03-05")
    assert [look(book, on)["outstanding_principal"] for on in days] == [100_00, 70_00, 0]


def test_due_today_is_late_only_where_the_due_day_counts(book: Book) -> None:
    """
    2026-01-01 A lends 100.00
    2026-01-05 A owes 100.00
    """
    india = Rules(count_due_day=True)
    assert look(book, "2026-01-05")["overdue_amount"] == 0
    seen = look(book, "2026-01-05", rules=india)
    assert (seen["overdue_amount"], seen["days_past_due"], seen["missed_ever"]) == (100_00, 1, 1)
    assert look(book, "2026-01-04", rules=india)["days_past_due"] == 0


SEVEN = """
    2025-01-05 A owes 10.00
    2025-01-06 A pays 10.00
    2025-02-05 A owes 10.00
    2025-02-06 A pays 10.00
    2025-03-05 A owes 10.00
    2025-03-06 A pays 10.00
    2025-04-05 A owes 10.00
    2025-04-05 A pays 10.00
    2025-05-05 A owes 10.00
    2025-06-05 A owes 10.00
    2025-07-05 A owes 10.00
    """


@pytest.mark.parametrize(
    ("on", "rules", "expected"),
    [
        ("2025-03-31", CN, (0, 3, False)),  # all paid: no run, however late they were
        ("2025-06-05", CN, (1, 4, False)),
        ("2025-06-06", CN, (2, 5, False)),
        ("2025-07-06", CN, (3, 6, True)),
        ("2025-07-06", Rules(grace_days=1), (2, 2, False)),
        ("2025-07-06", Rules(window_months=3), (3, 3, True)),
        ("2025-07-06", Rules(window_months=3, missed_in_a_row=4), (3, 3, False)),
        ("2025-07-05", Rules(window_months=2), (2, 1, False)),
    ],
)
def test_three_in_a_row_or_six_ever(on: str, rules: Rules, expected: tuple[int, int, bool]) -> None:
    seen = look(written(SEVEN), on, rules=rules)
    assert (seen["missed_in_a_row"], seen["missed_ever"], seen["three_six"]) == expected


def test_buckets() -> None:
    days = (0, 1, 30, 31, 60, 61, 90, 91, 120, 121, 150, 151, 180, 181, 999)
    names = "M0 M1 M1 M2 M2 M3 M3 M4 M4 M5 M5 M6 M6 M7 M7"
    assert [bucket(one) for one in days] == names.split()


def test_off_balance_keeps_its_arithmetic_and_needs_no_provision(book: Book) -> None:
    """
    2026-01-01 A lends 100.00
    2026-01-05 A owes 100.00
    2026-06-01 A written off
    2026-01-01 B lends 100.00
    2026-06-01 B closed as sold
    """
    seen = look(book, "2026-05-31")
    assert (seen["on_balance"], seen["provision"]) == (True, 25_00)
    seen = look(book, "2026-06-01")
    assert (seen["on_balance"], seen["provision"], seen["overdue_amount"]) == (False, 0, 100_00)
    assert (seen["grade"], look(book, "2026-06-01", "B")["on_balance"]) == ("substandard", False)


def test_half_a_minor_unit_goes_up() -> None:
    assert [half_up(one, Decimal("0.02")) for one in (24, 25, 75, 124, 125)] == [0, 1, 2, 2, 3]


@pytest.mark.parametrize(
    ("judgement", "expected"),
    [
        ("grade normal", ("normal",)),
        ("grade loss", ("loss", "judgement")),
        ("ecl_share 0.49", ("normal",)),
        ("ecl_share 0.5", ("doubtful", "judgement")),
        ("ecl_share 0.90", ("loss", "judgement")),
        ("evasion", ("doubtful", "judgement")),
        ("liquidation", ("loss", "judgement")),
        ("use_changed", ("special_mention", "judgement")),
        ("evergreening_confirmed", ("special_mention", "judgement")),
        ("technical_delay", ("normal",)),
    ],
)
def test_judgements(judgement: str, expected: tuple[str, ...]) -> None:
    book = written(f"""
        2026-01-01 A lends 100.00
        2026-03-01 A judged {judgement} until 2026-04-01
        """)
    days = ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01")
    assert [graded(book, on) for on in days] == [("normal",), expected, expected, ("normal",)]


def test_a_judgement_on_a_borrower_touches_all_its_loans(book: Book) -> None:
    """
    2026-01-01 A lends 100.00 to person Li
    2026-01-01 B lends 100.00 to person Li
    2026-01-01 C lends 100.00 to person Wu
    """
    judged = Judgement("j", "evasion", date(2026, 2, 1), borrower_id="Li")
    seen = standings(replace(book, judgements=(judged,)), date(2026, 2, 1), CN)
    assert [one["grade"] for one in seen] == ["doubtful", "doubtful", "normal"]


def test_contagion_stays_inside_a_currency_and_on_balance(book: Book) -> None:
    """
    2026-01-01 A lends 100.00 CNY to company Acme
    2026-01-01 B lends 100 JPY to company Acme
    2026-01-01 C lends 100.00 CNY to company Acme
    2026-03-01 C judged evasion
    2026-04-01 C written off
    """
    assert graded(book, "2026-03-31") == ("substandard", "contagion")
    assert graded(book, "2026-03-31", "B") == ("normal",)
    assert graded(book, "2026-03-31", "C") == ("doubtful", "judgement", "contagion")
    assert graded(book, "2026-04-01") == ("normal",)
    assert graded(book, "2026-04-01", "C") == ("doubtful", "judgement")


def test_a_restructured_loan_keeps_the_bad_grade_of_the_day_before(book: Book) -> None:
    """
    2025-01-01 A lends 200.00
    2026-01-05 A owes 100.00
    2026-06-01 A restructured
    2026-06-01 A pays 100.00 by new_loan
    2027-06-05 A owes 100.00
    """
    assert graded(book, "2026-05-31") == ("substandard", "days-past-due")
    assert graded(book, "2026-06-01") == ("substandard", "restructured")
    change = book.restructurings[0]
    end = observation_end(account(book, "A", CN), change, date(2026, 6, 1))
    assert end == date(2028, 6, 5)


def test_without_difficulty_a_change_is_no_restructuring(book: Book) -> None:
    """
    2026-01-01 A lends 100.00
    2026-06-01 A restructured without difficulty
    """
    assert graded(book, "2026-06-01") == ("normal",)


def test_a_cure_waits_for_the_second_instalment(book: Book) -> None:
    """
    2025-01-01 A lends 40.00 to village_group Hill
    2025-02-01 A owes 10.00
    2025-05-10 A pays 10.00
    2025-08-01 A owes 10.00
    2025-08-01 A pays 10.00
    2026-02-01 A owes 10.00
    2026-01-15 A pays 10.00
    2026-08-01 A owes 10.00
    """
    assert graded(book, "2025-05-02") == ("special_mention", "days-past-due")
    assert graded(book, "2025-05-03") == ("substandard", "days-past-due", "cure-hold")
    assert graded(book, "2026-01-31") == ("substandard", "cure-hold")
    assert graded(book, "2026-02-01") == ("normal",)


def test_a_settled_loan_is_held_no_longer(book: Book) -> None:
    """
    2025-01-01 A lends 10.00 to village_group Hill
    2025-02-01 A owes 10.00
    2025-06-01 A pays 10.00
    """
    assert graded(book, "2025-05-31") == ("substandard", "days-past-due", "cure-hold")
    assert graded(book, "2025-06-01") == ("normal",)


def test_an_episode_goes_on_while_anything_is_unsettled(book: Book) -> None:
    """
    2025-01-01 A lends 30.00 to village_group Hill
    2025-02-01 A owes 10.00
    2025-05-31 A owes 10.00
    2025-06-01 A pays 10.00
    2025-07-01 A pays 10.00
    2027-01-01 A owes 10.00
    """
    assert graded(book, "2025-06-30") == ("substandard", "cure-hold", "days-past-due")
    assert graded(book, "2025-12-31") == ("substandard", "cure-hold")
    assert graded(book, "2026-01-01") == ("normal",)


def test_months_are_clipped_to_their_end() -> None:
    assert months_after(date(2023, 8, 31), 6) == date(2024, 2, 29)
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_after(date(2024, 1, 31), -2) == date(2023, 11, 30)
    assert months_after(date(2024, 1, 31), -24) == date(2022, 1, 31)


def test_a_household_stands_for_its_borrowers(book: Book) -> None:
    """
    2026-01-01 A lends 10.00 to person Li
    """
    together = replace(book, borrowers=(Borrower("Li", household_id="house"),))
    assert look(together, "2026-01-01")["household_id"] == "house"
