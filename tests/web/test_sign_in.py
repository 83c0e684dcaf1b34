import re
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model, QuerySet
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from recobro.office.people.models import User
from tests.web.conftest import SignedIn
from tests.web.read import body, main
from tests.web.workplace import PASSWORD

pytestmark = pytest.mark.usefixtures("workplace")
REFUSED = (
    "Name or password are not right. Nothing else is said, so that nobody can guess names. After "
    "five times you must wait."
)
LOCKED = "Tried too often with this name. Wait a quarter of an hour, or ask your administrator."


def tried(browser: Client, username: str, password: str, **more: str) -> Any:
    """Return the answer to a name and a password."""
    return browser.post("/sign-in/", {"username": username, "password": password} | more)


def said(response: Any) -> tuple[bool, bool]:
    """Tell whether a page says that it refuses, and that it locks."""
    text = main(response)
    return REFUSED in text, LOCKED in text


def without_token(response: Any, username: str) -> str:
    """Return a page without what is another each time and the name that was typed."""
    mark = r'(name="csrfmiddlewaretoken" value=")[^"]*'
    return re.sub(mark, r"\1", body(response)).replace(username, "")


def test_who_is_right_goes_on(client: Client) -> None:
    response = tried(client, "risk", PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/loans/").status_code == 200
    assert User.objects.get(username="risk").last_login is not None


def test_who_is_wrong_is_told_no_more_than_that(client: Client) -> None:
    """
    mei has no account, and that of legal has ended
    """
    User.objects.filter(username="legal").update(is_active=False)
    pages = {
        name: tried(client, name, password)
        for name, password in [("risk", "wrong"), ("mei", PASSWORD), ("legal", PASSWORD)]
    }
    assert {name: page.status_code for name, page in pages.items()} == dict.fromkeys(pages, 200)
    assert {name: said(page) for name, page in pages.items()} == dict.fromkeys(pages, (True, False))
    assert len({without_token(page, name) for name, page in pages.items()}) == 1
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    ("username", "password"),
    [("", ""), ("risk", ""), ("", PASSWORD), ("risk\0", PASSWORD), ("r" * 5000, PASSWORD)],
)
def test_what_is_left_out_or_junk_is_refused(username: str, password: str, client: Client) -> None:
    response = tried(client, username, password)
    assert (response.status_code, said(response)) == (200, (True, False))


def test_the_page_says_nothing_before_it_is_tried(client: Client) -> None:
    assert said(client.get("/sign-in/")) == (False, False)


def test_an_account_that_ends_ends_its_session(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    assert browser.get("/loans/").status_code == 200
    User.objects.filter(username="risk").update(is_active=False)
    assert browser.get("/loans/").status_code == 302


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("/loans/?grade=loss", "/loans/?grade=loss"),
        ("", "/"),
        ("https://example.org/", "/"),
        ("//example.org/", "/"),
        ("///example.org", "/"),
        ("/\\example.org", "/"),
        ("\\\\example.org", "/"),
        ("javascript:alert(1)", "/"),
        ("http://testserver/loans/", "/"),
        ("loans/", "/"),
        (" /loans/", "/"),
    ],
)
def test_where_somebody_lands(told: str, expected: str, client: Client) -> None:
    posted = tried(client, "risk", PASSWORD, next=told)
    assert (posted.status_code, posted["Location"]) == (302, expected)
    again = client.get("/sign-in/", {"next": told})
    assert (again.status_code, again["Location"]) == (302, expected)


def test_the_next_page_goes_along(client: Client) -> None:
    page = client.get(client.get("/loans/?grade=loss")["Location"])
    assert page.context["next"] == "/loans/?grade=loss"


def test_five_failures_lock_a_name_at_an_address(client: Client) -> None:
    """
    risk fails five times; legal, at the same address, and risk at another one sign in
    """
    codes = [tried(client, "risk", "wrong").status_code for _ in range(5)]
    assert codes == [200, 200, 200, 200, 429]
    locked = tried(client, "risk", PASSWORD)
    assert (locked.status_code, said(locked)) == (429, (False, True))
    assert client.get("/").status_code == 302
    assert tried(client, "legal", PASSWORD).status_code == 302
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert tried(elsewhere, "risk", PASSWORD).status_code == 302


def test_an_address_that_guesses_names_is_heard_no_more(settings: Settings) -> None:
    """
    ten failures with as many names, a branch's one among them; another address is heard
    """
    settings.ADDRESS_FAILURE_LIMIT = 10
    for number in range(9):
        assert tried(Client(), f"guess-{number}", "wrong").status_code == 200
    assert tried(Client(), "risk", "wrong").status_code == 200
    shut = tried(Client(), "legal", PASSWORD)
    assert (shut.status_code, "Too many failures from this address." in main(shut)) == (429, True)
    assert tried(Client(REMOTE_ADDR="192.0.2.7"), "legal", PASSWORD).status_code == 302
    attempts: QuerySet[Model] = QuerySet(apps.get_model("axes", "AccessAttempt"))
    attempts.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert tried(Client(), "legal", PASSWORD).status_code == 302


def test_a_password_that_was_tried_is_kept_nowhere(client: Client) -> None:
    tried(client, "risk", "a password of elsewhere")
    attempt: Model = QuerySet(apps.get_model("axes", "AccessAttempt")).get()
    kept = [str(getattr(attempt, field.name)) for field in attempt._meta.fields]
    assert [text for text in kept if "elsewhere" in text] == []
    assert "risk" in kept


def test_failures_are_forgotten_with_a_success(client: Client) -> None:
    codes = [tried(Client(), "risk", "wrong").status_code for _ in range(4)]
    assert tried(Client(), "risk", PASSWORD).status_code == 302
    codes += [tried(Client(), "risk", "wrong").status_code for _ in range(4)]
    assert codes == [200] * 8


def test_a_session_has_a_key_of_its_own(client: Client) -> None:
    client.get("/sign-in/")
    tried(client, "risk", PASSWORD)
    first = client.session.session_key
    client.post("/sign-out/")
    tried(client, "risk", PASSWORD)
    assert client.session.session_key != first


def test_sign_out_ends_the_session(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    key = browser.session.session_key
    response = browser.post("/sign-out/")
    assert (response.status_code, response["Location"]) == (302, "/sign-in/")
    assert browser.get("/loans/").status_code == 302
    assert not browser.session.exists(str(key))


@pytest.mark.parametrize("address", ["/sign-in/", "/sign-out/", "/people/add/"])
def test_a_form_of_another_site_is_refused(address: str, signed_in: SignedIn) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = signed_in("administrator").cookies
    assert browser.post(address, {}).status_code == 403
