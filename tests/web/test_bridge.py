"""The bridge on a page: every amount leads to exactly the loans behind it."""

import re
import shutil
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from recobro.book.models import Bridge, BridgeCell, BridgeLoan, Close, Loan, Standing
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import ask, begin, refuse
from recobro.office.jobs.tasks import do_next
from tests.runs.bank import AT
from tests.web.conftest import SignedIn
from tests.web.read import body, main
from tests.web.test_exports import read_csv, read_workbook
from tests.web.workplace import Workplace

SUBJECT = "2026-03-31 2026-06-30"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def head(workplace: Workplace, signed_in: SignedIn) -> Client:
    """Return the browser of somebody who sees the whole bank."""
    return signed_in("head")


@pytest.fixture
def unmade(workplace: Workplace) -> None:
    for model in (BridgeLoan, BridgeCell, Bridge):
        model.objects.all().delete()


def bars(response: Any) -> dict[str, list[tuple[str, int, int]]]:
    return {
        told.currency: [(bar.cell.item, bar.cell.loans, bar.cell.amount) for bar in told.bars]
        for told in response.context["told"]
    }


def lines(response: Any) -> dict[str, list[tuple[str, int]]]:
    return {line.institution.pk: line.amounts for line in response.context["told"][0].lines}


def links(response: Any) -> list[str]:
    found = re.findall(r'href="(/bridge/loans/[^"]*)"', body(response))
    return [unescape(link) for link in dict.fromkeys(found)]


def listed(response: Any) -> list[tuple[str, int]]:
    return [(row["of"].loan.loan_id, row["of"].amount) for row in response.context["rows"]]


def test_from_one_balance_to_the_other(head: Client) -> None:
    """
    N1, S1 and T1 became non-performing after March: 300.00, 120.00 and 40.00; N3, 90 dollars, was
    """
    response = head.get("/bridge/")
    assert bars(response) == {
        "CNY": [("new", 3, 460_00), ("closing", 3, 460_00)],
        "USD": [("opening", 1, 90_00), ("closing", 1, 90_00)],
    }
    assert "From 0 on 31 March 2026 to 460 on 30 June 2026: +460." in main(response)
    assert lines(response) == {
        "north": [("new", 340_00), ("closing", 340_00)],
        "south": [("new", 120_00), ("closing", 120_00)],
        "bank": [("new", 460_00), ("closing", 460_00)],
    }
    assert lines(head.get("/bridge/?at=below")) == {}


def test_bars_begin_where_the_one_above_has_led_to(head: Client) -> None:
    yuan, dollars = head.get("/bridge/").context["told"]
    places = [(bar.left, bar.width, bar.comes, bar.goes) for bar in yuan.bars]
    assert places == [(0, 1000, None, 1000), (0, 1000, 1000, None)]
    assert [(bar.ends, bar.worse) for bar in dollars.bars] == [(True, True), (True, True)]


@pytest.mark.parametrize("place", ["bank", "north", "below", "south"])
def test_every_amount_leads_to_loans_that_add_up_to_it(place: str, head: Client) -> None:
    """Of every institution in every column, and of every item."""
    page = head.get(f"/bridge/?at={place}")
    asked = links(page)
    assert len(asked) == {"bank": 14, "north": 8, "below": 2, "south": 2}[place]
    for link in asked:
        response = head.get(link)
        told = dict(part.split("=") for part in link.partition("?")[2].split("&"))
        cells = BridgeCell.objects.filter(
            institution=told["at"],
            currency=told["currency"],
            item=told.get("item") or told["column"],
        )
        (cell,) = cells  # here a column has one item
        rows = listed(response)
        assert (len(rows), sum(amount for _, amount in rows)) == (cell.loans, cell.amount)
        assert (response.context["number"], response.context["amount"]) == (
            cell.loans,
            cell.amount,
        )


def test_a_list_is_sorted_and_paged(head: Client) -> None:
    new = "/bridge/loans/?item=new&currency=CNY"
    assert listed(head.get(new)) == [("N1", 300_00), ("S1", 120_00), ("T1", 40_00)]
    assert [one for one, _ in listed(head.get(f"{new}&sort=amount"))] == ["T1", "S1", "N1"]
    assert [one for one, _ in listed(head.get(f"{new}&sort=borrower"))] == ["N1", "T1", "S1"]
    assert [one for one, _ in listed(head.get(f"{new}&sort=-village"))] == ["T1", "S1", "N1"]
    assert len(listed(head.get(f"{new}&page=99"))) == 3
    text = main(head.get(new))
    assert "3 loans in CNY, together 460.00" in text
    assert "New" in text
    assert listed(head.get("/bridge/loans/?currency=CNY")) == listed(head.get(new))
    assert listed(head.get("/bridge/loans/")) == listed(head.get(new))
    assert listed(head.get("/bridge/loans/?column=closing&currency=USD")) == [("N3", 90_00)]
    nothing = head.get("/bridge/loans/?item=sold")
    assert "No loan stands behind this." in main(nothing)


