"""The oracle against vectors that others worked out: the domain's, and two other systems'."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.oracle.book import Book, Borrower, Instalment, Loan, Payment
from tests.oracle.figures import Allowance, Quality, double_reduction, ratio, required_allowance
from tests.oracle.rules import SMALL_BUSINESS, Rules
from tests.oracle.standing import standing, standings
from tests.oracle.written import written
from tests.shared import shared

CN = Rules()
INDIA = Rules(count_due_day=True)
WITH_MATRIX = Rules(matrix=SMALL_BUSINESS)
TODAY = date(2026, 6, 30)


def graded(book: Book, on: str, loan_id: str = "A", rules: Rules = CN) -> tuple[str, ...]:
    """Return the grade and its reasons."""
    seen = standing(book, loan_id, date.fromisoformat(on), rules)
    return seen["grade"], *seen["grade_reasons"]


def late(guarantee: str, days: int, judgement: str = "") -> tuple[str, ...]:
    """Return the grade of a loan so many days past due today, with the matrix switched on."""
    book = written(f"""
        2024-01-01 A lends 100.00 against {guarantee}
        {TODAY - timedelta(days=days)} A owes 100.00
        {f"2026-06-01 A judged {judgement}" if judgement else ""}
        """)
    return graded(book, str(TODAY), rules=WITH_MATRIX)


DAYS, MATRIX = "days-past-due", "guarantee-matrix"


@pytest.mark.parametrize(
    ("guarantee", "days", "judgement", "expected"),
    [
        pytest.param("credit", 0, "", ("normal",), id="T1"),
        pytest.param("mortgage", 5, "technical_delay", ("normal",), id="T2"),
        pytest.param("mortgage", 7, "technical_delay", ("normal",), id="T2-last-day"),
        pytest.param("mortgage", 8, "technical_delay", ("special_mention", DAYS), id="T3"),
        pytest.param("pledge", 90, "", ("special_mention", DAYS), id="T4"),
        pytest.param("pledge", 91, "", ("substandard", DAYS, MATRIX), id="T5"),
        pytest.param("mortgage", 270, "", ("substandard", DAYS, MATRIX), id="T6"),
        pytest.param("mortgage", 271, "", ("doubtful", DAYS, MATRIX), id="T6-next-day"),
        pytest.param("credit", 360, "", ("doubtful", DAYS, MATRIX), id="T7-credit"),
        pytest.param("credit", 361, "", ("loss", DAYS, MATRIX), id="T7-credit-next-day"),
        pytest.param("guarantee", 360, "", ("doubtful", DAYS, MATRIX), id="T7-guarantee"),
        pytest.param("guarantee", 361, "", ("loss", DAYS, MATRIX), id="T7-guarantee-next-day"),
        pytest.param("mortgage", 360, "", ("doubtful", DAYS, MATRIX), id="T7-mortgage"),
        pytest.param("mortgage", 361, "", ("loss", DAYS, MATRIX), id="T7-mortgage-next-day"),
        pytest.param("pledge", 360, "", ("doubtful", DAYS, MATRIX), id="T7-pledge"),
        pytest.param("pledge", 361, "", ("loss", DAYS, MATRIX), id="T7-pledge-next-day"),
        pytest.param("credit", 31, "", ("substandard", MATRIX, DAYS), id="T8"),
        pytest.param(
            "guarantee", 45, "ecl_share 0.50", ("doubtful", "judgement", DAYS, MATRIX), id="T9"
        ),
    ],
)
def test_small_business(
    guarantee: str, days: int, judgement: str, expected: tuple[str, ...]
) -> None:
    assert late(guarantee, days, judgement) == expected


def test_t10_more_than_a_tenth_nonperforming_takes_all(book: Book) -> None:
    """
    2026-01-01 A lends 89.00 to company Acme
    2027-01-01 A owes 89.00
    2026-01-01 B lends 11.00 to company Acme
    2026-03-31 B owes 11.00
    """
    assert graded(book, "2026-06-30") == ("substandard", "contagion")
    assert graded(book, "2026-06-30", "B") == ("substandard", DAYS, "contagion", "cure-hold")


def test_t11_a_tenth_exactly_is_not_more(book: Book) -> None:
    """
    2026-01-01 A lends 90.00 to company Acme
    2027-01-01 A owes 90.00
    2026-01-01 B lends 10.00 to company Acme
    2026-03-31 B owes 10.00
    """
    assert graded(book, "2026-06-29") == ("normal",)
    assert graded(book, "2026-06-30") == ("special_mention", "contagion")
    assert graded(book, "2026-06-30", "B") == ("substandard", DAYS, "cure-hold")


def test_t12_a_renewal_is_at_least_special_mention(book: Book) -> None:
    """
    2026-01-01 A lends 100.00 instead of Z
    2027-01-01 A owes 100.00
    2026-03-01 A judged renewal_qualified until 2026-05-01
    """
    assert graded(book, "2026-02-28") == ("special_mention", "renewal")
    assert graded(book, "2026-03-01") == ("normal",)
    assert graded(book, "2026-05-01") == ("special_mention", "renewal")


CURED = """
    2025-01-20 A lends 120.00 to {kind} Acme
    2025-09-20 A owes 10.00
    2025-10-20 A owes 10.00
    2025-11-20 A owes 10.00
    2025-12-20 A owes 10.00
    2026-01-10 A pays 40.00
    2026-01-20 A owes 10.00
    2026-01-20 A pays 10.00
    2026-02-20 A owes 10.00
    2026-02-20 A pays 60.00
    2026-03-20 A owes 10.00
    2026-04-20 A owes 10.00
    2026-05-20 A owes 10.00
    2026-06-20 A owes 10.00
    2026-07-20 A owes 10.00
    2026-08-20 A owes 10.00
    """


def test_t13_a_cured_group_waits_six_months() -> None:
    book = written(CURED.format(kind="village_group"))
    assert graded(book, "2026-01-09") == ("substandard", DAYS, "cure-hold")
    assert graded(book, "2026-01-10") == ("substandard", "cure-hold")
    assert graded(book, "2026-07-09") == ("substandard", "cure-hold")
    assert graded(book, "2026-07-10") == ("normal",)


def test_t13_a_cured_company_is_all_of_its_own_loans() -> None:
    book = written(CURED.format(kind="company"))
    assert graded(book, "2026-01-09") == ("substandard", DAYS, "contagion", "cure-hold")
    assert graded(book, "2026-07-09") == ("substandard", "contagion", "cure-hold")
    assert graded(book, "2026-07-10") == ("normal",)


def test_t13_a_cured_person_follows_the_days() -> None:
    book = written(CURED.format(kind="person"))
    assert graded(book, "2026-01-09") == ("substandard", DAYS)
    assert graded(book, "2026-01-10") == ("normal",)


RESTRUCTURED = """
    2025-01-20 A lends 80.00
    2026-01-20 A restructured first due 2026-02-20
    2026-02-20 A owes 10.00
    2026-02-20 A pays 10.00
    2026-05-20 A owes 10.00
    2026-05-20 A pays 10.00
    2026-08-20 A owes 10.00
    {paid_on} A pays 10.00
    2026-11-20 A owes 10.00
    2026-11-20 A pays 50.00
    2027-02-20 A owes 10.00
    2027-05-20 A owes 10.00
    2027-08-20 A owes 10.00
    2027-11-20 A owes 10.00
    """


def test_t14_observation_lasts_a_year_from_the_first_new_due_date() -> None:
    book = written(RESTRUCTURED.format(paid_on="2026-08-20"))
    assert graded(book, "2026-01-19") == ("normal",)
    assert graded(book, "2026-01-20") == ("special_mention", "restructured")
    assert graded(book, "2027-02-19") == ("special_mention", "restructured")
    assert graded(book, "2027-02-20") == ("normal",)


def test_t15_a_missed_instalment_starts_observation_again() -> None:
    book = written(RESTRUCTURED.format(paid_on="2026-08-21"))
    assert graded(book, "2027-08-19") == ("special_mention", "restructured")
    assert graded(book, "2027-08-20") == ("normal",)


def test_t16_restructured_again_is_substandard() -> None:
    again = "2026-09-01 A restructured first due 2026-11-20"
    book = written(RESTRUCTURED.format(paid_on="2026-08-20") + again)
    assert graded(book, "2026-08-31") == ("special_mention", "restructured")
    assert graded(book, "2026-09-01") == ("substandard", "restructured")
    assert graded(book, "2027-11-19") == ("substandard", "restructured")
    assert graded(book, "2027-11-20") == ("normal",)


@pytest.mark.parametrize(
    ("on", "rules", "days", "grade"),
    [
        ("2026-03-31", CN, 0, "normal"),
        ("2026-04-01", CN, 1, "special_mention"),
        ("2026-06-29", CN, 90, "special_mention"),
        ("2026-06-30", CN, 91, "substandard"),
        ("2026-03-30", INDIA, 0, "normal"),
        ("2026-03-31", INDIA, 1, "special_mention"),
        ("2026-04-30", INDIA, 31, "special_mention"),
        ("2026-05-30", INDIA, 61, "special_mention"),
        ("2026-06-29", INDIA, 91, "substandard"),
    ],
)
def test_days_past_due(on: str, rules: Rules, days: int, grade: str) -> None:
    """
    2026-01-01 A lends 100.00
    2026-03-31 A owes 100.00
    """
    book = written(test_days_past_due.__doc__)
    seen = standing(book, "A", date.fromisoformat(on), rules)
    assert (seen["days_past_due"], seen["grade"]) == (days, grade)


@pytest.mark.parametrize(
    ("now", "both"),
    [
        (Quality(118, 3900), False),  # 3.03 % after 3.00 %
        (Quality(120, 4100), False),
        (Quality(117, 3900), False),  # 3.00 % again
        (Quality(116, 3900), True),
    ],
)
def test_double_reduction(now: Quality, both: bool) -> None:  # noqa: FBT001 -- what is expected
    assert double_reduction(Quality(120, 4000), now) is both


def test_deviation() -> None:
    assert ratio(130, 118) == Decimal("1.101695")
    assert ratio(1, 0) is None


def test_coverage(book: Book) -> None:
    """
    2026-01-01 N lends 9500.00
    2026-01-01 S lends 300.00
    2026-01-01 S judged grade special_mention
    2026-01-01 B lends 100.00
    2026-01-01 B judged grade substandard
    2026-01-01 D lends 60.00
    2026-01-01 D judged grade doubtful
    2026-01-01 L lends 40.00
    2026-01-01 L judged grade loss
    """
    allowance = required_allowance(standings(book, TODAY, CN), CN)
    assert allowance == Allowance(specific=101_00, general=100_00, required=300_00)


def case_book(case: dict[str, Any], point: dict[str, Any]) -> Book:
    """Return the book of a shared case, in cents; principal where the parts are not told."""
    instalments = [
        Instalment(
            "A",
            one["n"],
            date.fromisoformat(one["due_on"]),
            cents(one["due"] if one["principal_due"] is None else one["principal_due"]),
            cents(one["interest_due"] or 0),
        )
        for one in case["schedule"]
    ]
    payments = [
        Payment(f"p{n}", "A", date.fromisoformat(one["paid_on"]), cents(one["amount"]))
        for n, one in enumerate(point["payments"])
    ]
    lent_on = date.fromisoformat(case["disbursed_on"] or case["schedule"][0]["due_on"])
    loan = Loan("A", "A", "bank", cents(case["principal"]), lent_on, instalments[-1].due_on)
    return Book(
        borrowers=(Borrower("A"),),
        loans=(loan,),
        instalments=tuple(instalments),
        payments=tuple(payments),
    )


def cents(amount: float) -> int:
    return int(Decimal(str(amount)).scaleb(2))


def test_arrears_as_other_systems_see_them() -> None:
    told, seen = [], []
    for case in json.loads(shared("cases", "arrears.json").read_text()):
        rules = INDIA if case["day_convention"] == "due_today_is_1" else CN
        for point in case["as_of"]:
            on, expected = date.fromisoformat(point["on"]), point["expected"]
            row = standing(case_book(case, point), "A", on, rules)
            told.append((case["id"], on, expected["days_past_due"]))
            seen.append((case["id"], on, row["days_past_due"]))
            if "overdue_amount" in expected:
                told.append((case["id"], on, cents(expected["overdue_amount"])))
                seen.append((case["id"], on, row["overdue_amount"]))
    assert seen == told
