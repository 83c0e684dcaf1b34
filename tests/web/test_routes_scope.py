"""What is out of scope, or not there, is not found, whatever the address says."""

import pytest
from django.test import Client

from recobro.office.people.enums import Role
from recobro.office.people.models import Post
from recobro.web.gate import SIGNED_IN
from tests.web.conftest import SignedIn
from tests.web.test_routes import (
    GATED,
    N1,
    ROUTES,
    S1,
    SHOWS_A_DAY,
    SHOWS_A_NODE,
    _a_job,
    _a_request,
    _a_webhook,
)
from tests.web.workplace import DAYS, Workplace, appoint

__all__ = ["_a_job", "_a_request", "_a_webhook"]

pytestmark = [pytest.mark.usefixtures("workplace"), pytest.mark.one_database("rights alone")]


@pytest.mark.parametrize("part", ["", "pane/", "why/"])
def test_a_loan_of_another_branch_is_none_that_there_is(part: str, signed_in: SignedIn) -> None:
    """
    S1, at south, is a problem loan that only whoever sees the whole bank sees
    """
    asked = {
        (who, loan): signed_in(who).get(f"/loans/{loan}/{part}").status_code
        for who in ("head", "risk")
        for loan in (N1, S1)
    }
    assert asked == {("head", N1): 200, ("head", S1): 200, ("risk", N1): 200, ("risk", S1): 404}


@pytest.mark.parametrize("name", [name for name in ROUTES if name.startswith("person")])
def test_a_person_of_another_branch_is_none_that_there_is(name: str, signed_in: SignedIn) -> None:
    """
    ada administers south, twice works there, account_manager at north
    """
    appoint("ada", Role.ADMINISTRATOR, "south")
    route, browser = ROUTES[name], signed_in("ada")
    assert route.asked(browser).status_code == 404
    there = route.address.replace("account_manager", "twice")
    post = Post.objects.get(user__username="twice", institution_id="south")
    there = there.replace("/posts/1/", f"/posts/{post.pk}/")
    whole = name in {
        "person-end",
        "person-password",
        "person-sessions-end",
    }  # twice works elsewhere too
    assert getattr(browser, route.method)(there).status_code == (404 if whole else route.status)


@pytest.mark.parametrize("loan", [1, 8, 10**18, 10**30])
def test_a_loan_that_is_no_problem_loan(loan: int, signed_in: SignedIn) -> None:
    """
    G1, of number 1, is paid in time; 8 was never given
    """
    assert signed_in("head").get(f"/loans/{loan}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?at=north", 200),
        ("?at=below", 200),
        ("?at=", 200),
        ("?at=south", 404),
        ("?at=bank", 404),
        ("?at=nowhere", 404),
        ("?at=%00", 404),
    ],
)
def test_an_institution_that_is_looked_at(query: str, expected: int, signed_in: SignedIn) -> None:
    browser = signed_in("management")
    found = {name: route.asked(browser, query).status_code for name, route in SHOWS_A_NODE.items()}
    assert found == dict.fromkeys(SHOWS_A_NODE, expected)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?as_of=2026-06-30", 200),
        ("?as_of=2026-03-31", 200),
        ("?as_of=", 200),
        ("?as_of=2026-04-30", 404),
        ("?as_of=junk", 404),
        ("?as_of=%00", 404),
    ],
)
def test_a_day_that_is_looked_at(query: str, expected: int, signed_in: SignedIn) -> None:
    found = {
        name: route.asked(signed_in(route.who), query).status_code
        for name, route in SHOWS_A_DAY.items()
    }
    if expected == 200:
        there = {name: route.status for name, route in SHOWS_A_DAY.items()}
        first = {name: route.first for name, route in SHOWS_A_DAY.items() if route.first != 200}
        assert found == there | (first if query == f"?as_of={DAYS[0]}" else {})
    else:
        assert found == dict.fromkeys(SHOWS_A_DAY, expected)


def test_a_refusal_is_told_whatever_day_is_asked_for(signed_in: SignedIn) -> None:
    assert signed_in("office").get("/loans/?as_of=junk").status_code == 403


def test_an_address_that_there_is_not(client: Client, signed_in: SignedIn) -> None:
    assert client.get("/nothing/").status_code == 404
    assert signed_in("risk").get("/nothing/?as_of=junk").status_code == 404


def test_a_role_is_held_no_longer_than_its_post(signed_in: SignedIn, workplace: Workplace) -> None:
    browser = signed_in("nothing")
    found = {name: route.asked(browser).status_code for name, route in GATED.items()}
    own = {name: route.status for name, route in GATED.items() if route.opens_to == SIGNED_IN}
    assert found == dict.fromkeys(GATED, 403) | own
