import pytest
from django.test import Client

from tests.web.conftest import SignedIn
from tests.web.read import body, loans
from tests.web.workplace import BORROWERS, Workplace

N1, N2, N3, S1, T1, W1 = range(2, 8)
"""Loans by number."""


@pytest.fixture
def head(workplace: Workplace, signed_in: SignedIn) -> Client:
    """Return the browser of somebody who sees the whole bank."""
    return signed_in("head")


def test_a_loan_stands_where_its_day_says(head: Client) -> None:
    for query, expected in [
        ("", (30_000, 10_150, 176, "substandard", "M6")),
        ("?as_of=2026-03-31", (30_000, 10_150, 85, "special_mention", "M3")),
    ]:
        row = head.get(f"/loans/{N1}/{query}").context["row"]["of"]
        found = (row.outstanding_principal, row.overdue_amount, row.days_past_due)
        assert (*found, row.grade, row.bucket) == expected


def test_a_loan_has_its_names_and_amounts(head: Client) -> None:
    text = body(head.get(f"/loans/{N1}/"))
    words = ("Ana Núñez", "N1", "Peñalba", "Río Norte", "Calle 1", "300.00", "101.50", "176")
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize("part", ["", "why/"])
def test_numbers_of_a_person_are_masked(part: str, head: Client) -> None:
    """
    the last four signs of a phone and of a national id are shown; of 555 none
    """
    hidden = {who: row for who, row in BORROWERS.items() if row.get("phone")}
    for who, loan in {"ana": N1, "wang": N2, "dag": N3, "li": S1}.items():
        text = body(head.get(f"/loans/{loan}/{part}"))
        numbers = [hidden[who]["phone"], hidden[who].get("national_id", "440102199001011234")]
        assert [number for number in numbers if number in text] == []


def test_what_of_a_number_is_shown(head: Client) -> None:
    text = {loan: body(head.get(f"/loans/{loan}/")) for loan in (N1, N3, W1)}
    assert "•" * 7 + "8001" in text[N1]
    assert "•" * 14 + "1234" in text[N1]
    assert "•" * 3 in text[N3]
    assert "•" not in text[W1]


def test_a_square_is_a_month_end(head: Client) -> None:
    """
    N1 was lent on 2025-12-05; March and June are closed
    """
    for query, expected in [
        ("", {"2026-03-31": "special_mention", "2026-06-30": "substandard"}),
        ("?as_of=2026-03-31", {"2026-03-31": "special_mention"}),
    ]:
        months = head.get(f"/loans/{N1}/{query}").context["row"]["months"]
        assert len(months) == 12
        assert {str(on): grade for on, grade in months if grade} == expected


@pytest.mark.parametrize(
    ("who", "loan", "query", "expected"),
    [
        ("head", N1, "", ["S1", "T1"]),
        ("head", S1, "", ["N1", "T1"]),
        ("head", N1, "?at=north", ["S1", "T1"]),
        ("risk", N1, "", ["T1"]),
        ("risk", T1, "", ["N1"]),
        ("twice", T1, "", ["S1"]),
        ("twice", S1, "", ["T1"]),
        ("head", N2, "", []),
        ("head", W1, "", []),
    ],
)
def test_other_loans_of_the_household_are_those_in_scope(
    who: str,
    loan: int,
    query: str,
    expected: list[str],
    workplace: Workplace,
    signed_in: SignedIn,
) -> None:
    """
    Ana, Li and Ming, of N1 and T1 at north and S1 at south, live in one house
    """
    response = signed_in(who).get(f"/loans/{loan}/{query}")
    others = response.context["others"]
    assert sorted(other.loan.loan_id for other in others) == expected
    hidden = {"N1", "S1", "T1"} - {*expected, response.context["row"]["of"].loan.loan_id}
    assert hidden & set(loans(response)) == set()


def test_the_explanation_is_asked_for_on_the_same_day(head: Client) -> None:
    text = body(head.get(f"/loans/{N1}/?as_of=2026-03-31"))
    assert f'hx-get="/loans/{N1}/why/?as_of=2026-03-31"' in text


def test_why_a_loan_has_its_grade(head: Client) -> None:
    """
    N1 owes 101.50 since 2026-01-05 and 200.00 on 2026-07-05
    """
    response = head.get(f"/loans/{N1}/why/")
    said = response.context
    assert "<html" not in body(response)
    assert [(floor.grade.code, floor.step.code) for floor in said["floors"]] == [
        ("substandard", "days-past-due")
    ]
    assert [
        (one.n, str(one.due_on), one.asked, one.unpaid, one.settled_on)
        for one in said["instalments"]
    ] == [
        (1, "2026-01-05", 101_50, 101_50, None),
        (2, "2026-07-05", 200_00, 200_00, None),
    ]
    way = said["outlook"].returns[0]
    assert (way.amount, str(way.by), way.grade.code) == (101_50, "2026-07-01", "normal")
    fall = said["outlook"].fall
    assert (fall.grade.code, str(fall.on)) == ("doubtful", "2026-10-03")


def test_what_can_be_read_of_an_explanation(head: Client) -> None:
    text = body(head.get(f"/loans/{N1}/why/"))
    words = ("days past due", "5 Jan 2026", "5 Jul 2026", "101.50", "200.00", "3 Oct 2026")
    assert [word for word in words if word.replace(" ", "\N{NO-BREAK SPACE}") not in text] == [
        "days past due"
    ]
    assert "days past due" in text


def test_an_explanation_of_an_older_day(head: Client) -> None:
    said = head.get(f"/loans/{N1}/why/?as_of=2026-03-31").context
    assert str(said["on"]) == "2026-03-31"
    assert [floor.grade.code for floor in said["floors"]] == ["special_mention"]


@pytest.mark.parametrize("loan", [N1, N2, N3, S1, T1, W1])
def test_every_problem_loan_can_be_explained(loan: int, head: Client) -> None:
    codes = {head.get(f"/loans/{loan}/why/{query}").status_code for query in ("", "?at=bank")}
    assert codes == {200}
