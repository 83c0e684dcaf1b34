from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from recobro.journal.models import Entry
from recobro.office.people.models import User, UserSession
from recobro.office.people.operations import end_sessions, sweep_sessions
from recobro.web.sessions import named
from tests.web.conftest import SignedIn
from tests.web.read import main
from tests.web.workplace import PASSWORD

pytestmark = pytest.mark.usefixtures("workplace")

AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
LIST = "/preferences/sessions/"


def at_the_door(
    username: str = "risk", *, agent: str = AGENT, address: str = "192.0.2.7"
) -> Client:
    """Return a browser in which somebody has signed in by the page."""
    browser = Client(REMOTE_ADDR=address, headers={"User-Agent": agent})
    told = {"username": username, "password": PASSWORD}
    assert browser.post("/sign-in/", told).status_code == 302
    return browser


def addresses(username: str = "risk") -> list[str]:
    return sorted(
        UserSession.objects.filter(user__username=username).values_list("address", flat=True)
    )


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (AGENT, "Firefox, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/605", "Safari, macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 MicroMessenger/8.0", "WeChat, Android"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_browser_in_short(agent: str, expected: str) -> None:
    assert named(agent) == expected


def test_somebody_sees_where_they_are_signed_in() -> None:
    browser = at_the_door()
    at_the_door(agent="curl/8.0", address="192.0.2.8")
    at_the_door("legal", address="192.0.2.9")
    page = main(browser.get(LIST))
    assert "Firefox, Windows 192.0.2.7" in page
    assert ("— 192.0.2.8" in page, "192.0.2.9" in page, page.count("this one")) == (True, False, 1)


def test_one_is_ended_and_the_others_stay() -> None:
    browser, other = at_the_door(), at_the_door(address="192.0.2.8")
    third = at_the_door(address="192.0.2.9")
    number = UserSession.objects.get(address="192.0.2.8").pk
    assert browser.post(f"{LIST}end/", {"session": number})["Location"] == LIST
    assert [one.get("/").status_code for one in (browser, other, third)] == [200, 302, 200]
    assert browser.post(f"{LIST}end/").status_code == 302
    assert [one.get("/").status_code for one in (browser, third)] == [200, 302]
    told = Entry.objects.filter(act="people.sessions-ended")
    assert [(one.by, one.after) for one in told] == [("risk", {"sessions": 1})] * 2


def test_nobody_ends_what_is_not_theirs_nor_the_one_they_use() -> None:
    browser, legal = at_the_door(), at_the_door("legal")
    for username in ("legal", "risk"):
        number = UserSession.objects.get(user__username=username).pk
        assert browser.post(f"{LIST}end/", {"session": number}).status_code == 302
    assert [one.get("/").status_code for one in (browser, legal)] == [200, 200]
    assert browser.post(f"{LIST}end/", {"session": "junk"}).status_code == 404
    assert not Entry.objects.filter(act="people.sessions-ended").exists()


def test_an_administrator_ends_all_of_somebody(signed_in: SignedIn) -> None:
    browser, ada = at_the_door("archive"), signed_in("administrator")
    assert "Firefox, Windows 192.0.2.7" in main(ada.get("/people/archive/"))
    assert ada.post("/people/archive/sessions/end/")["Location"] == "/people/archive/"
    assert browser.get("/").status_code == 302
    assert Entry.objects.get(act="people.sessions-ended").by == "administrator"
    assert signed_in("management").get("/").status_code == 200
    assert ada.post("/people/management/sessions/end/").status_code == 404


def test_another_password_ends_the_others_and_keeps_this_one() -> None:
    browser, other = at_the_door(), at_the_door(address="192.0.2.8")
    told = {"old": PASSWORD, "new": "quite another password"}
    assert browser.post("/preferences/password/", told).status_code == 302
    assert [one.get("/").status_code for one in (browser, other)] == [200, 302]
    assert addresses() == ["192.0.2.7"]
    assert "this one" in main(browser.get(LIST))


def test_what_was_signed_out_of_is_forgotten_at_the_next_sign_in() -> None:
    browser = at_the_door()
    browser.post("/sign-out/")
    assert "192.0.2.7" not in main(at_the_door(address="192.0.2.8").get(LIST))
    assert addresses() == ["192.0.2.8"]


def test_what_has_run_out_is_forgotten() -> None:
    at_the_door()
    now = datetime.now(tz=UTC)
    assert (sweep_sessions(at=now), addresses()) == (0, ["192.0.2.7"])
    assert (sweep_sessions(at=now + timedelta(hours=13)), addresses()) == (1, [])
    assert not Session.objects.exists()
    assert end_sessions(user=User.objects.get(username="risk"), at=now, by="risk") == 0


def test_it_is_noted_once_an_hour_where_somebody_is() -> None:
    browser = at_the_door()
    row = UserSession.objects.get()
    browser.get("/loans/", REMOTE_ADDR="192.0.2.8")
    assert UserSession.objects.get().seen_at == row.seen_at
    session = browser.session
    session["seen"] = (datetime.now(tz=UTC) - timedelta(hours=1)).isoformat()
    session.save()
    browser.get("/loans/", REMOTE_ADDR="192.0.2.8")
    again = UserSession.objects.get()
    assert (again.since_at, again.address) == (row.since_at, "192.0.2.8")
    assert again.seen_at > row.seen_at


def test_a_session_of_before_is_noted_when_it_is_used(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    UserSession.objects.all().delete()
    session = browser.session
    del session["seen"]
    session.save()
    browser.get("/loans/")
    assert addresses() == ["127.0.0.1"]


def test_behind_a_proxy_its_word_counts(settings: Settings) -> None:
    settings.BEHIND_PROXY = True
    browser = Client(headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
    browser.post("/sign-in/", {"username": "risk", "password": PASSWORD})
    assert addresses() == ["203.0.113.9"]
