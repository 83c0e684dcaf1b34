from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from recobro.office.oidc import OidcSettingsWrong, Provider, provider_of
from recobro.office.people.enums import Role
from recobro.office.people.models import User, UserSession
from tests.web import provider
from tests.web.read import body, main

pytestmark = pytest.mark.usefixtures("workplace")

REFUSED = "Signing in with the bank did not work"


@pytest.fixture(scope="module")
def running() -> Iterator[provider.Bank]:
    with provider.opened() as bank:
        yield bank


@pytest.fixture
def bank(running: provider.Bank, settings: Settings) -> provider.Bank:
    """Return the bank's identity provider, as it is meant to be, and tell Recobro of it."""
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
        bank.person = {"email": "Risk@bank.example", "email_verified": verified}
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