def test_a_column_of_several_items_says_which(head: Client) -> None:
    BridgeLoan.objects.filter(institution="bank", loan__loan_id="S1", item="new").update(
        item="increases"
    )
    response = head.get("/bridge/loans/?column=new&currency=CNY")
    assert listed(response) == [("N1", 300_00), ("S1", 120_00), ("T1", 40_00)]
    assert [row["label"] for row in response.context["rows"]] == ["New", "Increases", "New"]
    assert "item" in response.context["columns"]
    assert "item" not in head.get("/bridge/loans/?item=new").context["columns"]


def test_a_loan_that_has_moved_is_told_as_it_was(head: Client) -> None:
    """
    since the days of the bridge N1 has gone to south, and Li owes it; T1 was no problem then
    """
    other = Loan.objects.get(loan_id="S1")
    Loan.objects.filter(loan_id="N1").update(institution="south", borrower=other.borrower)
    Standing.objects.filter(loan__loan_id="T1").delete()
    query = "?item=new&currency=CNY&sort=loan&at=north"
    page = main(head.get(f"/bridge/loans/{query}"))
    assert "Ana Núñez N1 Peñalba Río Norte now at Sur farm" in page
    assert "T1 白云村 now at 白云支行 shop" in page
    (_, first, second) = read_csv(head.get(f"/bridge/export.csv{query}"))
    assert first[:4] == ["Ana Núñez", "N1", "Peñalba", "Río Norte"]
    assert second[:4] == ["明", "T1", "白云村", "now at 白云支行"]


def test_what_was_there_at_the_beginning_is_told_as_it_was_then(head: Client) -> None:
    """
    N3 was at north in March and is at the sub-branch in June
    """
    later = Standing.objects.filter(loan__loan_id="N3", close__as_of="2026-06-30")
    later.update(institution="below")
    query = "currency=USD&at=north"
    opening = main(head.get(f"/bridge/loans/?item=opening&{query}"))
    closing = main(head.get(f"/bridge/loans/?item=closing&{query}"))
    assert ("Río Norte" in opening.partition("Grade")[2], "白云支行" in opening) == (True, False)
    assert "白云支行 now at Río Norte" in closing


def test_a_file_has_what_is_seen(head: Client) -> None:
    query = "?item=new&currency=CNY&sort=amount&at=north"
    columns = ["Borrower", "Loan", "Village", "Institution", "Product", "Currency", "Item"]
    rows = [
        ["明", "T1", "白云村", "白云支行", "shop", "CNY", "New", "40.00"],
        ["Ana Núñez", "N1", "Peñalba", "Río Norte", "farm", "CNY", "New", "300.00"],
    ]
    assert read_csv(head.get(f"/bridge/export.csv{query}")) == [[*columns, "Amount"], *rows]
    numbers = [[*row[:-1], float(row[-1])] for row in rows]
    assert read_workbook(head.get(f"/bridge/export.xlsx{query}"))[1:] == numbers
    assert head.get(f"/bridge/export.pdf{query}").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        *("item=nonsense", "item=%00", "column=nonsense", "column=opening%00"),
        *("since=2026-06-30", "since=2026-04-30", "since=junk", "since=%00"),
        "since=2026-03-31&as_of=2026-03-31",
    ],
)
def test_junk_in_an_address(query: str, head: Client) -> None:
    assert head.get(f"/bridge/loans/?{query}").status_code == 404
    assert head.get(f"/bridge/export.csv?{query}").status_code == 404
    if query.startswith("since"):
        assert head.get(f"/bridge/?{query}").status_code == 404
        assert head.get(f"/bridge/now/?{query}").status_code == 404
        assert head.post(f"/bridge/make/?{query}").status_code == 404


def test_currencies_that_there_are_not_have_no_loans(head: Client) -> None:
    for currency in ("EUR", "%00", "nonsense"):
        assert listed(head.get(f"/bridge/loans/?currency={currency}")) == []


def test_a_branch_sees_its_own(workplace: Workplace, signed_in: SignedIn) -> None:
    north = signed_in("risk")
    assert bars(north.get("/bridge/"))["CNY"][0] == ("new", 2, 340_00)
    assert listed(north.get("/bridge/loans/?item=new")) == [("N1", 300_00), ("T1", 40_00)]
    places = {re.findall(r"at=([a-z]+)", link)[0] for link in links(north.get("/bridge/"))}
    assert places == {"north", "below"}
    for path in ("/bridge/", "/bridge/loans/", "/bridge/export.csv"):
        assert north.get(f"{path}?at=south").status_code == 404
        assert north.get(f"{path}?at=bank").status_code == 404


