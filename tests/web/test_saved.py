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


def opens(browser: Client, name: str = "Worst") -> Any:
    """Let the list open with a view."""
    return browser.post(f"/views/{SavedView.objects.get(name=name).pk}/opens/")


def led(browser: Client, address: str) -> str:
    """Return where an address leads; empty: it is shown."""
    answer = browser.get(address)
    return str(answer["Location"]) if answer.status_code == 302 else ""


def test_a_list_opens_with_the_default_view(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    keep(browser, query="sort=-grade&late=1")
    answer = opens(browser)
    assert (answer.status_code, answer["Location"]) == (302, "/cases/?sort=-grade&late=1")
    assert led(browser, "/cases/") == "/cases/?sort=-grade&late=1"
    day = "as_of=2026-06-30"
    assert led(browser, f"/cases/?{day}") == f"/cases/?sort=-grade&late=1&{day}"
    page = browser.get(f"/cases/?late=1&sort=-grade&{day}").content.decode()
    assert "This is your default view, Worst." in page
    assert f'<a href="/cases/?all=1&amp;{day}">Show all</a>' in page
    assert 'name="all" value="1"' in page
    assert [led(browser, "/loans/"), led(signed_in("business"), "/cases/")] == ["", ""]


@pytest.mark.parametrize("query", ["all=1", "late=1", "sort=loans", "at=north", "columns=grade"])
def test_whoever_asks_for_something_gets_it(query: str, signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    keep(browser, query="mine=1")
    opens(browser)
    assert led(browser, f"/cases/?{query}") == ""
    assert "default view, Worst" not in browser.get(f"/cases/?{query}").content.decode()
    assert led(browser, "/cases/?late=&page=2") == "/cases/?mine=1"


def test_a_fragment_leads_nowhere(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    keep(browser)
    opens(browser)
    assert browser.get("/cases/", headers={"HX-Request": "true"}).status_code == 200


def test_another_view_takes_its_place_and_it_is_undone(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    keep(browser)
    keep(browser, name="Late", query="late=1")
    opens(browser)
    opens(browser, "Late")
    assert led(browser, "/cases/") == "/cases/?late=1"
    page = browser.get("/cases/?all=1").content.decode()
    assert page.count('action="/views/cases/opens-no-more/"') == 1
    assert browser.post("/views/cases/opens-no-more/").status_code == 302
    assert led(browser, "/cases/") == ""
    assert browser.post("/views/jobs/opens-no-more/").status_code == 404


def test_a_shared_view_opens_the_list_while_it_is_shared(signed_in: SignedIn) -> None:
    """
    twice works at the sub-branch below north; a view of somebody else's is none
    """
    keep(signed_in("branch_head"), query="late=1", shared_with="north")
    keep(signed_in("business"), name="Own")
    browser = signed_in("twice")
    assert opens(browser).status_code == 302
    assert led(browser, "/cases/") == "/cases/?late=1"
    assert opens(browser, "Own").status_code == 404
    SavedView.objects.filter(name="Worst").update(shared_with=None)
    assert led(browser, "/cases/") == ""
    assert signed_in("branch_head").get("/cases/").status_code == 200


def test_a_view_that_is_let_go_opens_nothing(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    keep(browser)
    opens(browser)
    browser.post(f"/views/{SavedView.objects.get().pk}/forget/")
    assert led(browser, "/cases/") == ""


@pytest.mark.parametrize("query", ["at=south", "of=nobody", "team=99"])
def test_a_view_that_shows_nothing_any_more_gives_way(query: str, signed_in: SignedIn) -> None:
    """
    risk works at north
    """
    browser = signed_in("risk")
    keep(browser, query=query)
    opens(browser)
    assert led(browser, f"/cases/?{query}") == "/cases/?all=1"
    assert browser.get("/cases/?all=1").status_code == 200
    assert browser.get("/cases/?at=bank").status_code == 404


def test_a_view_of_everything_is_no_way_round(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    keep(browser, query="page=2")
    assert opens(browser)["Location"] == "/cases/?all=1"
    page = browser.get("/cases/").content.decode()
    assert ("This is your default view, Worst." in page, 'href="/cases/?all=1"' in page) == (
        True,
        True,
    )


@pytest.mark.parametrize(
    ("kept", "leads"),
    [("search=&sort=", ""), ("search=&late=1", "/cases/?late=1"), ("nonsense=1", "")],
)
def test_a_view_that_an_older_program_kept_leads_nowhere_for_ever(
    kept: str, leads: str, signed_in: SignedIn
) -> None:
    browser = signed_in("risk")
    keep(browser, query="late=1")
    opens(browser)
    SavedView.objects.update(query=kept)
    assert led(browser, "/cases/") == leads
    assert leads == "" or led(browser, leads) == ""
