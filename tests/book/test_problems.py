from datetime import date

import pytest

from recobro.book.models import Close, Institution
from recobro.book.queries import Scope, problems
from recobro.book.queries.problems import SORTS, STATES, Filter
from tests.book.shelf import close, figure, institution, loan, standing

pytestmark = pytest.mark.django_db

BANK = Scope(("0001",))


@pytest.fixture
def bank() -> Institution:
    return institution("0001")


@pytest.fixture
def newest() -> Close:
    return close("2026-03-31")


def ids(at: Close, sort: str) -> str:
    rows = problems.in_order(problems.problems(at, BANK), sort)
    return "".join(row.loan.loan_id for row in rows)


def test_what_decides_a_sort_and_where_it_is_equal_the_loan(
    bank: Institution, newest: Close
) -> None:
    """B and D are equal in all but their numbers; of equal grades the days decide."""
    hill, mill = institution("00010001", bank), institution("00010002", bank)
    told = {
        "D": (mill, "Ash", "Ford", "substandard", 120, 5, 50),
        "B": (mill, "Ash", "Ford", "substandard", 120, 5, 50),
        "A": (hill, "Elm", "Creek", "doubtful", 10, 9, 10),
        "C": (bank, "Oak", "Dale", "substandard", 200, 1, 90),
    }
    for loan_id, (at, name, village, grade, days, overdue, left) in told.items():
        lent = loan(loan_id, at, name=name, village=village)
        standing(
            *(lent, newest),
            grade=grade,
            days_past_due=days,
            overdue_amount=overdue,
            outstanding_principal=left,
            product=village,
        )
    expected = {
        "borrower": ("DBAC", "CADB"),
        "loan": ("ABCD", "DCBA"),
        "village": ("ACDB", "DBCA"),
        "institution": ("CADB", "DBAC"),
        "product": ("ACDB", "DBCA"),
        "outstanding": ("ADBC", "CDBA"),
        "overdue": ("CDBA", "ADBC"),
        "days_past_due": ("ADBC", "CDBA"),
        "grade": ("DBCA", "ACDB"),
    }
    assert {sort: (ids(newest, sort), ids(newest, f"-{sort}")) for sort in SORTS} == expected
    down = expected["days_past_due"][1]
    assert [ids(newest, sort) for sort in ("", "no such", "-no such")] == [down] * 3


def test_a_page_and_the_next_have_each_loan_once(bank: Institution, newest: Close) -> None:
    for number in range(30):
        standing(loan(f"L{number:02}", bank), newest, days_past_due=7)
    rows = problems.in_order(problems.problems(newest, BANK), "-days_past_due")
    pages = [row.loan.loan_id for start in (0, 10, 20) for row in rows[start : start + 10]]
    assert pages == [f"L{number:02}" for number in range(30)]


def test_sums_are_by_currency(bank: Institution, newest: Close) -> None:
    for loan_id, currency, left, overdue in (
        *(("A", "JPY", 5_000, 200), ("B", "CNY", 1_00, 0)),
        *(("C", "CNY", 9_223_372_036_854_770_000, 1_00), ("D", "USD", 0, 0)),
    ):
        lent = loan(loan_id, bank, currency=currency)
        standing(lent, newest, outstanding_principal=left, overdue_amount=overdue)
    rows = problems.in_order(problems.problems(newest, BANK), "-overdue")
    found = problems.sums(rows)
    assert found == [
        {
            "currency": "CNY",
            "loans": 2,
            "outstanding": 9_223_372_036_854_770_100,
            "overdue": 1_00,
        },
        {"currency": "JPY", "loans": 1, "outstanding": 5_000, "overdue": 200},
        {"currency": "USD", "loans": 1, "outstanding": 0, "overdue": 0},
    ]
    assert {type(row["outstanding"]) for row in found} == {int}
    assert problems.sums(rows.none()) == []


def test_grades_at_some_closes(bank: Institution, newest: Close) -> None:
    before, again = close("2026-01-31"), close("2026-02-28")
    first, second, third = (loan(name, bank) for name in "ABC")
    standing(first, before, grade="special_mention")
    standing(first, newest, grade="doubtful")
    standing(second, again, grade="substandard")
    standing(third, newest, grade="loss")
    wanted = [first.loan_no, second.loan_no]
    assert problems.grades_at(wanted, [before, again, newest]) == {
        first.loan_no: {
            date(2026, 1, 31): "special_mention",
            date(2026, 3, 31): "doubtful",
        },
        second.loan_no: {date(2026, 2, 28): "substandard"},
    }
    assert problems.grades_at(wanted, [before]) == {
        first.loan_no: {date(2026, 1, 31): "special_mention"}
    }
    assert problems.grades_at([], [newest]) == {}


