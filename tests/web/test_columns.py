"""Columns of the lists: chosen, put in order, kept in the address, and written as they are seen."""

import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from recobro.book.models import Figure, Loan, Staff, Standing
from recobro.office.people.enums import Role
from recobro.office.saved.models import SavedView
from recobro.web import case_columns, institution_columns, loan_columns
from tests.web.conftest import SignedIn
from tests.web.read import body, main
from tests.web.test_exports import read_csv, read_workbook
from tests.web.workplace import appoint

pytestmark = pytest.mark.usefixtures("workplace")

LEDGER = loan_columns.COLUMNS
USUAL = ["borrower", *LEDGER.usual]


def heads(response: Any) -> list[str]:
    """Return what stands above the columns of a page, without marks of sorting."""
    (row,) = re.findall(r"<thead>(.*?)</thead>", body(response), re.DOTALL)
    cells = re.findall(r"<th[^>]*>(.*?)</th>", row, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>|[▲▼]", "", cell).split()) for cell in cells]


def cells(response: Any) -> list[str]:
    """Return what the first row of a page has, but for what stands first."""
    (row,) = re.findall(r"<tbody>(.*?)</tr>", body(response), re.DOTALL)
    found = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in found]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", USUAL),
        ("columns=", USUAL),
        ("columns=nonsense", USUAL),
        ("columns=%00", USUAL),
        ("columns=borrower", ["borrower"]),
        ("columns=grade+loan", ["borrower", "grade", "loan"]),
        ("columns=grade,loan", ["borrower", "grade", "loan"]),
        ("columns=grade&columns=loan", ["borrower", "grade", "loan"]),
        ("columns=grade+nonsense+loan+grade+borrower", ["borrower", "grade", "loan"]),
        ("columns=national_id+pk+borrower__phone+overdue", ["borrower", "overdue"]),
        ("columns=" + "x" * 60_000, USUAL),
    ],
)
def test_which_columns_an_address_names(query: str, expected: list[str]) -> None:
    assert [column.name for column in LEDGER.of(QueryDict(query))] == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("columns=loan+grade+overdue&move=-grade", "borrower grade loan overdue"),
        ("columns=loan+grade+overdue&move=grade", "borrower loan overdue grade"),
        ("columns=loan+grade&move=-loan", "borrower loan grade"),
        ("columns=loan+grade&move=grade", "borrower loan grade"),
        ("columns=loan+grade&move=overdue", "borrower loan grade"),
        ("columns=loan+grade&move=-borrower", "borrower loan grade"),
        ("columns=loan+grade&move=", "borrower loan grade"),
    ],
)
def test_a_column_moves_one_place(query: str, expected: str) -> None:
    assert LEDGER.moved(QueryDict(query)) == expected


def test_those_that_stand_are_offered_first() -> None:
    offered = LEDGER.offered(LEDGER.named(["overdue", "loan"]))
    assert [column.name for column, stands in offered if stands] == ["overdue", "loan"]
    assert [column.name for column, _ in offered[:3]] == ["overdue", "loan", "village"]
    assert len(offered) == len(LEDGER.others) == 28


