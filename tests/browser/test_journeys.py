"""What people come for, from the first click to the last."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyotp
from playwright.sync_api import Page, expect
from pytest_django import Settings

from recobro.office.jobs.tasks import do_next
from tests.browser.bank import PASSWORD
from tests.browser.conftest import Visitor
from tests.runs.kept import Kept

At = Callable[..., Page]


def names(page: Page) -> list[str]:
    """Return the borrowers of the ledger from top to bottom."""
    return page.locator("table.list tbody th").all_inner_texts()


def sign_in(page: Page, username: str, password: str) -> None:
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_signing_in_with_a_wrong_and_a_right_password(at: At) -> None:
    page = at("/loans/?grade=substandard")
    expect(page).to_have_title("Sign in · Recobro")

    sign_in(page, "collector", "something else")
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("not right")
    expect(page.get_by_label("User name")).to_have_value("collector")

    sign_in(page, "collector", PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Problem loans")
    assert names(page) == ["Ana Núñez"]


def test_a_collector_finds_filters_and_sorts(at: At) -> None:
    page = at("/loans/", "collector")
    assert names(page) == ["Ana Núñez", "王小明"]

    page.locator("#search").press_sequentially("peña")
    expect(page).to_have_url("/loans/?search=pe%C3%B1a")
    assert names(page) == ["Ana Núñez", "王小明"]

    page.get_by_role("combobox", name="Grade", exact=True).select_option("substandard")
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    expect(page).to_have_url("/loans/?search=pe%C3%B1a&grade=substandard")
    expect(page.get_by_role("status")).to_have_text("1 loans in CNY fit.")

    page.get_by_role("combobox", name="Grade", exact=True).select_option("")
    expect(page.locator("table.list tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Outstanding").click()
    expect(page.get_by_role("columnheader", name="Outstanding")).to_have_attribute(
        "aria-sort", "descending"
    )
    assert names(page) == ["Ana Núñez", "王小明"]
    page.get_by_role("link", name="Outstanding").click()
    expect(page.get_by_role("columnheader", name="Outstanding")).to_have_attribute(
        "aria-sort", "ascending"
    )
    assert names(page) == ["王小明", "Ana Núñez"]
    expect(page.locator("#search")).to_have_value("peña")


def test_by_keys_alone_to_a_loan_and_back(at: At) -> None:
    page = at("/loans/", "president")
    assert names(page) == ["李雷", "Ana Núñez", "王小明"]

    page.keyboard.press("/")
    page.keyboard.type("peñalba")
    expect(page).to_have_url("/loans/?search=pe%C3%B1alba")
    expect(page.locator("table.list tbody tr")).to_have_count(2)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("tr.here")).to_contain_text("Ana Núñez")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ana Núñez N1")

    expect(page.get_by_role("heading", name="Unpaid instalments (4)")).to_be_visible()
    expect(page.get_by_text("days past due").first).to_be_visible()
    expect(page.get_by_text("Settled (14)")).to_be_visible()
    expect(page.get_by_role("table", name="Settled (14)")).to_be_hidden()
    page.get_by_text("Settled (14)").click()
    expect(page.get_by_role("table", name="Settled (14)").locator("tbody tr")).to_have_count(14)

    page.keyboard.press("Escape")
    expect(page).to_have_url("/loans/?search=pe%C3%B1alba")
    expect(page.locator("#search")).to_have_value("peñalba")
    assert names(page) == ["Ana Núñez", "王小明"]
    expect(page.locator("tr.here")).to_contain_text("Ana Núñez")


def test_anything_is_found_by_keys_alone(at: At) -> None:
    page = at("/closes/", "president")
    page.keyboard.press("Control+k")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("wxm")
    hits = page.locator("#found a")
    expect(hits.first).to_contain_text("王小明")
    expect(page.locator("#said")).to_have_text("1 found")
    page.keyboard.press("ArrowDown")
    expect(hits.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#found")).to_be_empty()
    page.keyboard.press("Control+k")
    page.keyboard.type("nunez")
    expect(hits.first).to_contain_text("Ana Núñez")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/search/?q=nunez")
    page.locator(".hits a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ana Núñez")
    page.keyboard.press("Control+k")
    page.keyboard.type("peñ")
    expect(hits.first).to_be_visible()
    page.locator("main").click(position={"x": 900, "y": 500})
    expect(page.locator("#found")).to_be_empty()


def test_single_keys_can_be_switched_off(at: At) -> None:
    page = at("/loans/", "collector")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Use single keys").uncheck()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()

    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("tr.here")).to_have_count(0)


def test_a_menu_obeys_the_keys(at: At) -> None:
    page = at("/loans/", "collector")
    menu = page.locator("details.pill")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("link", name="31 May 2026")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("link", name="30 Jun 2026")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="31 May 2026")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()

    page.keyboard.press("Enter")
    menu.get_by_role("link", name="31 May 2026").click()
    expect(page.get_by_text("You are looking at an older close.")).to_be_visible()
    page.get_by_role("navigation", name="Places").get_by_role("link", name="Home").click()
    expect(page).to_have_url("/?as_of=2026-05-31")


def test_from_english_to_chinese_and_back(at: At) -> None:
    page = at("/", "collector")
    page.get_by_label("Name of collector").click()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    expect(page.get_by_role("link", name="问题贷款")).to_be_visible()

    page.get_by_label("Name of collector").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("link", name="Problem loans")).to_be_visible()


def test_the_dark_theme_stays(at: At) -> None:
    page = at("/", "collector")
    page.get_by_label("Name of collector").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/loans/")
    lightness = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert lightness.startswith("oklch(0.19 ")


def test_the_head_of_a_branch_sees_that_branch_alone(at: At) -> None:
    page = at("/loans/", "head")
    assert names(page) == ["Ana Núñez", "王小明"]
    page.goto("/")
    expect(page.get_by_text("南湖支行")).to_have_count(0)
    expect(page.get_by_role("navigation", name="Institution")).to_have_text("Río Norte")


def test_the_president_drills_down(at: At) -> None:
    page = at("/", "president")
    page.get_by_role("link", name="Non-performing balance").click()
    expect(page.get_by_label("State", exact=True)).to_have_value("nonperforming")
    assert names(page) == ["李雷", "Ana Núñez"]

    page.go_back()
    page.get_by_role("table", name="Institutions below").get_by_role(
        "link", name="Río Norte"
    ).click()
    expect(page).to_have_url("/institutions/north/")
    expect(page.get_by_role("heading", name="Largest non-performing loans")).to_be_visible()
    page.get_by_role("link", name="Non-performing balance").click()
    expect(page).to_have_url("/loans/?state=nonperforming&at=north")
    assert names(page) == ["Ana Núñez"]
    page.get_by_role("link", name="Ana Núñez").click()

    page.get_by_role("navigation", name="Institution").get_by_role("link").first.click()
    expect(page).to_have_url("/loans/?at=bank")
    assert names(page) == ["李雷", "Ana Núñez", "王小明"]


def test_an_administrator_adds_somebody_who_signs_in(at: At, visitor: Visitor) -> None:
    page = at("/people/", "admin")
    form = page.locator("form[action='/people/add/']")
    form.get_by_label("User name").fill("nuria")
    form.get_by_label("Name", exact=True).fill("Nuria Ríos")
    form.get_by_label("Role").select_option(label="Account manager")
    form.get_by_label("Institution").select_option(label="Río Norte")
    form.get_by_label("First password").fill("short")
    form.get_by_role("button", name="Add").click()
    expect(form.get_by_role("alert")).to_contain_text("too weak")
    expect(form.get_by_label("User name")).to_have_value("nuria")
    assert visitor.said == [
        "Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"
    ]
    visitor.said.clear()

    form.get_by_label("First password").fill(PASSWORD)
    form.get_by_role("button", name="Add").click()
    expect(page.get_by_role("row", name="Nuria Ríos")).to_contain_text("Account manager, Río Norte")

    hers = at("/")
    sign_in(hers, "nuria", PASSWORD)
    expect(hers.get_by_role("heading", level=1)).to_contain_text("Choose another password")
    hers.get_by_label("Password so far").fill(PASSWORD)
    hers.get_by_label("New password").fill(f"{PASSWORD} of hers")
    hers.get_by_role("button", name="Change it").click()
    expect(hers.get_by_role("heading", level=1)).to_contain_text("Non-performing balance")
    hers.get_by_role("link", name="Problem loans").click()
    assert names(hers) == ["Ana Núñez", "王小明"]


def test_a_second_factor_from_the_first_scan_to_the_last_recovery_code(at: At) -> None:
    page = at("/preferences/second-factor/", "collector")
    picture = page.get_by_role("img", name="QR code")
    assert picture.evaluate("(one) => one.complete && one.naturalWidth > 0")
    telephone = pyotp.TOTP(page.locator(".key").inner_text().replace(" ", ""))
    code = telephone.now()
    page.get_by_label("The six digits it shows").fill(code)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Non-performing balance")

    other = at("/loans/")
    sign_in(other, "collector", PASSWORD)
    expect(other).to_have_title("The code of your telephone · Recobro")
    other.get_by_label("The six digits").fill(code)  # good once
    other.get_by_role("button", name="Sign in").first.click()
    expect(other.get_by_role("alert").filter(visible=True)).to_contain_text("used already")
    other.get_by_text("The telephone is not at hand").click()
    other.get_by_label("One of your recovery codes").fill(codes[3])
    other.get_by_role("button", name="Sign in").last.click()
    assert names(other) == ["Ana Núñez", "王小明"]
    other.goto("/preferences/second-factor/")
    expect(other.locator(".facts")).to_contain_text("9")


def test_an_administrator_lets_somebody_leave_and_another_take_over(at: At) -> None:
    page = at("/people/", "admin")
    page.get_by_role("link", name="Name of collector").click()
    page.get_by_role("link", name="End the post: Account manager, Río Norte").click()
    page.get_by_label("Who takes over").select_option(index=1)
    page.get_by_label("Why").fill("moves to another bank")
    page.get_by_role("button", name="End the post").click()
    expect(page.get_by_role("table", name="Posts")).not_to_contain_text("now")
    page.get_by_label("Role").select_option(label="Risk department")
    page.get_by_label("Institution").select_option(label="Río Norte")
    page.get_by_role("button", name="Give the post").click()
    waits = page.get_by_role("list", name="Waiting for a second person")
    expect(waits).to_contain_text("Risk department, Río Norte")
    page = at("/approvals/", "president")
    page.get_by_role("link", name="Name of collector").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".standing")).to_contain_text("approved")


def test_a_head_hands_over_what_is_chosen_and_it_is_signed_for(at: At) -> None:
    page = at("/cases/", "head")
    page.get_by_label("Choose the case of Ana Núñez").check()
    page.get_by_role("button", name="Hand over the chosen").click()
    page.get_by_label("To").select_option(label="Name of head")
    page.get_by_role("button", name="Show what would become of it").click()
    page.get_by_label("Why").fill("On holiday")
    page.get_by_role("button", name="Hand over 1").click()
    expect(page.get_by_role("heading", name="Cases handed over to Name of head")).to_be_visible()
    page.get_by_role("button", name="I have taken them over").click()
    expect(page.get_by_text("Signed for by Name of head")).to_be_visible()


def test_what_the_server_did_not_answer_is_told(at: At, visitor: Visitor) -> None:
    page = at("/loans/", "collector")
    page.route("**/loans/?*", lambda route: route.fulfill(status=500, body="no"))
    page.get_by_role("combobox", name="Grade", exact=True).select_option("substandard")
    expect(page.locator("#trouble")).to_be_visible()
    assert names(page) == ["Ana Núñez", "王小明"]
    page.unroute("**/loans/?*")
    page.get_by_role("combobox", name="Grade", exact=True).select_option("special_mention")
    expect(page.locator("#trouble")).to_be_hidden()
    assert names(page) == ["王小明"]
    assert all("500" in told for told in visitor.said)
    visitor.said.clear()


def test_a_delivery_is_sent_loaded_and_its_day_closed(
    at: At, bank: Kept, tmp_path: Path, settings: Settings
) -> None:
    """What a worker does is done while nobody watches: the two share one database here."""
    home = settings.HOME = Path(shutil.copytree(bank.home, tmp_path / "home"))
    page = at("/jobs/", "risk")
    file = tmp_path / "payments.csv"
    file.write_text(
        "payment_id,loan_id,paid_on,amount,source,payer,reverses\n"
        "p1,N1,2026-07-01,10.00,borrower,,\np2,N1,never,10.00,borrower,,\n",
        encoding="utf-8",
    )
    form = page.locator("form[action='/jobs/upload/']")
    form.get_by_label("Tables").set_input_files(file)
    form.get_by_label("Name of the delivery").fill("2026-07-01-delta")
    form.get_by_role("button", name="Put into the inbox").click()

    form = page.locator("form[action='/jobs/load/']")
    form.get_by_role("button", name="Load it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Load 2026-07-01-delta")
    expect(page.locator("#now")).to_contain_text("waiting")
    job = page.url
    work(page, home)

    page.goto(job)
    page.get_by_role("link", name="Load 3, findings: 1").click()
    expect(page.locator("#findings")).to_contain_text("paid_on says 'never', which is no date")

    page.goto("/jobs/")
    form = page.locator("form[action='/jobs/close/']")
    expect(form.get_by_label("Day")).to_have_value("2026-07-01")
    form.get_by_role("button", name="Close it").click()
    work(page, home)
    page.goto("/jobs/")
    page.get_by_role("link", name="4 loans").click()
    expect(page.locator(".pill")).to_contain_text("1 Jul 2026")


def work(page: Page, home: Path) -> None:
    """Do the job that waits."""
    page.goto("about:blank")
    job = do_next(home, lambda: datetime.now(tz=UTC))
    assert job is not None
    assert job.state == "done"
