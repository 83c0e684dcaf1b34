from datetime import UTC, date, datetime, timedelta

import pytest

from recobro.casework.case.models import Case
from recobro.journal.models import Entry
from recobro.office.people.models import Delegation, User
from recobro.office.people.operations import delegate
from tests.web.conftest import SignedIn
from tests.web.read import body, main
from tests.web.test_cases import CASE, HOME_1

pytestmark = pytest.mark.usefixtures("workplace")


def user(username: str) -> User:
    return User.objects.get(username=username)


@pytest.fixture
def today() -> date:
    return datetime.now(tz=UTC).date()


@pytest.fixture
def away(today: date) -> Delegation:
    """Return that the head of north lets the archivist act for a week."""
    return delegate(
        user=user("branch_head"),
        deputy=user("archive"),
        first=today,
        last=today + timedelta(days=6),
        at=datetime.now(tz=UTC),
    )


def test_somebody_names_another(signed_in: SignedIn, today: date) -> None:
    browser = signed_in("branch_head")
    form = browser.get("/preferences/absence/").context["form"]
    assert {one.username for one in form.fields["deputy"].queryset} >= {"head", "archive", "twice"}
    told = {"deputy": user("archive").pk, "first": today, "last": today, "reason": "a course"}
    response = browser.post("/preferences/absence/", told)
    assert (response.status_code, response["Location"]) == (302, "/preferences/absence/")
    assert "Name of archive for Name of branch_head" in main(browser.get("/preferences/absence/"))
    again = browser.post("/preferences/absence/", told)
    assert (again.status_code, "already; nothing was changed" in main(again)) == (422, True)


@pytest.mark.parametrize(
    "changes",
    [{"deputy": ""}, {"deputy": "0"}, {"first": "junk"}, {"last": ""}, {"last": "2020-01-01"}],
)
def test_junk_delegates_nothing(changes: dict[str, str], signed_in: SignedIn, today: date) -> None:
    told = {"deputy": user("archive").pk, "first": today, "last": today} | changes
    assert signed_in("branch_head").post("/preferences/absence/", told).status_code == 422
    assert not Delegation.objects.exists()


def test_who_acts_sees_and_does_what_the_post_gives(signed_in: SignedIn, away: Delegation) -> None:
    """
    an archivist hands no case over; for the head of the branch she does, and the journal says so
    """
    browser = signed_in("archive")
    told = {"to": user("legal").pk, "reason": "asked for"}
    assert browser.post(f"/cases/{HOME_1}/assign/", told).status_code == 302
    assert Case.objects.get(pk=HOME_1).responsible.username == "legal"
    assert Entry.objects.get(act="case.assigned").by == "archive for branch_head"
    page = body(browser.get("/"))
    assert "You act for Name of branch_head" in page
    assert "for Name of branch_head</span>" in page
    assert "Name of archive acts for you" in main(signed_in("branch_head").get("/"))
    assert "acts for you" not in main(signed_in("risk").get("/"))


def test_a_look_for_another_says_so(signed_in: SignedIn, away: Delegation) -> None:
    delegate(
        user=user("account_manager"),
        deputy=user("office"),
        first=away.from_on,
        last=away.from_on,
        at=datetime.now(tz=UTC),
    )
    browser = signed_in("office")
    assert browser.post("/loans/2/debtor/").status_code == 200
    assert Entry.objects.get(act="people.looked").by == "office for account_manager"
    assert len(CASE.findall(body(browser.get("/cases/?mine=1")))) == 3


def test_it_ends_at_once(signed_in: SignedIn, away: Delegation) -> None:
    address = f"/preferences/absence/{away.pk}/end/"
    assert signed_in("risk").post(address).status_code == 404
    theirs = signed_in("archive")
    ended = theirs.post(address, {"next": "/cases/"})
    assert (ended.status_code, ended["Location"]) == (302, "/cases/")
    assert signed_in("branch_head").post(address)["Location"] == "/preferences/absence/"
    assert theirs.post(f"/cases/{HOME_1}/assign/", {}).status_code == 403


def test_an_administrator_sees_and_ends_it(signed_in: SignedIn, away: Delegation) -> None:
    browser = signed_in("administrator")
    assert "Name of archive for Name of branch_head" in main(browser.get("/people/branch_head/"))
    address = f"/preferences/absence/{away.pk}/end/"
    told = {"next": "/people/branch_head/"}
    assert browser.post(address, told)["Location"] == "/people/branch_head/"
    assert "Absence" not in main(browser.get("/people/branch_head/"))
    assert "Absence" not in main(signed_in("auditor").get("/people/branch_head/"))


def test_whoever_holds_no_post_is_told_why_not(signed_in: SignedIn) -> None:
    assert "Nobody can act for you" in main(signed_in("nothing").get("/preferences/absence/"))
