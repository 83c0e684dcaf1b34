"""What holds of every page: it fits, can be touched and read, and breaks no rule of its own."""

from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from tests.browser.conftest import DESK, PHONE, Visitor, settled

pytestmark = pytest.mark.one_database("the looks of pages")

At = Callable[..., Page]
PAGES = (
    ("", "/sign-in/"),
    ("president", "/"),
    ("head", "/"),
    ("planning", "/"),
    ("admin", "/"),
    ("president", "/?as_of=2026-05-31"),
    ("president", "/loans/"),
    ("president", "/cases/"),
    ("president", "/cases/?search=nobody"),
    ("president", "/journal/"),
    ("president", "/loans/?search=nobody"),
    (
        "president",
        "/loans/?columns=collector+due_on+phone+reasons+days_bucket+originator+months+grade",
    ),
    ("president", "/cases/?columns=escalated_to+phone+opened_on&arrange=1"),
    ("president", "/loans/1/"),
    ("president", "/loans/2/"),
    ("president", "/loans/3/"),
    ("president", "/loans/2/judgements/"),
    ("president", "/closes/"),
    ("president", "/search/"),
    ("president", "/search/?q=13700137003"),
    ("auditor", "/search/?q=na"),
    ("president", "/reports/"),
    ("planning", "/reports/"),
    ("president", "/institutions/"),
    ("president", "/institutions/north/"),
    ("planning", "/institutions/south/"),
    ("president", "/bridge/"),
    ("planning", "/bridge/"),
    ("president", "/bridge/?as_of=2026-05-31"),
    ("president", "/bridge/loans/?column=closing"),
    ("president", "/bridge/loans/?item=sold"),
    ("president", "/notices/"),
    ("president", "/approvals/"),
    ("president", "/handovers/"),
    ("president", "/cases/hand-over/?case=1&to=:rule"),
    ("admin", "/settings/"),
    ("admin", "/settings/approvals.case-assign.alone/"),
    ("president", "/teams/"),
    ("president", "/teams/1/"),
    ("president", "/teams/1/changes/"),
    ("president", "/teams/1/end/"),
    ("president", "/teams/add/"),
    ("president", "/teams/2/leader/"),
    ("president", "/cases/1/team/"),
    ("president", "/cases/?team=1"),
    ("auditor", "/teams/2/"),
    ("head", "/components/"),
    ("head", "/help/"),
    ("head", "/help/?search=close"),
    ("head", "/help/teams/"),
    ("head", "/help/glossary/"),
    ("risk", "/jobs/"),
    ("risk", "/jobs/1/"),
    ("risk", "/loads/"),
    ("risk", "/loads/2/"),
    ("admin", "/loads/2/"),
    ("auditor", "/jobs/"),
    ("admin", "/people/"),
    ("admin", "/people/?left=1"),
    ("admin", "/people/collector/"),
    ("admin", "/people/collector/posts/1/end/"),
    ("admin", "/people/collector/end/"),
    ("admin", "/webhooks/"),
    ("admin", "/webhooks/1/"),
    ("head", "/preferences/absence/"),
    ("head", "/preferences/sessions/"),
    ("head", "/preferences/second-factor/"),
    ("auditor", "/people/"),
    ("auditor", "/people/collector/"),
    ("auditor", "/preferences/tokens/"),
    ("", "/api/v1/"),
)
REFUSED = (("president", "/people/", 403), ("head", "/loans/3/", 404), ("head", "/nowhere/", 404))
SEEN = "(one) => one.checkVisibility() && one.getClientRects().length"
FITS = f"""() => [...document.querySelectorAll("main *")].filter({SEEN})
  .filter((one) => !one.closest(".unseen, .scroll"))
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
  .map((one) => `cut off: ${{one.outerHTML.slice(0, 90)}}`)
  .concat(document.documentElement.scrollWidth > document.documentElement.clientWidth
    ? ["wider than the window"] : [])"""
TOUCHED = f"""() => [...document.querySelectorAll(
    ".rail a, button, select, summary, .pager a, .find input, #search, .tick, " +
    ".stack input:not([type=checkbox])")]
  .filter({SEEN}).filter((one) => !one.matches(".pill summary"))
  .map((one) => [one.getBoundingClientRect(), one])
  .filter(([box]) => box.height < 44 || box.width < 44)
  .map(([, one]) => `hard to touch: ${{one.outerHTML.slice(0, 90)}}`)"""
