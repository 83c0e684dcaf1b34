import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from recobro.journal.models import Entry
from recobro.office.identity_provider import OidcSettingsWrong, Provider, provider_of
from recobro.office.oidc import MEMORY
from recobro.office.people.enums import Role
from recobro.office.people.models import Identity, User, UserSession
from recobro.office.people.operations import NotBound, unbind
from tests.web import provider
from tests.web.read import body, main

pytestmark = pytest.mark.usefixtures("workplace")

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
REFUSED = "Signing in with the bank did not work"


@pytest.fixture(scope="module")
def running() -> Iterator[provider.Bank]:
    with provider.opened() as bank:
        yield bank


@pytest.fixture
def bank(running: provider.Bank, settings: Settings) -> provider.Bank:
    """Return the bank's identity provider, as it is meant to be, and tell Recobro of it."""
    MEMORY.forget()
    running.asked.clear()
    running.person, running.faults = {"preferred_username": "risk"}, {}
    settings.OIDC = Provider(
        issuer=running.address,
        client_id=provider.CLIENT,
        secret=provider.SECRET,
        claim="preferred_username",
        name="the bank",
    )
    return running


def sent(browser: Client, after: str = "") -> str:
    """Return to where a browser is sent."""
    response = browser.get("/sign-in/oidc/", {"next": after} if after else {})
    assert response.status_code == 302
    return str(response["Location"])


def sent_cookie(browser: Client, after: str) -> str:
    """Return what a browser keeps of where it goes on to."""
    sent(browser, after)
    return browser.cookies["oidc-attempt"].value


def back(address: str) -> str:
    """Return with what the provider sends the browser back."""
    place = urlsplit(address)
    connection = HTTPConnection(place.netloc, timeout=10)
    connection.request("GET", f"{place.path}?{place.query}")
    answer = connection.getresponse()
    connection.close()
    return str(answer.headers["Location"]).removeprefix("http://testserver")


def came(browser: Client, after: str = "") -> Any:
    """Return the answer to somebody who was sent away and has come back."""
    return browser.get(back(sent(browser, after)))


def refused(response: Any) -> bool:
    return response.status_code == 403 and REFUSED in main(response)


def test_somebody_of_the_bank_is_let_in(bank: provider.Bank, client: Client) -> None:
    assert 'href="/sign-in/oidc/?next=%2Floans%2F"' in body(client.get("/sign-in/?next=/loans/"))
    response = came(client, "/loans/?grade=loss")
    assert (response.status_code, response["Location"]) == (302, "/loans/?grade=loss")
    assert client.get("/loans/").status_code == 200
    assert [one.user.username for one in UserSession.objects.all()] == ["risk"]
    assert came(Client(), "https://example.org/")["Location"] == "/"


def test_what_it_is_asked_for(bank: provider.Bank, client: Client) -> None:
    told = parse_qs(urlsplit(sent(client)).query)
    assert {name: told[name] for name in ("response_type", "redirect_uri", "scope")} == {
        "response_type": ["code"],
        "redirect_uri": ["http://testserver/sign-in/oidc/back/"],
        "scope": ["openid profile email"],
    }
    again = parse_qs(urlsplit(sent(client)).query)
    for name in ("state", "nonce", "code_challenge"):
        assert (len(told[name][0]) >= 43, told[name] == again[name]) == (True, False)


@pytest.mark.parametrize(
    "person",
    [{"preferred_username": "nobody"}, {"preferred_username": 7}, {"preferred_username": ""}, {}],
)
def test_nobody_gets_an_account_by_it(
    person: dict[str, Any], bank: provider.Bank, client: Client
) -> None:
    bank.person = person
    before = User.objects.count()
    assert refused(came(client))
    assert (User.objects.count(), client.get("/").status_code) == (before, 302)


