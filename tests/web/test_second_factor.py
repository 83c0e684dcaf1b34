import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.test import Client
from pytest_django import Settings

from recobro.journal.models import Entry
from recobro.office.people.enums import Role
from recobro.office.people.models import SecondFactor, User
from recobro.office.people.operations import change_password, enrol
from tests.web.conftest import SignedIn
from tests.web.read import body, main
from tests.web.workplace import PASSWORD

pytestmark = pytest.mark.usefixtures("workplace")

PAGE = "/preferences/second-factor/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - of nobody
CODES = re.compile(r"<li>([a-z0-9-]{19})</li>")


def user(username: str = "risk") -> User:
    return User.objects.get(username=username)


def shown(secret: str = SECRET, *, later: int = 0) -> str:
    """Return what a telephone shows, some steps of time later."""
    return pyotp.TOTP(secret).at(datetime.now(tz=UTC) + timedelta(seconds=30 * later))


@pytest.fixture
def codes() -> list[str]:
    """Return the recovery codes of risk, who has a second factor since a while ago."""
    at = datetime.now(tz=UTC) - timedelta(minutes=5)
    return enrol(user=user(), secret=SECRET, code=pyotp.TOTP(SECRET).at(at), at=at)


def at_the_door(after: str = "") -> Client:
    """Return a browser in which the password of risk was right."""
    browser = Client()
    told = {"username": "risk", "password": PASSWORD, "next": after}
    response = browser.post("/sign-in/", told)
    assert (response.status_code, response["Location"]) == (302, "/sign-in/code/")
    return browser


