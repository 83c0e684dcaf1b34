"""A page asks the database as often for many rows as for one."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from recobro.office.people.enums import Role
from tests.web.conftest import SignedIn
from tests.web.workplace import appoint, asked_for

pytestmark = pytest.mark.usefixtures("workplace")
MOST = 12
ASKED = {
    "/": 10,
    "/?at=north": 11,
    "/bridge/": 9,
    "/bridge/?at=below": 9,
    "/bridge/?as_of=2026-03-31": 5,
    "/bridge/loans/?at=below&item=new&currency=CNY": 12,
    "/bridge/loans/?item=new&currency=CNY": 11,
    "/bridge/export.csv?at=below&item=new&currency=CNY": 8,
    "/bridge/export.csv?item=new&currency=CNY": 7,
    "/institutions/": 9,
    "/institutions/?at=below": 10,
    "/institutions/north/": 10,
    "/institutions/below/": 10,
    "/institutions/work/north/": 11,
    "/institutions/work/below/": 9,
    "/reports/": 6,
    "/reports/now/": 4,
    "/loans/?product=shop": 11,
    "/loans/?product=farm": 11,
    "/loans/?at=north&grade=special_mention": 12,
    "/loans/?at=north&guarantee=credit": 12,
    "/loans/?search=zzz": 9,
    "/loans/?product=shop&columns=grade": 10,
    "/loans/?product=shop&columns=collector+due_on+opened_on+originator+phone+months": 11,
    "/loans/?product=farm&columns=collector+due_on+opened_on+originator+phone+months": 11,
    "/loans/export.csv?product=shop": 5,
    "/loans/export.csv?product=farm": 5,
    "/loans/export.xlsx?product=farm": 5,
    "/loans/export.csv?product=farm&columns=grade": 5,
    "/loans/export.csv?product=farm&columns=collector+originator+outstanding": 6,
    "/loans/export.csv?product=farm&columns=months": 6,
    "/loans/2/pane/": 9,
    "/loans/3/pane/": 9,
    "/loans/2/": 10,
    "/loans/3/": 10,
    "/loans/2/why/": 8,
    "/loans/6/why/": 8,
    "/approvals/": 6,
    "/handovers/": 5,
    "/cases/": 11,
    "/cases/?columns=escalated_to+phone+currency": 11,
    "/cases/2/": 11,
    "/cases/2/pane/": 8,
    "/closes/": 4,
    "/teams/": 6,
    "/components/": 4,
    "/help/": 4,
    "/help/?search=close": 4,
    "/help/teams/": 4,
    "/people/": 8,
    "/people/?left=1": 6,
    "/people/account_manager/": 11,
    "/preferences/absence/": 10,
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
    with django_assert_num_queries(8):
        assert len(browser.get("/people/").context["rows"]) == 2 + more


@pytest.mark.parametrize(("who", "ranked", "asked"), [("risk", 1, 11), ("head", 2, 10)])
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


def test_a_case_asks_so_often_of_whoever_hands_it_over(
    signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = signed_in("risk")
    with django_assert_num_queries(12):
        assert browser.get("/cases/2/").context["form"]


def test_a_case_of_which_something_waits(
    signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    asked_for(number=3, case=2)
    browser = signed_in("risk")
    with django_assert_num_queries(12):
        assert browser.get("/cases/2/").context["asked"]
