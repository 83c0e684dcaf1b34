import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from recobro.office.people.models import User
from recobro.office.tokens.models import Token
from recobro.office.tokens.operations import end_token, give_token
from recobro.office.tokens.queries import token_of
from tests.web.conftest import SignedIn
from tests.web.read import main

pytestmark = pytest.mark.usefixtures("workplace")

PAGE = "/preferences/tokens/"
WISH = {"name": "nightly", "may": "read", "days": "30"}
SECRET = re.compile(r"recobro_[\w-]{43}")


def given(username: str) -> Token:
    user = User.objects.get(username=username)
    at = datetime.now(tz=UTC)
    return give_token(user=user, name="own", may_write=True, days=7, at=at, by=username)[0]


def test_a_token_is_shown_once(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    answer = browser.post(PAGE, WISH)
    (secret,) = SECRET.findall(answer.content.decode())
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    token = token_of(secret, on=datetime.now(tz=UTC).date())
    assert token is not None
    assert (token.user.username, token.name, token.may_write) == ("risk", "nightly", False)
    again = main(browser.get(PAGE))
    assert ("nightly" in again, secret in again) == (True, False)


def test_a_token_that_is_made_opens_the_api(signed_in: SignedIn) -> None:
    answer = signed_in("risk").post(PAGE, WISH | {"may": "write"})
    (secret,) = SECRET.findall(answer.content.decode())
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    assert program.get("/api/v1/me").json()["token"]["may_write"] is True


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"name": "x" * 61}, {"name": "own"}, {"may": "all"}, {"days": "9999"}]
)
def test_what_is_refused(change: dict[str, str], signed_in: SignedIn) -> None:
    given("risk")
    answer = signed_in("risk").post(PAGE, WISH | change)
    assert (answer.status_code, Token.objects.count()) == (422, 1)
    assert SECRET.search(answer.content.decode()) is None


def test_a_token_is_ended(signed_in: SignedIn) -> None:
    token = given("risk")
    answer = signed_in("risk").post(f"{PAGE}{token.pk}/end/")
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    token.refresh_from_db()
    assert token.ended_at is not None
    assert "own" not in main(signed_in("risk").get(PAGE))


def test_tokens_of_others_are_none_that_there_are(signed_in: SignedIn) -> None:
    token = given("risk")
    browser = signed_in("management")
    assert "own" not in main(browser.get(PAGE))
    assert browser.post(f"{PAGE}{token.pk}/end/").status_code == 404
    assert browser.post(f"{PAGE}{10**30}/end/").status_code == 404
    token.refresh_from_db()
    assert token.ended_at is None


def test_one_that_has_ended_is_gone(signed_in: SignedIn) -> None:
    token = given("risk")
    end_token(token=token, at=datetime.now(tz=UTC), by="risk")
    assert signed_in("risk").post(f"{PAGE}{token.pk}/end/").status_code == 404