@pytest.mark.parametrize(
    "name", ["RISK", "ｒｉｓｋ", "ri\0sk", "risk\0", "risk ", "\ud800", "rıſk"]
)
def test_a_name_is_that_of_an_account_to_the_sign(
    name: str, bank: provider.Bank, client: Client
) -> None:
    bank.person = {"preferred_username": name}
    assert refused(came(client))
    assert not Identity.objects.exists()


def test_an_account_is_bound_to_who_came_first(bank: provider.Bank, client: Client) -> None:
    """
    the provider gives the name of risk to another, and another name to whom it was
    """
    assert came(client).status_code == 302
    made = Identity.objects.get()
    assert (made.user.username, made.issuer, made.subject) == ("risk", bank.address, "7")
    told = Entry.objects.get(act="people.identity-bound")
    assert (told.by, told.chain, told.after) == ("risk", "people:risk", {"issuer": bank.address})
    assert came(Client()).status_code == 302
    bank.person = {"preferred_username": "risk", "sub": "8"}
    assert refused(came(Client()))
    bank.person = {"preferred_username": "legal", "sub": "7"}
    assert refused(came(Client()))
    assert Identity.objects.get() == made


def test_an_account_is_bound_anew_after_it_was_unbound(bank: provider.Bank, client: Client) -> None:
    risk = User.objects.get(username="risk")
    came(client)
    unbind(user=risk, at=AT, by="shell:x")
    assert Entry.objects.get(act="people.identity-unbound").by == "shell:x"
    with pytest.raises(NotBound, match="nothing was changed"):
        unbind(user=risk, at=AT, by="shell:x")
    bank.person = {"preferred_username": "risk", "sub": "8"}
    assert came(Client()).status_code == 302
    assert Identity.objects.get().subject == "8"


def test_what_it_tells_of_itself_is_kept(bank: provider.Bank, client: Client) -> None:
    """
    a key that is not among those that are kept is asked for
    """
    for _ in range(2):
        assert came(Client()).status_code == 302
    paths = [path for path in bank.asked if not path.startswith("/authorize")]
    assert paths == ["/.well-known/openid-configuration", "/keys"]
    MEMORY.keep(f"{bank.address}/keys", {"keys": [bank.keys()["keys"][0] | {"kid": "old"}]})
    assert came(client).status_code == 302
    assert bank.asked[-1] == "/keys"


def test_nobody_is_written_down_for_going_there(bank: provider.Bank, client: Client) -> None:
    sent(client)
    assert (Session.objects.count(), [*client.cookies]) == (0, ["oidc-attempt"])
    kept = client.cookies["oidc-attempt"]
    assert (kept["httponly"], kept["samesite"], kept["max-age"]) == (True, "Lax", 600)
    assert kept["path"] == "/sign-in/oidc/"
    assert len(sent_cookie(client, "/loans/?search=" + "x" * 5_000)) < 4_000
    assert refused(client.get("/sign-in/oidc/back/?state=none&code=x"))
    assert client.cookies["oidc-attempt"].value == ""
    assert Session.objects.count() == 0


@pytest.mark.parametrize("cookie", ["", "junk", "e30:1:x"])
def test_a_cookie_that_recobro_did_not_sign(
    cookie: str, bank: provider.Bank, client: Client
) -> None:
    way = back(sent(client))
    client.cookies["oidc-attempt"] = cookie
    assert refused(client.get(way))


def test_who_comes_back_late(
    bank: provider.Bank, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = back(sent(client))
    late = time.time() + 601
    monkeypatch.setattr("django.core.signing.time.time", lambda: late)
    assert refused(client.get(way))


def test_an_account_that_has_ended_stays_so(bank: provider.Bank, client: Client) -> None:
    User.objects.filter(username="risk").update(is_active=False)
    assert refused(came(client))


@pytest.mark.parametrize(
    "faults",
    [
        {"nonce": "of another"},
        {"aud": "another"},
        {"aud": ["recobro", "another"], "azp": "another"},
        {"iss": "https://example.org"},
        {"exp": 1},
        {"sub": None},
        {"key": True},
        {"none": True},
        {"error": "access_denied"},
        {"mute": True},
    ],
    ids=str,
)
def test_what_is_not_believed(faults: dict[str, Any], bank: provider.Bank, client: Client) -> None:
    way = back(sent(client)) if "error" not in faults else ""
    bank.faults = faults
    assert refused(client.get(way or back(sent(client))))
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "faults", [{"issuer": "https://example.org"}, {"mute": True}], ids=["another", "mute"]
)
def test_a_provider_that_is_another(
    faults: dict[str, Any], bank: provider.Bank, client: Client
) -> None:
    bank.faults = faults
    assert refused(client.get("/sign-in/oidc/"))


