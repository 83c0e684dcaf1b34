"""A page asks the database as often for many rows as for one."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from recobro.office.people.enums import Role
from tests.web.conftest import SignedIn
from tests.web.workplace import appoint

pytestmark = pytest.mark.usefixtures("workplace")
MOST = 12
ASKED = {
    "/": 11,
    "/?at=north": 12,
    "/loans/?product=shop": 9,
    "/loans/?product=farm": 9,
    "/loans/?at=north&grade=special_mention": 10,
    "/loans/?at=north&guarantee=credit": 10,
    "/loans/?search=zzz": 7,
    "/loans/export.csv?product=shop": 5,
    "/loans/export.csv?product=farm": 5,
    "/loans/export.xlsx?product=farm": 5,
    "/loans/2/": 10,
    "/loans/3/": 10,
    "/loans/2/why/": 8,
    "/loans/6/why/": 8,
    "/closes/": 4,
    "/teams/": 6,
    "/components/": 4,
    "/help/": 4,
    "/help/?search=close": 4,
    "/help/teams/": 4,
    "/people/": 6,
    "/people/?left=1": 5,
    "/people/account_manager/": 10,
    "/preferences/absence/": 9,
    "/preferences/second-factor/": 7,
    "/preferences/sessions/": 5,
    "/preferences/tokens/": 5,
    "/nothing/": 4,
}
"""How often each asks, with what it takes to know who is asking: session, person, posts, closes."""


def read(browser: Client, address: str) -> None:
    """Read an answer to its end."""
    response = browser.get(address)
    b"".join(response)


@pytest.mark.parametrize("address", ASKED)
def test_a_page_asks_so_often(
    address: str, signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """
    one loan of the product shop, and one under special mention; three and four of the others; the
    household of loan 2 has another one in scope, that of loan 3 none
    """
    browser = signed_in("auditor")
    with django_assert_num_queries(ASKED[address]):
        read(browser, address)
    assert ASKED[address] <= MOST


@pytest.mark.parametrize("more", [0, 1, 3])
def test_people_are_asked_for_at_once(
    more: int, signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    appoint("auditor-south", Role.AUDITOR, "south")
    for number in range(more):
        appoint(f"more-{number}", Role.OFFICE, "south")
    browser = signed_in("auditor-south")
    with django_assert_num_queries(6):
        assert len(browser.get("/people/").context["rows"]) == 2 + more


@pytest.mark.parametrize(("who", "ranked", "asked"), [("risk", 1, 12), ("head", 2, 11)])
def test_branches_are_asked_for_at_once(
    who: str,
    ranked: int,
    asked: int,
    signed_in: SignedIn,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """
    where only one institution is directly below, those below it are looked for: once more
    """
    browser = signed_in(who)
    with django_assert_num_queries(asked):
        assert len(browser.get("/").context["ranking"]) == ranked
