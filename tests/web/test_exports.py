import csv
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.http import StreamingHttpResponse
from python_calamine import CalamineWorkbook

from recobro.office.people.enums import Role
from recobro.runs.operations import show
from recobro.web import exports
from tests.runs.bank import AT, Bank
from tests.web.conftest import SignedIn
from tests.web.workplace import Workplace, appoint

HEAD = ["Borrower", "Loan", "Village", "Institution", "Product", "Currency"]
HEAD += ["Outstanding", "Overdue", "Days", "Grade", "Why"]
N1 = ["Ana Núñez", "N1", "Peñalba", "Río Norte", "farm", "CNY"]
N1 += ["300.00", "101.50", "176", "substandard", "days-past-due"]
T1 = ["明", "T1", "白云村", "白云支行", "shop", "CNY"]
T1 += ["40.00", "30.00", "102", "substandard", "days-past-due"]
N2 = ["王小明", "N2", "白云村", "白云支行", "café", "CNY"]
N2 += ["80.00", "50.00", "20", "special_mention", "days-past-due"]
S1 = ["李雷", "S1", "南湖村", "Sur", "shop", "CNY"]
S1 += ["120.00", "40.00", "121", "substandard", "days-past-due"]


def content(response: Any) -> bytes:
    if isinstance(response, StreamingHttpResponse):
        return b"".join(response)
    return bytes(response.content)


def read_csv(response: Any) -> list[list[str]]:
    text = content(response).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))


def read_workbook(response: Any) -> list[list[Any]]:
    (sheet,) = CalamineWorkbook.from_filelike(BytesIO(content(response))).sheet_names
    return (
        CalamineWorkbook.from_filelike(BytesIO(content(response)))
        .get_sheet_by_name(sheet)
        .to_python()
    )


@pytest.mark.parametrize(
    ("who", "query", "expected"),
    [
        ("risk", "?search=白云", [T1, N2]),
        ("risk", "?search=白云&sort=days_past_due", [N2, T1]),
        ("risk", "?product=shop", [T1]),
        ("head", "?product=shop", [S1, T1]),
        ("twice", "", [S1, T1, N2]),
        ("head", "?grade=substandard", [N1, S1, T1]),
        ("head", "?at=north&grade=substandard", [N1, T1]),
        ("head", "?search=zzz", []),
    ],
)
def test_a_file_holds_what_the_ledger_shows(
    who: str, query: str, expected: list[list[str]], workplace: Workplace, signed_in: SignedIn
) -> None:
    """
    S1, at south, is in no file of whoever sees north alone
    """
    browser = signed_in(who)
    shown = [row["of"].loan.loan_id for row in browser.get(f"/loans/{query}").context["rows"]]
    assert shown == [row[1] for row in expected]
    assert read_csv(browser.get(f"/loans/export.csv{query}")) == [HEAD, *expected]
    head, *rows = read_workbook(browser.get(f"/loans/export.xlsx{query}"))
    assert head == HEAD
    assert rows == [
        [*row[:6], float(row[6]), float(row[7]), float(row[8]), *row[9:]] for row in expected
    ]


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_a_file_has_a_name(form: str, kind: str, workplace: Workplace, signed_in: SignedIn) -> None:
    response = signed_in("risk").get(f"/loans/export.{form}?as_of=2026-03-31")
    assert (response["Content-Type"], response["Content-Disposition"]) == (
        kind,
        f'attachment; filename="loans-2026-03-31.{form}"',
    )


@pytest.mark.parametrize("form", ["pdf", "CSV", "csv.xlsx", "%00"])
def test_a_form_that_there_is_not(form: str, workplace: Workplace, signed_in: SignedIn) -> None:
    assert signed_in("risk").get(f"/loans/export.{form}").status_code == 404


def test_all_pages_are_in_a_file(bank: Bank, signed_in: SignedIn) -> None:
    """
    52 loans owe 1.00 since 2026-01-05
    """
    bank.load("\n".join(f"2026-01-05 L{n:02} owes 1.00" for n in range(52)))
    bank.close("2026-06-30")
    show(home=bank.home, at=AT)
    appoint("risk", Role.RISK, "bank")
    _, *rows = read_csv(signed_in("risk").get("/loans/export.csv?page=2&sort=loan"))
    assert [row[1] for row in rows] == [f"L{n:02}" for n in range(52)]


def test_a_name_that_begins_as_a_formula_is_none(workplace: Workplace, signed_in: SignedIn) -> None:
    """
    N3 is owed by =2+5
    """
    browser = signed_in("risk")
    _, row = read_csv(browser.get("/loans/export.csv?search=N3"))
    assert row[0] == "'=2+5"
    workbook = browser.get("/loans/export.xlsx?search=N3")
    _, cells = read_workbook(workbook)
    assert cells[0] == "=2+5"
    with ZipFile(BytesIO(content(workbook))) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@a", "'@a"),
        ("\ta", "'\ta"),
        ("\ra", "'\ra"),
        ("a=1", "a=1"),
        ("", ""),
        ("'a", "'a"),
        (-5, "-5"),
        (exports.Money(-12_34, "CNY"), "-12.34"),
        (exports.Money(1234, "JPY"), "1234"),
        ("a,b", "a,b"),
        ('a"b', 'a"b'),
    ],
)
def test_a_cell_of_a_csv_file(cell: object, expected: str) -> None:
    assert read_csv(exports.as_csv("a", ["A"], [[cell, "end"]])) == [["A"], [expected, "end"]]


@pytest.mark.parametrize(
    "cell", ["=1+1", "{=1+1}", "https://example.org", "internal:A1", "1", "-1"]
)
def test_a_text_of_a_workbook_stays_a_text(cell: str) -> None:
    response = exports.as_workbook("a", ["A", "B"], [[cell, exports.Money(-12_34, "CNY")]])
    assert read_workbook(response) == [["A", "B"], [cell, -12.34]]
    with ZipFile(BytesIO(content(response))) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
        assert [mark in sheet for mark in (b"<f>", b"hyperlink")] == [False, False]