def test_the_page_has_the_columns_of_the_address(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    page = browser.get("/loans/?columns=grade+reasons+days_bucket+overdue&search=Ana")
    assert heads(page) == ["Borrower", "Grade", "Why", "Bucket", "Overdue CNY"]
    assert cells(page) == ["B", "days past due", "151–180 days", "101.50"]
    usual = browser.get("/loans/?search=Ana")
    assert heads(usual)[:6] == [
        *("Borrower", "Loan", "Village", "Institution", "Product", "Outstanding CNY")
    ]


def test_every_column_of_the_ledger_says_something(signed_in: SignedIn) -> None:
    """
    nobody knows who made N1; its household has a case since 2026-06-30
    """
    names = [column.name for column in LEDGER.others]
    page = signed_in("risk").get(f"/loans/?search=Ana&columns={'+'.join(names)}")
    assert (len(heads(page)), len(cells(page))) == (29, 28)
    told = dict(zip(names, cells(page), strict=True))
    assert {name: told[name] for name in ("phone", "collector", "opened_on", "originator")} == {
        "phone": "•••••••8001",
        "collector": "Name of account_manager",
        "opened_on": "30 Jun 2026",
        "originator": "—",
    }
    assert told["due_on"].startswith("29 Sep 2026")
    assert {name: told[name] for name in ("principal", "paid", "unpaid", "disbursed_on")} == {
        "principal": "300.00",
        "paid": "0.00",
        "unpaid": "1",
        "disbursed_on": "5 Dec 2025",
    }
    assert "13800138001" not in body(page)


def test_the_originator_is_named(signed_in: SignedIn) -> None:
    Staff.objects.create(staff_id="s9", name="Nuria", institution_id="north", active=True)
    Loan.objects.filter(loan_id="N1").update(staff_id="s9")
    page = signed_in("risk").get("/loans/?search=Ana&columns=originator")
    assert cells(page) == ["Nuria"]


def test_whose_case_another_may_not_see_is_not_told(signed_in: SignedIn) -> None:
    """
    S1, of south, is in the case of home-1, which belongs to north; its branch sees who collects,
    until the loan has moved away from there
    """
    appoint("south", Role.BRANCH_HEAD, "south")
    browser = signed_in("south")
    told = cells(browser.get("/loans/?columns=collector"))
    Loan.objects.filter(loan_id="S1").update(institution_id="empty")
    assert [told, cells(browser.get("/loans/?columns=collector"))] == [
        ["Name of account_manager"],
        ["—"],
    ]


@pytest.mark.parametrize(
    "query",
    ["columns=phone+national_id", "columns=phone&sort=phone", "columns=phone&sort=-collector"],
)
def test_what_is_masked_stays_so(query: str, signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    for address in (f"/loans/?{query}", f"/loans/export.csv?{query}", f"/cases/?{query}"):
        told = b"".join(browser.get(address)).decode()
        assert ["•••••••8001" in told, "13800138001" in told, "4401021990" in told] == [
            *(True, False, False),
        ]


@pytest.mark.parametrize("role", ["planning", "personnel", "administrator"])
def test_whoever_sees_no_debtor_gets_no_column_of_one(role: str, signed_in: SignedIn) -> None:
    browser = signed_in(role)
    for address in ("/loans/", "/loans/export.csv", "/cases/", "/institutions/"):
        answer = browser.get(f"{address}?columns=borrower+phone+collector")
        told = body(answer)
        assert ["Ana Núñez" in told, "8001" in told, 'value="collector"' in told] == [False] * 3


def test_a_file_has_the_columns_of_the_page(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    query = "?search=Ana&columns=grade+overdue+collector+disbursed_on+months+unpaid"
    head = ["Borrower", "Grade", "Overdue", "Responsible", "Paid out on"]
    head += ["Last 12 months", "Unpaid instalments"]
    rows = read_csv(browser.get(f"/loans/export.csv{query}"))
    assert rows[0] == head
    assert rows[1] == [
        *("Ana Núñez", "substandard", "101.50", "Name of account_manager", "2025-12-05"),
        "— — — — — — — — special_mention — — substandard",
        "1",
    ]
    shown = [one.removesuffix(" CNY") for one in heads(browser.get(f"/loans/{query}"))]
    assert shown == rows[0]
    sheet = read_workbook(browser.get(f"/loans/export.xlsx{query}"))
    assert (sheet[0], sheet[1][2], sheet[1][6]) == (head, 101.5, 1.0)


def test_amounts_of_several_currencies_have_theirs_beside_them(signed_in: SignedIn) -> None:
    """
    N3 alone is owed in USD
    """
    browser = signed_in("risk")
    rows = read_csv(browser.get("/loans/export.csv?columns=grade+overdue&sort=borrower"))
    assert rows[0] == ["Borrower", "Grade", "Currency", "Overdue"]
    assert rows[1] == ["'=2+5", "loss", "USD", "20.00"]
    own = read_csv(browser.get("/loans/export.csv?columns=overdue+currency&sort=borrower"))
    assert own[:2] == [["Borrower", "Overdue", "Currency"], ["'=2+5", "20.00", "USD"]]
    none = read_csv(browser.get("/loans/export.csv?columns=grade&sort=borrower"))
    assert none[0] == ["Borrower", "Grade"]
    nobody = read_csv(browser.get("/loans/export.csv?columns=overdue&search=zzz"))
    assert nobody == [["Borrower", "Overdue"]]


def test_households_have_columns_too(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    page = browser.get("/cases/?columns=phone+overdue+opened_on+escalated_to&search=Ana")
    assert heads(page) == ["Household", "Phone", "Overdue", "Case since", "Gone up to"]
    assert cells(page) == ["•••••••8001", "171.50 CNY", "30 Jun 2026", "—"]
    assert heads(browser.get("/cases/?columns=nonsense")) == heads(browser.get("/cases/"))
    every = [column.name for column in case_columns.COLUMNS.others]
    assert len(cells(browser.get(f"/cases/?columns={'+'.join(every)}"))) == 13


def test_institutions_have_columns_too(signed_in: SignedIn) -> None:
    """
    at the end of June: north with what is below it; the ledger of nobody tells what is set aside
    """
    browser = signed_in("risk")
    query = "?columns=kind+open_cases+coverage+nonperforming&sort=institution"
    page = browser.get(f"/institutions/{query}")
    assert heads(page) == ["Institution", "Kind", "Open cases", "Coverage", "Non-performing"]
    assert cells(page) == ["Branch", "3", "—", "340.00"]
    usual = heads(browser.get("/institutions/?columns=nonsense"))
    assert usual == heads(browser.get("/institutions/"))
    assert usual[1:4] == ["Loans", "Outstanding", "Non-performing"]
    every = [column.name for column in institution_columns.COLUMNS.others]
    whole = browser.get(f"/institutions/?columns={'+'.join(every)}&sort=-three_six")
    assert (len(heads(whole)), len(cells(whole))) == (20, 19)
    form = body(whole).partition('<details class="menu columns"')[2].partition("</details>")[0]
    assert len(re.findall(r'value="[a-z_]+" checked', form)) == 19
    moved = browser.get("/institutions/?columns=kind&columns=ratio&move=-ratio")
    assert moved["Location"] == "/institutions/?columns=institution+ratio+kind&arrange=1"


def test_old_and_new_loans_are_told_apart(signed_in: SignedIn) -> None:
    """
    N1 is old by the day of a policy that has one; without it there is nothing to choose
    """
    browser = signed_in("risk")
    assert 'name="segment"' not in body(browser.get("/loans/"))
    Standing.objects.update(segment="new")
    Standing.objects.filter(loan__loan_id="N1").update(segment="old")
    north = Figure.objects.filter(institution="north", by="all", close__as_of="2026-06-30")
    for value in ("old", "new"):
        own = north.latest("id")
        own.pk, own.by, own.value = None, "segment", value
        own.save()
    page = browser.get("/loans/?segment=old&columns=segment+grade")
    assert (heads(page), cells(page)) == (["Borrower", "Segment", "Grade"], ["Old loans", "B"])
    assert '<option value="old" selected>Old loans</option>' in body(page)
    assert len(browser.get("/loans/?segment=new").context["rows"]) == 4
    rows = read_csv(browser.get("/loans/export.csv?segment=old&columns=segment"))
    assert rows == [["Borrower", "Segment"], ["Ana Núñez", "old"]]
    assert browser.get("/loans/?segment=nonsense").context["page"].paginator.count == 0


MENU = re.compile(r'<details class="menu columns".*?</details>', re.DOTALL)


def form(browser: Client, query: str) -> str:
    (found,) = MENU.findall(body(browser.get(f"/loans/{query}")))
    return str(found)


def test_the_form_keeps_the_filters_and_shows_what_stands(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    menu = form(browser, "?grade=substandard&columns=grade+loan&page=2")
    assert re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', menu) == [
        ("grade", "substandard"),
        ("columns", "borrower"),
    ]
    assert re.findall(r'value="(\w+)" checked', menu) == ["grade", "loan"]
    assert 'href="?grade=substandard"' in menu
    assert "The usual columns" not in form(browser, "?grade=substandard")


def test_without_a_script_the_form_says_it_once_and_moves(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    sent = "/loans/?grade=loss&columns=borrower&columns=loan&columns=grade"
    assert browser.get(sent)["Location"] == "/loans/?grade=loss&columns=borrower+loan+grade"
    moved = browser.get(f"{sent}&move=-grade")
    assert moved["Location"] == "/loans/?grade=loss&columns=borrower+grade+loan&arrange=1"
    page = body(browser.get(moved["Location"]))
    assert '<details class="menu columns" open>' in page
    assert "arrange=1&amp;sort" not in page
    assert browser.get("/cases/?columns=loans&columns=due_on&move=loans")["Location"] == (
        "/cases/?columns=household+due_on+loans&arrange=1"
    )


def test_a_view_keeps_its_columns(signed_in: SignedIn) -> None:
    signed_in("risk").post(
        "/views/add/",
        {"list": "loans", "name": "Mine", "query": "columns=borrower+grade&grade=loss"},
    )
    assert SavedView.objects.get().query == "columns=borrower+grade&grade=loss"


def test_a_filter_leaves_the_columns(signed_in: SignedIn) -> None:
    page = signed_in("risk").get("/loans/?columns=grade", headers={"HX-Request": "true"})
    assert heads(page) == ["Borrower", "Grade"]
    whole = body(signed_in("risk").get("/loans/?columns=grade"))
    filters = whole.partition('<form class="filters"')[2].partition("</form>")[0]
    assert '<input type="hidden" name="columns" value="grade">' in filters
    assert "export.csv?columns=grade" in whole


def test_a_card_of_a_telephone_has_what_was_chosen(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    chosen = body(browser.get("/loans/?columns=grade+phone"))
    assert '<td class="away also" data-label="Phone"' in chosen
    assert " also" not in body(browser.get("/loans/"))
    assert "Ana Núñez" in main(browser.get("/loans/?columns=phone"))