def test_who_sees_figures_alone_has_no_link_to_loans(
    workplace: Workplace, signed_in: SignedIn
) -> None:
    browser = signed_in("planning")
    response = browser.get("/bridge/")
    assert bars(response)["CNY"][0] == ("new", 2, 340_00)
    assert links(response) == []
    assert browser.get("/bridge/loans/").status_code == 403


def test_whoever_has_two_posts_chooses(workplace: Workplace, signed_in: SignedIn) -> None:
    browser = signed_in("twice")
    for path in ("/bridge/", "/bridge/loans/"):
        assert "Choose an institution" in main(browser.get(path))
    assert browser.get("/bridge/export.csv").status_code == 404
    assert listed(browser.get("/bridge/loans/?at=south&item=new")) == [("S1", 120_00)]


def test_a_loan_that_is_no_problem_any_more_has_no_page_to_go_to(head: Client) -> None:
    page = body(head.get("/bridge/loans/?item=new"))
    assert len(re.findall(r'href="/loans/\d', page)) == 3
    found = Bridge.objects.get()
    Close.objects.filter(pk=found.close_id).get().standing_set.filter(loan__loan_id="N1").delete()
    page = body(head.get("/bridge/loans/?item=new"))
    assert len(re.findall(r'href="/loans/\d', page)) == 2


def test_no_day_is_earlier_than_the_first(head: Client) -> None:
    for path in ("/bridge/", "/bridge/loans/"):
        assert "There is no earlier day" in main(head.get(f"{path}?as_of=2026-03-31"))
    assert head.post("/bridge/make/?as_of=2026-03-31").status_code == 404


def test_one_that_is_not_there_is_made(
    head: Client, unmade: None, workplace: Workplace, tmp_path: Path, settings: Settings
) -> None:
    settings.HOME = Path(shutil.copytree(workplace.home, tmp_path / "home"))
    assert "This bridge has not been made yet" in main(head.get("/bridge/"))
    assert "This bridge has not been made yet" in main(head.get("/bridge/loans/"))
    assert head.get("/bridge/export.csv").status_code == 404
    query = "?since=2026-03-31&as_of=2026-06-30"
    answer = head.post(f"/bridge/make/{query}")
    assert (answer.status_code, answer["Location"]) == (302, f"/bridge/{query}")
    job = Job.objects.get()
    assert (job.kind, job.subject, job.asked_by) == ("bridge", SUBJECT, "head")
    assert "The bridge is being made" in main(head.get(f"/bridge/{query}"))
    now = head.get(f"/bridge/now/{query}", headers=HTMX)
    assert ("being made" in body(now), "HX-Refresh" in now) == (True, False)
    assert "2026-03-31 → 2026-06-30" in main(head.get("/jobs/"))
    done = do_next(settings.HOME, lambda: AT)
    assert done is not None
    assert done.state == "done"
    assert head.get(f"/bridge/now/{query}", headers=HTMX)["HX-Refresh"] == "true"
    assert bars(head.get("/bridge/"))["CNY"] == [("new", 3, 460_00), ("closing", 3, 460_00)]
    assert "/bridge/?since=2026-03-31&amp;as_of=2026-06-30" in body(head.get("/jobs/"))
    head.post(f"/bridge/make/{query}")
    assert Job.objects.count() == 1


def test_one_that_could_not_be_made_says_why_to_who_sees_debtors(
    head: Client, unmade: None, signed_in: SignedIn
) -> None:
    ask(kind="bridge", subject=SUBJECT, at=AT)
    job = begin(at=AT)
    assert job is not None
    refuse(job=job, reason="The loan N1 is there twice.", at=AT)
    text = main(head.get("/bridge/"))
    assert "This bridge could not be made The loan N1 is there twice. Try again" in text
    assert "N1" not in main(signed_in("planning").get("/bridge/"))
    again = head.post(f"/jobs/{job.pk}/again/")
    assert again.status_code == 302
    assert Job.objects.latest("id").subject == SUBJECT


def test_a_bank_whose_loans_were_never_bad(head: Client) -> None:
    for model in (BridgeLoan, BridgeCell):
        model.objects.all().delete()
    text = main(head.get("/bridge/"))
    assert "There was no non-performing balance, and there is none." in text
    assert "No loan stands behind this." in main(head.get("/bridge/loans/"))
