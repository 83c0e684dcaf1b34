"""Lists as people make them their own: columns, the default view, the pane beside the rows."""

from collections.abc import Callable
from importlib.resources import files

from playwright.sync_api import Page, expect

from recobro.journal.models import Entry
from tests.browser.conftest import Visitor
from tests.browser.test_every_page import AXE, FITS, TOUCHED

At = Callable[..., Page]


def heads(page: Page) -> list[str]:
    """Return what stands above the columns that can be seen."""
    told = page.locator("table.list thead th").filter(visible=True).all_inner_texts()
    return [head.removesuffix(" ▼").removesuffix(" CNY") for head in told]


def test_columns_are_picked_by_keys_alone(at: At) -> None:
    page = at("/loans/?grade=substandard", "collector")
    menu = page.locator("details.columns")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    menu.get_by_label("Village", exact=True).focus()
    page.keyboard.press("Space")  # goes
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_label("Institution", exact=True)).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    menu.get_by_label("Responsible", exact=True).focus()
    page.keyboard.press("Space")  # comes
    menu.get_by_role("button", name="Move Grade forward").focus()
    for _ in range(6):
        page.keyboard.press("Enter")
    expect(menu.get_by_role("button", name="Move Grade forward")).to_be_focused()
    expect(page.locator("#said")).to_have_text("Grade: 2 / 28")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # it is at the front already
    menu.get_by_role("button", name="Show these").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("columnheader", name="Responsible")).to_be_visible()
    expected = ["Borrower", "Grade", "Loan", "Outstanding", "Overdue", "Days"]
    assert heads(page) == [*expected, "Last 12 months", "Responsible"]
    names = "borrower+grade+loan+outstanding+overdue+days_past_due+months+collector"
    expect(page).to_have_url(f"/loans/?grade=substandard&columns={names}")
    page.get_by_role("combobox", name="Grade", exact=True).select_option("")
    expect(page.locator("table.list tbody tr")).to_have_count(2)
    assert heads(page)[:3] == ["Borrower", "Grade", "Loan"]
    with page.expect_download() as told:
        page.get_by_role("link", name="csv").click()
    head = told.value.path().read_text("utf-8-sig").splitlines()[0]
    assert head.startswith("Borrower,Grade,Loan,Outstanding,Overdue,Days,Last 12 months")

    menu.locator("summary").click()
    menu.get_by_role("link", name="The usual columns").click()
    expect(page.get_by_role("columnheader", name="Village")).to_be_visible()


def test_columns_on_a_telephone(at: At) -> None:
    page = at("/loans/", "collector", phone=True)
    page.locator("details.columns summary").click()
    page.locator("details.columns").get_by_label("Phone", exact=True).check()
    assert [*page.evaluate(FITS), *page.evaluate(TOUCHED)] == []
    page.get_by_role("button", name="Show these").click()
    expect(page.locator("table.list tbody td.also").filter(visible=True).first).to_be_visible()
    expect(page.locator("table.list tbody tr").first).to_contain_text("•••••••8001")
    assert [*page.evaluate(FITS), *page.evaluate(TOUCHED)] == []


def test_a_default_view_from_its_keeping_to_its_end(at: At) -> None:
    page = at("/loans/", "head")
    page.get_by_role("combobox", name="Grade", exact=True).select_option("substandard")
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    views = page.locator("details.views")
    views.locator("summary").click()
    views.get_by_label("Keep this view as").fill("Bad")
    views.get_by_role("button", name="Keep it").click()
    views.locator("summary").click()
    views.get_by_role("button", name="Make Bad the default view").click()

    page.get_by_role("navigation", name="Places").get_by_role("link", name="Home").click()
    page.get_by_role("navigation", name="Places").get_by_role("link", name="Problem loans").click()
    expect(page).to_have_url("/loans/?grade=substandard")
    expect(page.get_by_text("This is your default view, Bad.")).to_be_visible()
    expect(page.locator("table.list tbody tr")).to_have_count(1)

    page.get_by_role("combobox", name="Grade", exact=True).select_option(
        ""
    )  # what is cleared stays so
    expect(page.locator("table.list tbody tr")).to_have_count(2)
    expect(page.get_by_text("This is your default view, Bad.")).to_have_count(0)
    page.reload()
    expect(page.locator("table.list tbody tr")).to_have_count(2)

    page.goto("/loans/")
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("table.list tbody tr")).to_have_count(2)
    views.locator("summary").click()
    views.get_by_role("button", name="Let Bad be the default view no longer").click()
    expect(page).to_have_url("/loans/")
    expect(page.locator("table.list tbody tr")).to_have_count(2)


