"""What was loaded is shown table by table, and each of its findings to those who see debtors."""

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker, Settings
from python_calamine import CalamineWorkbook

from recobro.office.people.enums import Role
from recobro.runs.operations import show
from tests.runs.bank import AT, Bank
from tests.runs.kept import Kept, kept
from tests.web.conftest import SignedIn
from tests.web.read import main
from tests.web.workplace import appoint, delivery

BAD = 60
"""So many payments have a day that is none."""


def twice_loaded(bank: Bank) -> None:
    """Load a bank twice; the second load has findings of two kinds."""
    bank.load(delivery())
    row = delivery()["payments"][0]
    bad = [row | {"payment_id": f"b{n:03}", "paid_on": "2026-31-31"} for n in range(BAD)]
    early = row | {"payment_id": "e", "paid_on": "2020-01-01"}
    bank.load({"payments": [*bad, early]}, kind="delta")
    bank.close("2026-06-30")
    show(home=bank.home, at=AT)
    appoint("head", Role.RISK, "bank")
    appoint("root", Role.ADMINISTRATOR, "bank")


@pytest.fixture(scope="module")
def once(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Kept:
    """Return that bank, made once."""
    return kept(tmp_path_factory.mktemp("once"), twice_loaded, django_db_blocker)


@pytest.fixture
def loaded(once: Kept, tmp_path: Path, settings: Settings, db: None) -> Bank:
    """Return that bank, with a home of its own."""
    bank = once.copied(tmp_path)
    settings.HOME = bank.home.path
    return bank


@pytest.fixture
def head(loaded: Bank, signed_in: SignedIn) -> Client:
    """Return the browser of somebody who sees the whole bank and its debtors."""
    return signed_in("head")


@pytest.fixture
def root(loaded: Bank, signed_in: SignedIn) -> Client:
    """Return the browser of somebody who sees no debtor."""
    return signed_in("root")


def codes(answer: Any) -> set[str]:
    return {row["code"] for row in answer.context["page"]}


def test_every_row_is_accounted_for(head: Client) -> None:
    page = main(head.get("/loads/2/"))
    assert f"Payments {BAD + 1} 1 {BAD}" in page
    assert "Payments CNY" in page


def test_findings_are_paged_and_narrowed(head: Client) -> None:
    first = head.get("/loads/2/")
    assert len(first.context["page"]) == 50
    assert "page 1 of 2" in main(first)
    second = head.get("/loads/2/?page=2")
    assert len(second.context["page"]) == BAD + 1 - 50
    assert codes(first) | codes(second) == {"bad-date", "payment-before-disbursement"}
    few = head.get("/loads/2/?code=payment-before-disbursement")
    assert (codes(few), len(few.context["page"])) == ({"payment-before-disbursement"}, 1)
    assert "2020-01-01" in main(few)
    none = head.get("/loads/2/?code=payment-before-disbursement&table=loans")
    assert "Findings: 1" in main(none)  # a table that was not delivered narrows nothing


@pytest.mark.parametrize(
    "query", ["?code=junk", "?table=junk", "?page=0", "?page=x", f"?page={10**30}", "?code=%00"]
)
def test_what_is_junk_narrows_nothing(query: str, head: Client) -> None:
    assert "Findings: 61" in main(head.get(f"/loads/2/{query}"))


def test_a_load_without_findings(head: Client) -> None:
    page = main(head.get("/loads/1/"))
    assert "Every row was accepted, and none is odd." in page
    assert "Load 2 →" in page
    assert "Load 1 →" not in main(head.get("/loads/2/"))


def test_who_sees_no_debtor_sees_no_values(root: Client) -> None:
    page = root.get("/loads/2/")
    assert "What the rows say is hidden" in main(page)
    assert "2026-31-31" not in page.content.decode()
    assert "Not a date" in main(page)
    (head, *rows) = lines(root.get("/loads/2/findings.csv"))
    assert head == ["Table", "File", "Row", "Column", "Finding"]
    assert len(rows) == BAD + 1
    assert "2026-31-31" not in str(rows)


def lines(answer: Any) -> list[list[str]]:
    text = b"".join(answer).decode().removeprefix("\ufeff")
    return list(csv.reader(StringIO(text, newline="")))


def test_a_file_has_all_that_is_looked_at(head: Client) -> None:
    (columns, *rows) = lines(head.get("/loads/2/findings.csv?code=bad-date"))
    assert columns[-2:] == ["Value", "What is wrong, and what to do"]
    assert len(rows) == BAD
    assert rows[0][:6] == ["payments", "payments.csv", "2", "paid_on", "bad-date", "2026-31-31"]
    book = CalamineWorkbook.from_filelike(BytesIO(head.get("/loads/2/findings.xlsx").content))
    assert len(book.get_sheet_by_index(0).to_python()) == BAD + 2
    assert len(lines(head.get("/loads/1/findings.csv"))) == 1
    assert head.get("/loads/2/findings.pdf").status_code == 404


@pytest.mark.parametrize("number", [3, 0, 10**18, 10**30])
def test_a_load_that_there_is_not(number: int, head: Client) -> None:
    assert head.get(f"/loads/{number}/").status_code == 404
    assert head.get(f"/loads/{number}/findings.csv").status_code == 404


def test_loads_are_listed_newest_first(head: Client) -> None:
    page = main(head.get("/loads/"))
    assert page.index("Load 2") < page.index("Load 1")


@pytest.mark.parametrize(("address", "asked"), [("/loads/", 6), ("/loads/2/", 8)])
def test_how_often_the_database_is_asked(
    address: str, asked: int, head: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(asked):
        head.get(address)