def test_keys_from_afar_without_encryption(bank: provider.Bank, client: Client) -> None:
    way = back(sent(client))
    MEMORY.forget()
    bank.faults = {"jwks_uri": "http://example.org/keys"}
    assert refused(client.get(way))


def test_a_provider_that_does_not_answer(
    bank: provider.Bank, client: Client, settings: Settings
) -> None:
    settings.OIDC = Provider("http://127.0.0.1:9", "recobro", "", "preferred_username", "the bank")
    assert refused(client.get("/sign-in/oidc/"))


def test_a_secret_that_is_not_the_right_one(
    bank: provider.Bank, client: Client, settings: Settings
) -> None:
    for secret in ("another", ""):
        settings.OIDC = Provider(
            bank.address, provider.CLIENT, secret, "preferred_username", "the bank"
        )
        assert refused(came(client))


def test_a_way_back_is_good_once_and_in_one_browser(bank: provider.Bank, client: Client) -> None:
    """
    whoever is sent a way back by another is not signed in as them
    """
    way = back(sent(client))
    assert refused(Client().get(way))
    other = Client()
    sent(other)
    assert refused(other.get(way))
    assert client.get(way).status_code == 302
    assert refused(client.get(way))


def test_an_email_address_must_be_verified(
    bank: provider.Bank, client: Client, settings: Settings
) -> None:
    settings.OIDC = Provider(bank.address, provider.CLIENT, provider.SECRET, "email", "the bank")
    User.objects.filter(username="risk").update(username="risk@bank.example")
    for verified, expected in ((False, 403), (None, 403), ("true", 403), (True, 302)):
        bank.person = {"email": "risk@bank.example", "email_verified": verified}
        assert came(client).status_code == expected


def test_its_factors_stand_for_ours(
    bank: provider.Bank, client: Client, settings: Settings
) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset(Role)
    User.objects.filter(username="risk").update(must_change=True)
    came(client)
    assert client.get("/loans/").status_code == 200


def test_what_the_environment_tells(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("of both\n", encoding="utf-8")
    told = {"RECOBRO_OIDC_ISSUER": "https://id.bank.example/", "RECOBRO_OIDC_CLIENT_ID": "recobro"}
    assert provider_of({}) is None
    assert provider_of(told) == Provider(
        "https://id.bank.example/", "recobro", "", "preferred_username", "id.bank.example"
    )
    more = {"RECOBRO_OIDC_SECRET_FILE": str(file), "RECOBRO_OIDC_CLAIM": "email"}
    assert provider_of(told | more | {"RECOBRO_OIDC_NAME": "the bank"}) == Provider(
        "https://id.bank.example/", "recobro", "of both", "email", "the bank"
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"RECOBRO_OIDC_CLIENT_ID": ""}, "RECOBRO_OIDC_CLIENT_ID is missing"),
        ({"RECOBRO_OIDC_ISSUER": "http://id.bank.example"}, "neither https nor on this machine"),
        ({"RECOBRO_OIDC_SECRET_FILE": "nowhere"}, "nowhere cannot be read"),
    ],
)
def test_what_the_environment_gets_wrong(changes: dict[str, str], reason: str) -> None:
    told = {"RECOBRO_OIDC_ISSUER": "https://id.bank.example", "RECOBRO_OIDC_CLIENT_ID": "recobro"}
    with pytest.raises(OidcSettingsWrong, match=reason):
        provider_of(told | changes)