def test_somebody_sets_up_a_second_factor(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    page = main(browser.get(PAGE))
    (key,) = re.findall(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", page)
    drawn = browser.get(f"{PAGE}qr.svg")
    assert (drawn["Content-Type"], b"<svg" in drawn.content) == ("image/svg+xml", True)
    assert "style" not in body(drawn)
    assert "no-store" in drawn["Cache-Control"]

    secret = key.replace(" ", "")
    wrong = browser.post(PAGE, {"code": "000000", "password": PASSWORD})
    assert (wrong.status_code, key in main(wrong)) == (422, True)
    unsure = browser.post(PAGE, {"code": shown(secret), "password": "another"})
    assert (unsure.status_code, "That is not your password." in main(unsure)) == (422, True)
    assert not SecondFactor.objects.exists()

    done = browser.post(PAGE, {"code": shown(secret), "password": PASSWORD})
    assert (done.status_code, len(CODES.findall(body(done)))) == (200, 10)
    assert CODES.findall(body(browser.get(PAGE))) == []
    assert "Recovery codes left 10" in main(browser.get(PAGE))
    assert browser.get(f"{PAGE}qr.svg").status_code == 404
    again = browser.post(PAGE, {"code": shown(secret), "password": PASSWORD})
    assert (again.status_code, again["Location"]) == (302, PAGE)


def test_the_code_is_asked_for_after_the_password(codes: list[str]) -> None:
    browser = at_the_door("/loans/?grade=loss")
    assert browser.get("/loans/").status_code == 302
    assert "six digits" in main(browser.get("/sign-in/code/"))
    wrong = browser.post("/sign-in/code/", {"code": "000000"})
    assert (wrong.status_code, "The code is not right" in main(wrong)) == (200, True)
    assert browser.get("/loans/").status_code == 302
    code = shown()
    right = browser.post("/sign-in/code/", {"code": code})
    assert (right.status_code, right["Location"]) == (302, "/loans/?grade=loss")
    assert browser.get("/loans/").status_code == 200
    assert browser.get("/sign-in/code/")["Location"] == "/sign-in/"
    again = at_the_door().post("/sign-in/code/", {"code": code})
    assert (again.status_code, "used already" in main(again)) == (200, True)


@pytest.mark.parametrize("junk", ["", "\0", "x" * 41, "１２３４５６", "not a code"])
def test_junk_is_refused(junk: str, codes: list[str]) -> None:
    browser = at_the_door()
    assert browser.post("/sign-in/code/", {"code": junk}).status_code == 200
    assert browser.get("/").status_code == 302


def test_a_recovery_code_does_too(codes: list[str]) -> None:
    assert at_the_door().post("/sign-in/code/", {"code": codes[0]})["Location"] == "/"
    assert at_the_door().post("/sign-in/code/", {"code": codes[0]}).status_code == 200


def test_nobody_is_heard_after_five_wrong_codes(codes: list[str]) -> None:
    browser = at_the_door()
    for _ in range(5):
        assert browser.post("/sign-in/code/", {"code": "000000"}).status_code == 200
    locked = browser.post("/sign-in/code/", {"code": shown()})
    assert (locked.status_code, "Too many wrong codes" in main(locked)) == (429, True)
    assert at_the_door().post("/sign-in/code/", {"code": codes[0]}).status_code == 429


def test_half_way_is_not_for_ever(codes: list[str]) -> None:
    """
    five minutes, and no longer than the password
    """
    browser = at_the_door()
    session = browser.session
    half = session["half"]
    session["half"] = half | {"until": datetime.now(tz=UTC).isoformat()}
    session.save()
    assert browser.post("/sign-in/code/", {"code": shown()})["Location"] == "/sign-in/"
    other = at_the_door()
    change_password(user=user(), password=f"{PASSWORD} more", at=datetime.now(tz=UTC), by="risk")
    assert other.post("/sign-in/code/", {"code": shown()})["Location"] == "/sign-in/"
    assert other.get("/").status_code == 302


def test_half_way_ends_with_the_account_and_the_factor(codes: list[str]) -> None:
    browser = at_the_door()
    SecondFactor.objects.all().delete()
    assert browser.post("/sign-in/code/", {"code": shown()}).status_code == 200
    User.objects.filter(username="risk").update(is_active=False)
    assert browser.post("/sign-in/code/", {"code": shown()})["Location"] == "/sign-in/"


def test_new_recovery_codes_and_none(codes: list[str], signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    for part in ("codes/", "remove/"):
        wrong = browser.post(f"{PAGE}{part}", {"password": "another"})
        assert (wrong.status_code, "That is not your password." in main(wrong)) == (422, True)
    new = CODES.findall(body(browser.post(f"{PAGE}codes/", {"password": PASSWORD})))
    assert (len(new), set(new) & set(codes)) == (10, set())
    assert browser.post(f"{PAGE}remove/", {"password": PASSWORD})["Location"] == PAGE
    assert user().has_second_factor is False


def test_whoever_guesses_the_password_inside_is_slowed(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    for address, name in ((PAGE, "password"), ("/preferences/password/", "old")):
        told = {"code": "000000", "new": f"{PASSWORD} more", name: "wrong"}
        assert browser.post(address, told).status_code == 422
    told = {"code": "000000", "password": "wrong"}
    assert [browser.post(PAGE, told).status_code for _ in range(3)] == [422, 422, 429]
    assert browser.post(PAGE, told | {"password": PASSWORD}).status_code == 429
    assert not SecondFactor.objects.exists()


def test_few_codes_are_left(codes: list[str], signed_in: SignedIn) -> None:
    for code in user().second_factor.recovery_codes.all()[:7]:
        code.used_at = datetime.now(tz=UTC)
        code.save()
    assert "Few recovery codes are left." in main(signed_in("risk").get(PAGE))


def test_an_administrator_takes_it_away(codes: list[str], signed_in: SignedIn) -> None:
    browser = signed_in("administrator")
    assert "For who has lost the telephone" in main(browser.get("/people/risk/"))
    response = browser.post("/people/risk/second-factor/remove/")
    assert (response.status_code, response["Location"]) == (302, "/people/risk/")
    assert Entry.objects.get(act="people.second-factor-removed").by == "administrator"
    assert Client().post("/sign-in/", {"username": "risk", "password": PASSWORD})["Location"] == "/"


def test_whose_post_demands_it_sets_it_up_first(settings: Settings, signed_in: SignedIn) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset({Role.RISK})
    browser = signed_in("risk")
    for address in ("/", "/loans/", "/preferences/password/", "/preferences/sessions/"):
        assert browser.get(address)["Location"] == PAGE
    page = browser.get(PAGE)
    assert "Your post demands a second factor." in main(page)
    assert browser.get(f"{PAGE}qr.svg").status_code == 200
    told = {"code": shown(browser.session["second factor"]), "password": PASSWORD}
    assert browser.post(PAGE, told).status_code == 200
    assert browser.get("/loans/").status_code == 200
    assert "Your post demands the second factor" in main(browser.get(PAGE))
    assert browser.post(f"{PAGE}remove/", {"password": PASSWORD}).status_code == 404
    assert signed_in("legal").get("/loans/").status_code == 200


def test_another_password_comes_before_it(settings: Settings, signed_in: SignedIn) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset(Role)
    User.objects.filter(username="risk").update(must_change=True)
    browser = signed_in("risk")
    assert browser.get(PAGE)["Location"] == "/preferences/password/"
    assert browser.get("/preferences/password/").status_code == 200
