"""Every page is asked the same questions, as everybody."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import pytest
from django.test import Client

from recobro.office.people.enums import RIGHTS, Right, Role
from recobro.web.gate import EVERYBODY, SIGNED_IN
from recobro.web.urls import urlpatterns
from tests.web.conftest import SignedIn
from tests.web.workplace import Workplace

pytestmark = pytest.mark.usefixtures("workplace")

N1, S1 = 2, 5
"""Loans of the branches north and south by number."""

HOME_1 = 2
"""The case of a household of north, by number."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """An address, who it opens to, and how it answers whom it opens to."""

    address: str
    opens_to: frozenset[Right] | str
    method: str = "get"
    status: int = 200
    both: bool = False
    other: int = 302
    """How the other method answers where both are asked."""
    at: bool = False
    """Whether an institution can be looked at."""

    @property
    def gated(self) -> bool:
        return self.opens_to != EVERYBODY

    def asked(self, browser: Client, query: str = "", method: str = "") -> Any:
        """Return what a browser gets for the address."""
        return getattr(browser, method or self.method)(self.address + query)


_DEBTORS: Final = frozenset({Right.DEBTORS})
ROUTES: Final = {
    "home": Route(address="/", opens_to=SIGNED_IN, at=True),
    "sign-in": Route(address="/sign-in/", opens_to=EVERYBODY, both=True),
    "sign-out": Route(address="/sign-out/", opens_to=EVERYBODY, method="post", status=302),
    "cases": Route(address="/cases/", opens_to=_DEBTORS, at=True),
    "case": Route(address=f"/cases/{HOME_1}/", opens_to=_DEBTORS),
    "case-assign": Route(
        address=f"/cases/{HOME_1}/assign/",
        opens_to=frozenset({Right.ASSIGN}),
        method="post",
        status=422,
    ),
    "loans": Route(address="/loans/", opens_to=_DEBTORS, at=True),
    "loans-export": Route(address="/loans/export.csv", opens_to=_DEBTORS, at=True),
    "loan": Route(address=f"/loans/{N1}/", opens_to=_DEBTORS),
    "loan-why": Route(address=f"/loans/{N1}/why/", opens_to=_DEBTORS),
    "loan-debtor": Route(address=f"/loans/{N1}/debtor/", opens_to=_DEBTORS, method="post"),
    "closes": Route(address="/closes/", opens_to=frozenset({Right.FIGURES, Right.RUNS})),
    "people": Route(address="/people/", opens_to=frozenset({Right.PEOPLE})),
    "people-add": Route(
        address="/people/add/", opens_to=frozenset({Right.APPOINT}), method="post", status=422
    ),
    "journal": Route(address="/journal/", opens_to=frozenset({Right.JOURNAL}), at=True),
    "language": Route(
        address="/preferences/language/", opens_to=EVERYBODY, method="post", status=302
    ),
    "password": Route(address="/preferences/password/", opens_to=SIGNED_IN, both=True, other=422),
    "theme": Route(address="/preferences/theme/", opens_to=EVERYBODY, method="post", status=302),
    "tokens": Route(address="/preferences/tokens/", opens_to=SIGNED_IN, both=True, other=422),
    "token-end": Route(
        address="/preferences/tokens/1/end/", opens_to=SIGNED_IN, method="post", status=404
    ),
}
GATED: Final = {name: route for name, route in ROUTES.items() if route.gated}
SHOWS_A_DAY: Final = {name: route for name, route in GATED.items() if route.method == "get"}
SHOWS_A_NODE: Final = {name: route for name, route in GATED.items() if route.at}

every = pytest.mark.parametrize("name", ROUTES)
gated = pytest.mark.parametrize("name", GATED)


def test_every_route_is_asked() -> None:
    assert [pattern.name for pattern in urlpatterns] == [*ROUTES]


@every
def test_a_view_says_whom_it_opens_to(name: str) -> None:
    (pattern,) = (pattern for pattern in urlpatterns if pattern.name == name)
    assert pattern.callback.opens_to == ROUTES[name].opens_to  # type: ignore[attr-defined]  # of the gate


@every
def test_whoever_has_not_signed_in(name: str, client: Client) -> None:
    route = ROUTES[name]
    response = route.asked(client)
    if route.gated:
        assert (response.status_code, response["Location"]) == (
            302,
            f"/sign-in/?next={quote(route.address)}",
        )
    else:
        assert response.status_code == route.status


@gated
def test_whoever_has_not_signed_in_gets_no_fragment(name: str, client: Client) -> None:
    """The whole page goes to the sign-in page, and from there back to the page that it was."""
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/loans/?grade=loss"}
    route = ROUTES[name]
    response = getattr(client, route.method)(route.address, headers=headers)
    assert (response.status_code, response.content) == (200, b"")
    assert response["HX-Redirect"] == "/sign-in/?next=/loans/%3Fgrade%3Dloss"


@gated
@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_its_rights_say(name: str, role: Role, signed_in: SignedIn) -> None:
    route = ROUTES[name]
    opens = route.opens_to == SIGNED_IN or RIGHTS[role] & frozenset(route.opens_to)
    response = route.asked(signed_in(role.value))
    assert response.status_code == (route.status if opens else 403)


def test_who_may_do_what() -> None:
    roles = {right: {role.value for role in Role if right in RIGHTS[role]} for right in Right}
    leads = {"branch_head", "business", "risk", "management"}
    collects = leads | {"account_manager", "legal"}
    debtors = collects | {"archive", "inspector", "auditor"}
    assert roles == {
        "debtors": debtors,
        "collect": collects,
        "assign": leads,
        "journal": {"management", "auditor"},
        "figures": debtors | {"personnel", "office", "planning"},
        "runs": {"risk", "management", "auditor", "administrator"},
        "people": {"auditor", "administrator"},
        "appoint": {"administrator"},
    }


@every
def test_the_other_method_is_refused(name: str, signed_in: SignedIn) -> None:
    route = ROUTES[name]
    browser = signed_in("administrator" if name.startswith("people") else "management")
    other = "get" if route.method == "post" else "post"
    expected = route.other if route.both else 405
    assert route.asked(browser, method=other).status_code == expected


@pytest.mark.parametrize("part", ["", "why/"])
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


@pytest.mark.parametrize("loan", [1, 8, 10**18, 10**30])
def test_a_loan_that_is_no_problem_loan(loan: int, signed_in: SignedIn) -> None:
    """
    G1, of number 1, is paid in time; 8 was never given
    """
    assert signed_in("head").get(f"/loans/{loan}/").status_code == 404


@pytest.mark.parametrize("name", SHOWS_A_NODE)
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
def test_an_institution_that_is_looked_at(
    name: str, query: str, expected: int, signed_in: SignedIn
) -> None:
    assert ROUTES[name].asked(signed_in("management"), query).status_code == expected


@pytest.mark.parametrize("name", SHOWS_A_DAY)
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
def test_a_day_that_is_looked_at(name: str, query: str, expected: int, signed_in: SignedIn) -> None:
    assert ROUTES[name].asked(signed_in("auditor"), query).status_code == expected


def test_a_refusal_is_told_whatever_day_is_asked_for(signed_in: SignedIn) -> None:
    assert signed_in("office").get("/loans/?as_of=junk").status_code == 403


def test_an_address_that_there_is_not(client: Client, signed_in: SignedIn) -> None:
    assert client.get("/nothing/").status_code == 404
    assert signed_in("risk").get("/nothing/?as_of=junk").status_code == 404


def test_a_role_is_held_no_longer_than_its_post(signed_in: SignedIn, workplace: Workplace) -> None:
    browser = signed_in("nothing")
    found = {name: route.asked(browser).status_code for name, route in GATED.items()}
    own = {"home": 200, "password": 200, "tokens": 200, "token-end": 404}
    assert found == dict.fromkeys(GATED, 403) | own
