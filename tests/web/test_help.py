"""The help: each page in each language, rendered safely, found by its words, and led to."""

import re
from pathlib import Path

import pytest

from recobro import web
from recobro.office.people.models import User
from recobro.web import help as told
from recobro.web.help import OF_ROUTES, PAGES, help_of, help_page, help_pages, search_help
from recobro.web.language import NAMES
from recobro.web.urls import urlpatterns
from tests.web.conftest import SignedIn
from tests.web.read import body, main

pytestmark = pytest.mark.one_database("the words of pages")

FOLDER = Path(web.__file__).parent / "help"
NOT_PAGES = {
    *("sign-in", "oidc", "oidc-back", "sign-in-code", "sign-out", "language", "theme"),
    *("loans-export", "loan-why", "loan-debtor", "notice-export", "load-findings"),
    *("second-factor-qr", "jobs-now", "job-now", "job-end", "job-again", "absence-end"),
    *("sessions-end", "token-end", "person-sessions-end", "person-factor-remove"),
    *("help", "help-page", "components", "bridge-now", "bridge-make", "bridge-export"),
    *("institution-work", "reports-now", "reports-order", "report"),
    *("loan-pane", "case-pane", "view-opens", "view-opens-no-more"),
    *("view-add", "view-forget", "webhook-act", "delivery-again", "search-now", "search-phone"),
}
"""Routes that show no page of their own within the frame, and the help itself."""

every = pytest.mark.parametrize("code", NAMES)


@every
def test_no_page_is_missing_in_a_language(code: str) -> None:
    assert sorted(file.stem for file in (FOLDER / code).glob("*")) == sorted(PAGES)


@pytest.mark.parametrize("code", ["es", "zh"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_the_parts_of_the_english_one(code: str, name: str) -> None:
    """As many headings, tables and points, and the same links; and it is translated."""

    def shape(code: str) -> list[str]:
        text = (FOLDER / code / f"{name}.md").read_text(encoding="utf-8")
        marks = re.findall(r"(?m)^(#+|- |\|)", text)
        return marks + re.findall(r"\]\(([^)]+)\)", text)

    assert shape(code) == shape("en")
    headings = {section.heading for section in help_page("en", name).sections}
    own = {section.heading for section in help_page(code, name).sections}
    assert headings & own == set()


def test_the_glossary_has_the_same_terms_in_each_language() -> None:
    def rows(code: str) -> list[list[str]]:
        text = (FOLDER / code / "glossary.md").read_text(encoding="utf-8")
        cells = [line.strip("| ").split(" | ") for line in text.splitlines() if line[:2] == "| "]
        return [sorted(row) for row in cells]

    assert len(rows("en")) == 127 + 8
    assert rows("en") == rows("es") == rows("zh")


def test_every_page_leads_to_a_help_that_there_is() -> None:
    routes = {str(pattern.name) for pattern in urlpatterns}
    assert routes - NOT_PAGES == set(OF_ROUTES)
    assert set(OF_ROUTES.values()) <= set(PAGES)
    assert set(PAGES) - set(OF_ROUTES.values()) == {"glossary"}
    assert (help_of("team"), help_of("help"), help_of(None)) == ("teams", *["first-steps"] * 2)


@every
def test_links_lead_to_pages_that_there_are(code: str) -> None:
    links = {link for page in help_pages(code) for link in re.findall(r'href="([^"]+)"', page.html)}
    assert {link for link in links if link not in {f"/help/{name}/" for name in PAGES}} == set()


def test_what_is_written_in_it_is_no_html(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    text = "# A <b>title</b>\n\n<script>x</script> [a](javascript:x) ![b](data:text/html,x)\n"
    (tmp_path / "en" / "wild.md").write_text(text, encoding="utf-8")
    monkeypatch.setattr(told, "files", lambda _: tmp_path)
    html = help_page.__wrapped__("en", "wild").html
    assert "&lt;script&gt;x&lt;/script&gt;" in html
    assert re.findall(r"<(?!/?p>)[^>]*>", html) == []


@pytest.mark.parametrize(
    ("code", "sought", "found"),
    [
        ("en", "two custodians", []),
        ("en", "", []),
        ("en", "  ", []),
        ("en", "DIGEST", [("journal", "s2")]),
        ("en", "authenticator scan", [("account", "s3")]),
        ("es", "huella", [("journal", "s2")]),
        ("zh", "摘要", [("journal", "s2")]),
        ("en", "Repossessed asset", [("glossary", "s7")]),
    ],
)
def test_what_is_looked_for(code: str, sought: str, found: list[tuple[str, str]]) -> None:
    hits = search_help(code, sought)
    assert [(hit.page.name, hit.section.anchor) for hit in hits] == found


def test_what_is_around_it() -> None:
    (hit,) = search_help("en", "digest")
    assert hit.around.startswith("Each entry of a case contains the digest of the one before")
    assert hit.around.endswith(" …")
    (hit,) = search_help("en", "verify")
    assert hit.around.startswith("… ")


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize(
    ("code", "title", "found"),
    [("en", "Teams", "pairing"), ("es", "Equipos", "dudoso"), ("zh", "清收组织", "结对")],
)
def test_a_page_in_the_language_of_the_reader(
    code: str, title: str, found: str, signed_in: SignedIn
) -> None:
    User.objects.filter(username="archive").update(language=code)
    browser = signed_in("archive")
    page = body(browser.get("/teams/"))
    assert '<a class="helps" href="/help/teams/"' in page
    answer = browser.get("/help/teams/")
    assert f"<h1>{title}</h1>" in body(answer)
    assert found in main(answer)
    assert f'<a href="/help/teams/" aria-current="page">{title}</a>' in body(answer)
    assert title in main(browser.get("/help/"))


@pytest.mark.usefixtures("workplace")
def test_the_search_leads_to_the_part(signed_in: SignedIn) -> None:
    browser = signed_in("office")
    page = body(browser.get("/help/?search=digest"))
    assert '<a href="/help/journal/#s2">The journal · Why it can be believed</a>' in page
    assert '<h2 id="s2">' in body(browser.get("/help/journal/"))
    assert "No page of the help has all these words." in main(browser.get("/help/?search=zzz"))
    assert "<b>" not in body(browser.get("/help/?search=<b>"))
    for name in ("nowhere", "..", "en"):
        assert browser.get(f"/help/{name}/").status_code == 404