SHIFTED = """() => new Promise((told) => {
  setTimeout(() => told(0), 300);
  new PerformanceObserver((list) =>
    told(list.getEntries().reduce((sum, one) => sum + one.value, 0))
  ).observe({type: "layout-shift", buffered: true});
})"""
AXE = """async () => {
  document.querySelectorAll("details").forEach((one) => { one.open = true; });
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 120)}`));
}"""


def wrong(
    visitor: Visitor, ask: Callable[[Page], Iterable[str]], **how: Any
) -> dict[str, list[str]]:
    """Return what is wrong with each page, and what the console says of it."""
    found = {}
    for user in dict.fromkeys(user for user, _ in PAGES):
        page = visitor.page(user, **how)
        for path in (path for who, path in PAGES if who == user):
            page.goto(path)
            settled(page)
            found[f"{user} {path}"] = [*ask(page), *visitor.said]
            visitor.said.clear()
        page.context.close()
    return {page: told for page, told in found.items() if told}


@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_every_page_fits_desk_and_phone_and_thumb(visitor: Visitor, language: str) -> None:
    def ask(page: Page) -> Iterator[str]:
        page.set_viewport_size(DESK)
        yield from page.evaluate(FITS)
        page.set_viewport_size(PHONE)
        yield from page.evaluate(FITS)
        yield from page.evaluate(TOUCHED)

    assert wrong(visitor, ask, language=language) == {}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_opens_to_everybody(visitor: Visitor, size: ViewportSize) -> None:
    axe = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")

    def ask(page: Page) -> Iterator[str]:
        page.set_viewport_size(size)
        page.evaluate(f"() => {{ {axe} }}")
        yield from page.evaluate(AXE)
        page.emulate_media(color_scheme="dark")
        yield from page.evaluate(AXE)
        page.emulate_media(color_scheme="light")

    assert wrong(visitor, ask) == {}


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize(("user", "path", "status"), REFUSED)
def test_a_refusal_says_what_to_do(
    at: At, visitor: Visitor, user: str, path: str, status: int, *, phone: bool
) -> None:
    page = at(path, user, phone=phone)
    assert page.evaluate(FITS) == []
    page.get_by_role("link", name="Back to the first page").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Non-performing balance")
    assert len(visitor.said) == 1
    assert f"status of {status}" in visitor.said.pop()


def test_the_policy_of_content_is_kept_by_the_browser(at: At, visitor: Visitor) -> None:
    page = at("/", "president")
    page.evaluate("document.body.setAttribute('onclick', 'window.struck = true')")
    page.locator("body").click(position={"x": 700, "y": 5})
    assert page.evaluate("window.struck") is None
    assert len(visitor.said) == 1
    assert "Content Security Policy" in visitor.said.pop()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("loan", [1, 2, 3])
def test_nothing_moves_when_the_reasons_arrive(
    visitor: Visitor, loan: int, size: ViewportSize
) -> None:
    page = visitor.page("president")
    page.set_viewport_size(size)
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/why/", hold)
    page.goto(f"/loans/{loan}/")
    expect(page.get_by_text("Reading the loan's rows")).to_be_visible()
    waiting[0].continue_()
    settled(page)
    assert page.evaluate(SHIFTED) == 0


def test_the_name_stays_when_the_ledger_is_moved_sideways(at: At) -> None:
    page = at("/loans/", "president")
    page.set_viewport_size({"width": 900, "height": 700})
    name = page.locator("table.list tbody th").first
    before = name.bounding_box()
    page.evaluate("document.querySelector('.tall').scrollLeft = 200")
    assert page.evaluate("document.querySelector('.tall').scrollLeft") > 0
    assert name.bounding_box() == before


def test_twenty_four_rows_stand_on_a_desk(at: At) -> None:
    page = at("/loans/", "president")
    row = "document.querySelector('table.list tbody tr').getBoundingClientRect()"
    assert page.evaluate(f"{row}.height") == 30
    foot = page.evaluate("document.querySelector('.foot').getBoundingClientRect().top")
    assert foot - page.evaluate(f"{row}.top") >= 24 * 30


def test_on_paper_all_is_light_and_says_who_printed(at: At) -> None:
    page = at("/loans/1/", "president", dark=True)
    page.emulate_media(media="print")
    expect(page.locator(".printed")).to_contain_text("Printed by Name of president")
    expect(page.locator(".rail")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.documentElement).color") == "rgb(0, 0, 0)"
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
