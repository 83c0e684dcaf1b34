import pytest

from recobro.book.models import Close
from recobro.book.queries import Scope
from recobro.casework.case import queries
from recobro.casework.case.models import Case
from recobro.office.people.enums import Role
from recobro.office.people.models import User
from tests.casework.shown import TREE, close, lend, open_bank, person

pytestmark = pytest.mark.django_db

BAD = "substandard"


def scope(*names: str) -> Scope:
    return Scope.of(TREE[name][1] for name in names)


@pytest.fixture(autouse=True)
def bank() -> None:
    """wang owes 50 and 70 at north and south, li 300 at south, zhao nothing bad."""
    open_bank()
    for branch in ("north", "south"):
        person(f"head-{branch}", Role.BRANCH_HEAD, branch)
    for number, household, at in ((1, "wang", "north"), (2, "wang", "south"), (3, "li", "south")):
        lend(number, household, at=at)
    lend(4, "zhao")
    close(
        "2026-06-30",
        (1, "loss"),
        (2, "special_mention", {"outstanding_principal": 70, "overdue_amount": 7}),
        (3, BAD, {"outstanding_principal": 300, "days_past_due": 95}),
        (4, "special_mention"),
    )


def ledger(
    *places: str, sort: str = "-outstanding", search: str = "", mine: User | None = None
) -> list[str]:
    cases = queries.open_cases(scope(*places), responsible=[mine] if mine else [])
    rows = queries.households(Close.objects.get(), cases, search=search)
    found = queries.lines(queries.in_order(rows, sort), close=Close.objects.get())
    return [line.name for line in found]


def test_a_household_is_one_line_with_all_that_it_owes() -> None:
    rows = queries.households(Close.objects.get(), queries.open_cases(scope("north")))
    assert list(rows) == [
        {
            "household_id": "wang",
            "currency": "CNY",
            "loans": 2,
            "outstanding": 120,
            "overdue": 7,
            "days": 100,
            "rank": 4,
            "three_six": 0,
        }
    ]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-outstanding", ["li", "wang"]),
        ("outstanding", ["wang", "li"]),
        ("-grade", ["wang", "li"]),
        ("-days_past_due", ["wang", "li"]),
        ("loans", ["li", "wang"]),
        ("nonsense", ["li", "wang"]),
    ],
)
def test_sorted(sort: str, expected: list[str]) -> None:
    assert ledger("bank", sort=sort) == expected


@pytest.mark.parametrize(
    ("search", "expected"), [("L2", ["wang"]), ("wa L1", ["wang"]), ("li", ["li"]), ("zhao", [])]
)
def test_searched(search: str, expected: list[str]) -> None:
    assert ledger("bank", search=search) == expected


def test_a_branch_has_its_own_cases_and_a_person_theirs() -> None:
    assert (ledger("north"), ledger("south")) == (["wang"], ["li"])
    head = User.objects.get(username="head-south")
    assert ledger("bank", mine=head) == ["li"]


def test_another_branch_sees_the_head_of_a_case_and_its_own_loans() -> None:
    own = Case.objects.get(household_id="wang")
    day = Close.objects.get()
    seen = {
        name: [row.loan_id for row in queries.loans_of(own, day, scope(name))]
        for name in ("bank", "north", "south")
    }
    assert seen == {"bank": [1, 2], "north": [1, 2], "south": [2]}
    assert queries.case_in(scope("south"), own.pk) == own
    other = Case.objects.get(household_id="li")
    assert queries.case_in(scope("north"), other.pk) is None


def test_the_check_of_persons_finds_whoever_has_left() -> None:
    assert list(queries.without_person(scope("bank"))) == []
    User.objects.filter(username="head-south").update(is_active=False)
    assert [case.household_id for case in queries.without_person(scope("bank"))] == ["li"]
