import pytest
from django.test import Client

from recobro.office.people.models import User
from tests.web.conftest import SignedIn
from tests.web.read import body

pytestmark = pytest.mark.usefixtures("workplace")
FOREIGN = ["https://example.org/", "//example.org", "/\\example.org", "javascript:1", "loans/"]


def spoken(browser: Client, address: str = "/sign-in/") -> tuple[str, str]:
    """Return the language of a page: as its head says it, and as it is marked."""
    response = browser.get(address)
    return response["Content-Language"], body(response).partition('<html lang="')[2][:2]


@pytest.mark.parametrize("code", ["en", "es", "zh"])
def test_whoever_has_not_signed_in_chooses_a_language(code: str, client: Client) -> None:
    response = client.post("/preferences/language/", {"language": code, "next": "/sign-in/"})
    assert (response.status_code, response["Location"]) == (302, "/sign-in/")
    assert spoken(client) == (code, code)
    cookie = client.cookies["language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == (code, True, "Lax")


def test_a_language_stays_with_the_person(signed_in: SignedIn) -> None:
    assert spoken(signed_in("risk"), "/loans/") == ("en", "en")
    signed_in("risk").post("/preferences/language/", {"language": "zh"})
    assert spoken(signed_in("risk"), "/loans/") == ("zh", "zh")
    assert spoken(signed_in("legal"), "/loans/") == ("en", "en")
    assert User.objects.get(username="risk").language == "zh"


@pytest.mark.parametrize("code", ["", "de", "EN", "zh-hans", "\0", "x" * 5000])
def test_a_language_that_there_is_not(code: str, signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    response = browser.post("/preferences/language/", {"language": code, "next": "/loans/"})
    assert (response.status_code, response["Location"]) == (302, "/loans/")
    assert spoken(browser, "/loans/") == ("en", "en")
    assert "language" not in browser.cookies


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("es-MX", "es"),
        ("de-DE,es;q=0.5", "es"),
        ("fr", "en"),
        (",;=,,", "en"),
    ],
)
def test_a_browser_says_what_it_reads(accepted: str, expected: str) -> None:
    assert spoken(Client(headers={"Accept-Language": accepted})) == (expected, expected)


def test_a_cookie_of_junk_is_as_none(client: Client) -> None:
    client.cookies["language"] = "../../words"
    client.cookies["theme"] = 'dark" onload="x'
    assert spoken(client) == ("en", "en")
    assert 'dark" onload=' not in body(client.get("/sign-in/"))


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [("light", "light"), ("dark", "dark"), ("", None), ("pink", None), ("\0", None)],
)
def test_a_theme(chosen: str, expected: str | None, signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    browser.post("/preferences/theme/", {"theme": "light"})
    response = browser.post("/preferences/theme/", {"theme": chosen, "next": "/loans/"})
    assert (response.status_code, response["Location"]) == (302, "/loans/")
    page = body(browser.get("/loans/"))
    marks = [theme for theme in ("light", "dark") if f'data-theme="{theme}"' in page]
    assert marks == ([expected] if expected else [])


@pytest.mark.parametrize("name", ["language", "theme"])
@pytest.mark.parametrize("told", FOREIGN)
def test_a_foreign_page_is_not_gone_on_to(name: str, told: str, client: Client) -> None:
    response = client.post(f"/preferences/{name}/", {"next": told})
    assert (response.status_code, response["Location"]) == (302, "/")
