import re
from pathlib import Path

import pytest
from django.test import Client

from recobro import web
from tests.web.conftest import SignedIn
from tests.web.workplace import PASSWORD

pytestmark = pytest.mark.one_database("the heads of answers")

TEMPLATES = sorted((Path(web.__file__).parent / "templates").rglob("*.html"))
CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "manifest-src": "'self'",
}
PAGES = ["/", "/loans/", "/loans/2/", "/loans/2/why/", "/loans/export.csv", "/loans/export.xlsx"]
PAGES += ["/closes/", "/people/", "/nothing/", "/loans/?at=nowhere", "/people/add/"]
TAG = re.compile(r"{%(?!\s*autoescape).*?%}")
"""A template's own tags but for the one that trusts a text."""
INLINE = {
    "a style": re.compile(r"\sstyle\s*="),
    "a style sheet": re.compile(r"<style"),
    "a script": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>|<script[^>]*>\s*[^\s<]"),
    "a handler": re.compile(r"[\s\"']on\w+\s*="),
    "a handler of htmx": re.compile(r"hx-on|hx-vars|[\"']js:|[\"']javascript:"),
    "a text that is taken for markup": re.compile(r"\|safe\b|autoescape off|safeseq"),
}


def policy(header: str) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in header.split(";"))
    return {name: sources for name, _, sources in parts}


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize("address", PAGES)
def test_what_a_browser_may_do_with_a_page(address: str, signed_in: SignedIn) -> None:
    response = signed_in("auditor").get(address)
    assert policy(response["Content-Security-Policy"]) == CSP
    assert {
        name: response[name]
        for name in (
            "Cache-Control",
            "Referrer-Policy",
            "X-Content-Type-Options",
            "X-Frame-Options",
        )
    } == {
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


@pytest.mark.usefixtures("workplace")
def test_the_way_in_is_kept_nowhere(client: Client) -> None:
    response = client.get("/sign-in/")
    assert policy(response["Content-Security-Policy"]) == CSP
    assert "no-store" in response["Cache-Control"]
    signed = client.post("/sign-in/", {"username": "risk", "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "no-store" in signed["Cache-Control"]


def test_there_are_templates() -> None:
    assert {file.name for file in TEMPLATES} >= {"base.html", "loans.html", "sign_in.html"}


@pytest.mark.parametrize("what", INLINE)
def test_no_template_has(what: str) -> None:
    texts = {file.name: TAG.sub("", file.read_text("utf-8")) for file in TEMPLATES}
    found = {name: INLINE[what].findall(text) for name, text in texts.items()}
    assert {name: marks for name, marks in found.items() if marks} == {}


@pytest.mark.parametrize(
    ("what", "text", "expected"),
    [
        ("a style", '<p style="x">', True),
        ("a style", "{% say 'style' %}", False),
        ("a script", "<script>1</script>", True),
        ("a script", '<script defer>1</script>"', True),
        ("a script", '<script src="a">1</script>', True),
        ("a script", '<script src="a" defer></script>', False),
        ("a handler", '<p onclick="x">', True),
        ("a handler", '<p class="a"onclick = "x">', True),
        ("a handler", '<meta name="htmx-config" content="x">', False),
        ("a handler of htmx", '<p hx-on:click="x">', True),
        ("a text that is taken for markup", "{{ a|safe }}", True),
    ],
)
def test_what_is_looked_for(what: str, text: str, *, expected: bool) -> None:
    assert bool(INLINE[what].search(text)) is expected