def test_the_pane_by_keys_alone(at: At) -> None:
    page = at("/loans/", "president")
    pane = page.locator("#pane")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("i")
    expect(pane.get_by_role("heading", level=2)).to_have_text("Ana Núñez N1")
    expect(pane).to_contain_text("days past due")
    expect(page.locator("#said")).to_contain_text("Ana Núñez, loan N1")
    expect(page).to_have_url("/loans/")
    assert heads(page) == ["Borrower", "Loan", "Village", "Outstanding", "Overdue", "Days", "Grade"]
    expect(page.get_by_role("link", name="Ana Núñez")).to_be_focused()

    page.keyboard.press("j")
    expect(pane.get_by_role("heading", level=2)).to_have_text("王小明 N2")
    page.keyboard.press("ArrowUp")
    expect(pane.get_by_role("heading", level=2)).to_have_text("Ana Núñez N1")
    page.keyboard.press("k")
    expect(pane.get_by_role("heading", level=2)).to_have_text("李雷 S1")
    expect(page.locator("tr.here")).to_contain_text("李雷")

    page.keyboard.press("i")  # into it, and back with it
    expect(pane).to_be_focused()
    page.keyboard.press("Escape")
    expect(pane).to_be_hidden()
    expect(page.get_by_role("link", name="李雷")).to_be_focused()
    page.keyboard.press("j")
    expect(pane).to_be_hidden()
    page.keyboard.press("i")
    expect(pane.get_by_role("heading", level=2)).to_have_text("Ana Núñez N1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ana Núñez N1")


def test_the_pane_by_its_button_shows_numbers_and_goes_with_its_row(at: At) -> None:
    page = at("/loans/", "president")
    pane = page.locator("#pane")
    page.get_by_role("button", name="Look at Ana Núñez beside the list").click()
    expect(pane).to_contain_text("•••••••8001")
    pane.get_by_role("button", name="Show the numbers").click()
    expect(pane).to_contain_text("13800138001")
    assert Entry.objects.filter(act="people.looked", subject="ana").count() == 1

    page.locator("#search").fill("peñalba")
    expect(page.locator("table.list tbody tr")).to_have_count(2)
    expect(page.locator("tr.here")).to_contain_text("Ana Núñez")
    expect(pane).to_be_visible()
    page.locator("#search").fill("李")
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    expect(pane).to_be_hidden()
    page.get_by_role("button", name="Look at 李雷 beside the list").click()
    pane.get_by_role("button", name="Close").click()
    expect(pane).to_be_hidden()


def test_the_pane_lies_over_a_narrow_page(at: At) -> None:
    page = at("/loans/", "president", phone=True)
    expect(page.locator(".peek").first).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("i")
    expect(page.locator("#pane").get_by_role("button", name="Close")).to_be_focused()
    assert [*page.evaluate(FITS), *page.evaluate(TOUCHED)] == []
    page.keyboard.press("Escape")
    expect(page.locator("#pane")).to_be_hidden()


def test_the_pane_opens_to_everybody(visitor: Visitor) -> None:
    axe = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    found = []
    for dark in (False, True):
        page = visitor.page("president", dark=dark)
        page.goto("/loans/")
        page.keyboard.press("j")
        page.keyboard.press("i")
        expect(page.locator("#pane h2")).to_be_visible()
        page.evaluate(f"() => {{ {axe} }}")
        found += page.evaluate(AXE)
    assert found == []


def test_the_pane_of_a_case_by_keys_alone(at: At) -> None:
    page = at("/cases/", "head")
    page.keyboard.press("j")
    page.keyboard.press("i")
    pane = page.locator("#pane")
    expect(pane.get_by_role("heading", level=2)).to_have_text("Ana Núñez")
    expect(page.locator("#said")).to_contain_text("Ana Núñez, responsible")
    assert page.evaluate(FITS) == []
    page.keyboard.press("Escape")
    expect(pane).to_be_hidden()
    expect(page.get_by_role("link", name="Ana Núñez")).to_be_focused()
