"""Views of the lists: kept, shared by a head, let go."""

from typing import Any

import pytest
from django.test import Client

from recobro.office.saved.enums import MOST
from recobro.office.saved.models import SavedView
from tests.web.conftest import SignedIn

pytestmark = pytest.mark.usefixtures("workplace")


def keep(browser: Client, name: str = "Worst", query: str = "sort=-grade", **more: str) -> Any:
    return browser.post("/views/add/", {"list": "cases", "name": name, "query": query, **more})


def names(browser: Client, kind: str = "cases") -> list[str]:
    return [str(view) for view in browser.get(f"/{kind}/").context["views"]]


def test_it_is_kept_and_leads_to_what_it_shows(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    answer = keep(browser, query="sort=-grade&late=1&page=3&as_of=2026-03-31&junk=x")
    assert (answer.status_code, answer["Location"]) == (302, "/cases/?sort=-grade&late=1")
    page = browser.get("/cases/").content.decode()
    assert '<a href="/cases/?sort=-grade&amp;late=1">Worst</a>' in page
    assert (names(browser), names(browser, "loans")) == (["Worst"], [])
    assert names(signed_in("business")) == []


def test_a_head_shares_it_with_who_works_there_and_below(signed_in: SignedIn) -> None:
    """
    twice works at the sub-branch below north; head at the bank above it
    """
    browser = signed_in("branch_head")
    assert keep(browser, shared_with="north").status_code == 302
    assert names(signed_in("account_manager")) == names(signed_in("twice")) == ["Worst"]
    assert names(signed_in("head")) == []
    page = signed_in("account_manager").get("/cases/").content.decode()
    assert ("shared with Río Norte" in page, "Let go" in page) == (True, False)


@pytest.mark.parametrize(
    ("who", "where", "status"),
    [("risk", "north", 422), ("branch_head", "below", 302), ("branch_head", "south", 404)],
)
def test_who_shares_where(who: str, where: str, status: int, signed_in: SignedIn) -> None:
    assert keep(signed_in(who), shared_with=where).status_code == status


def test_it_is_let_go_by_who_has_it(signed_in: SignedIn) -> None:
    browser = signed_in("branch_head")
    keep(browser, shared_with="north")
    number = SavedView.objects.get().pk
    assert signed_in("risk").post(f"/views/{number}/forget/").status_code == 404
    assert browser.post(f"/views/{number}/forget/").status_code == 302
    assert names(browser) == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"name": ""}, "Give it a name"),
        ({"name": "x" * 61}, "Give it a name"),
        ({"list": "jobs"}, "Give it a name"),
        ({"query": "search=" + "x" * 1500}, "too long to be kept"),
    ],
)
def test_what_cannot_be_kept(told: dict[str, str], said: str, signed_in: SignedIn) -> None:
    answer = signed_in("risk").post(
        "/views/add/", {"list": "cases", "name": "Worst", "query": ""} | told
    )
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert SavedView.objects.count() == 0


def test_one_of_a_name_and_so_many(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    assert keep(browser).status_code == 302
    again = keep(browser)
    assert (again.status_code, "already" in again.content.decode()) == (422, True)
    for number in range(MOST - 1):
        keep(browser, name=str(number))
    full = keep(browser, name="one more")
    assert (full.status_code, "Let one go first" in full.content.decode()) == (422, True)