def found(at: Close, **wanted: str) -> str:
    rows = problems.problems(at, BANK).filter(Filter(**wanted).condition(newest=False))
    return "".join(sorted(rows.values_list("loan__loan_id", flat=True)))


@pytest.fixture
def states(bank: Institution, newest: Close) -> Close:
    """Return a close with a loan for each way in which one is a problem, on balance and off."""
    told: dict[str, dict[str, object]] = {
        "A": {"grade": "substandard"},
        "B": {"three_six": True, "grade": "normal"},
        "C": {"overdue_amount": 1},
        "D": {"grade": "loss", "three_six": True, "overdue_amount": 1, "on_balance": False},
        "E": {"grade": "special_mention"},
        "F": {"grade": "loss", "three_six": True, "overdue_amount": 1},
    }
    for loan_id, each in told.items():
        standing(loan(loan_id, bank), newest, **each)
    return newest


def test_each_state_has_its_loans(states: Close) -> None:
    assert {state: found(states, state=state) for state in ("", *STATES)} == {
        "": "ABCDEF",
        "nonperforming": "AF",
        "three_six": "BF",
        "overdue": "CF",
        "written_off": "D",
    }
    assert found(states, state="no such") == "ABCDEF"


def test_filters_narrow_together(states: Close) -> None:
    assert found(states, grade="loss") == "DF"
    assert found(states, grade="loss", state="nonperforming") == "F"
    assert found(states, bucket="M1", product="farm", guarantee="credit") == "ABCDEF"
    assert found(states, product="shop") == ""
    assert [Filter().narrows, Filter(search="a").narrows] == [False, True]


def test_every_word_that_is_sought_is_found_somewhere(bank: Institution, newest: Close) -> None:
    people = {"A": ("陶然", "0133", "Mill Ford"), "B": ("Rosa Tao", "0199", "Hill")}
    for loan_id, (name, phone, village) in people.items():
        standing(loan(loan_id, bank, name=name, phone=phone, village=village), newest)
    searches = {
        "陶": "A",
        "tao hill": "B",
        "ford 陶": "A",
        "0133": "",
        "hill 陶": "",
        "b": "B",
        "%": "",
    }
    assert {text: found(newest, search=text) for text in searches} == searches
    assert found(newest, search="  ") == "AB"


def test_products_are_those_of_figures_and_of_what_is_written_off(
    bank: Institution, newest: Close
) -> None:
    hill, mill = institution("00010001", bank), institution("00010002", bank)
    for place, at, product in (
        *((hill, newest, "farm"), (hill, newest, ""), (mill, newest, "shop")),
        *((hill, close("2026-02-28"), "boat"), (bank, newest, "farm"), (bank, newest, "shop")),
    ):
        figure(place, at, by="product", value=product)
    figure(hill, newest, by="grade", value="loss")
    for loan_id, place, told in (
        ("A", hill, {"product": "barn", "on_balance": False}),
        ("B", hill, {"product": "farm", "on_balance": False}),
        ("C", mill, {"product": "mill", "on_balance": False}),
        ("D", hill, {"product": "of figures alone"}),
    ):
        standing(loan(loan_id, place), newest, **told)
    assert problems.products(newest, Scope((hill.path,))) == ["barn", "farm"]
    assert problems.products(newest, Scope((hill.path, mill.path))) == [
        *("barn", "farm", "mill", "shop")
    ]
    assert problems.products(newest, BANK) == ["barn", "farm", "mill", "shop"]


def test_what_lies_elsewhere_or_on_another_day_is_not_told(
    bank: Institution, newest: Close
) -> None:
    hill, mill = institution("00010001", bank), institution("00010002", bank)
    before = close("2026-02-28")
    for loan_id, at, on, product in (
        *(("A", hill, newest, "farm"), ("B", mill, newest, "shop")),
        *(("C", hill, before, "boat"), ("D", hill, newest, "barn")),
    ):
        standing(loan(loan_id, at), on, product=product)
    scope = Scope(("00010001",))
    rows = problems.problems(newest, scope)
    assert sorted(row.loan.loan_id for row in rows) == ["A", "D"]
    assert list(problems.problems(newest, Scope())) == []
