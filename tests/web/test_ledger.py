import re
from typing import Any

import pytest
from django.test import Client

from recobro.office.people.enums import Role
from recobro.runs.operations import show
from tests.runs.bank import AT, Bank
from tests.web.conftest import SignedIn
from tests.web.read import body, loans, main
from tests.web.workplace import Workplace, appoint

EVERY = ["W1", "N3", "N1", "S1", "T1", "N2"]
"""Whatever is a problem, the longest overdue first."""
HTMX = {"HX-Request": "true"}


@pytest.fixture
def head(workplace: Workplace, signed_in: SignedIn) -> Client:
    """Return the browser of somebody who sees the whole bank."""
    return signed_in("head")


def listed(browser: Client, query: str = "") -> list[str]:
    """Return the loans of a page of the ledger, each of which can be read there."""
    response = browser.get(f"/loans/{query}")
    assert response.status_code == 200
    found = [row["of"].loan.loan_id for row in response.context["rows"]]
    assert set(loans(response)) == set(found)
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", EVERY),
        ("search=Ana", ["N1"]),
        ("search=núñez", ["N1"]),
        ("search=peñalba", ["N1"]),
        ("search=ana peñalba", ["N1"]),
        ("search=ana 白云", []),
        ("search= n3 ", ["N3"]),
        ("search=王", ["N2"]),
        ("search=李雷", ["S1"]),
        ("search=白云村", ["T1", "N2"]),
        ("search=13700137003", []),  # what is masked would be found out by trying
        ("search=0013", []),
        ("search==2", ["N3"]),
        ("search=%25", []),
        ("search=_", []),
        ("search=Gil", []),
        ("grade=loss", ["W1", "N3"]),
        ("grade=doubtful", []),
        ("grade=substandard", ["N1", "S1", "T1"]),
        ("grade=special_mention", ["N2"]),
        ("grade=normal", []),
        ("bucket=M7", ["W1", "N3"]),
        ("bucket=M6", ["N1"]),
        ("bucket=M5", ["S1"]),
        ("bucket=M4", ["T1"]),
        ("bucket=M1", ["N2"]),
        ("product=café", ["N2"]),
        ("product=shop", ["S1", "T1"]),
        ("guarantee=mortgage", ["N3"]),
        ("state=nonperforming", ["N3", "N1", "S1", "T1"]),
        ("state=three_six", ["T1"]),
        ("state=overdue", ["N3", "N1", "S1", "T1", "N2"]),
        ("state=written_off", ["W1"]),
        ("state=overdue&product=shop&search=白云", ["T1"]),
        ("at=bank", EVERY),
        ("at=north", ["W1", "N3", "N1", "T1", "N2"]),
        ("at=below", ["T1", "N2"]),
        ("at=south", ["S1"]),
        ("at=empty", []),
        ("at=below&grade=special_mention", ["N2"]),
        ("as_of=2026-03-31", ["W1", "N3", "N1", "S1", "T1"]),
        ("as_of=2026-03-31&grade=doubtful", ["N3"]),
    ],
)
def test_a_filter_leaves_what_fits(query: str, expected: list[str], head: Client) -> None:
    """
    G1, Gil's, is no problem
    """
    assert listed(head, f"?{query}") == expected


@pytest.mark.parametrize(
    ("column", "up", "down"),
    [
        ("borrower", "N3 N1 W1 T1 S1 N2", "N2 S1 T1 W1 N1 N3"),
        ("loan", "N1 N2 N3 S1 T1 W1", "W1 T1 S1 N3 N2 N1"),
        ("village", "N3 W1 N1 S1 N2 T1", "N2 T1 S1 N1 N3 W1"),
        ("institution", "N1 N3 W1 N2 T1 S1", "S1 N2 T1 N1 N3 W1"),
        ("product", "N2 N1 N3 W1 S1 T1", "S1 T1 N1 N3 W1 N2"),
        ("outstanding", "T1 W1 N2 N3 S1 N1", "N1 S1 N3 N2 W1 T1"),
        ("overdue", "N3 T1 S1 N2 W1 N1", "N1 W1 N2 S1 T1 N3"),
        ("days_past_due", "N2 T1 S1 N1 N3 W1", "W1 N3 N1 S1 T1 N2"),
        ("grade", "N2 T1 S1 N1 N3 W1", "W1 N3 N1 S1 T1 N2"),
        ("principal", "T1 W1 N2 N3 S1 N1", "N1 S1 N3 N2 W1 T1"),
        ("disbursed_on", "W1 N3 N1 S1 N2 T1", "N2 T1 S1 N1 N3 W1"),
        ("missed_in_a_row", "N1 N2 N3 S1 W1 T1", "T1 N1 N2 N3 S1 W1"),
    ],
)
def test_each_column_sorts_both_ways(column: str, up: str, down: str, head: Client) -> None:
    """
    where it is equal the loan that was first in the book stands first
    """
    assert re.search(rf"[?;]sort=-?{column}\"", body(head.get(f"/loans/?columns={column}")))
    assert listed(head, f"?sort={column}") == up.split()
    assert listed(head, f"?sort=-{column}") == down.split()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("page=abc", EVERY),
        ("page=", EVERY),
        ("page=0", EVERY),
        ("page=-1", EVERY),
        ("page=99999999999999999999", EVERY),
        ("page=%00", EVERY),
        ("sort=nonsense", EVERY),
        ("sort=", EVERY),
        ("sort=-", EVERY),
        ("sort=--grade", EVERY),
        ("sort=%00", EVERY),
        ("sort=pk", EVERY),
        ("state=nonsense", EVERY),
        ("grade=%00", []),
        ("grade=nonsense", []),
        ("bucket=M99", []),
        ("product=%00", []),
        ("guarantee='", []),
        ("search=%00", []),
        ("search=%FF%FE", []),
        ("search=" + "x" * 60_000, []),
        ("search=" + "+".join("q" * 2_000), []),
        ("search=" + "%F0%9F%92%B0" * 30, []),
        ("grade=loss&grade=substandard", ["N1", "S1", "T1"]),
        ("unknown=1", EVERY),
    ],
)
def test_junk_in_an_address(query: str, expected: list[str], head: Client) -> None:
    assert listed(head, f"?{query}") == expected


def test_nothing_fits_and_nothing_is_there(head: Client) -> None:
    texts = {query: main(head.get(f"/loans/?{query}")) for query in ("search=zzz", "at=empty")}
    nothing = "No problem loan fits these filters. Show all of them"
    none = "There is no problem loan here on this day. Good."
    assert {query: (nothing in text, none in text) for query, text in texts.items()} == {
        "search=zzz": (True, False),
        "at=empty": (False, True),
    }


def test_a_text_of_somebody_is_no_markup(head: Client) -> None:
    response = head.get("/loans/", {"search": '"><b>x</b>'})
    assert "<b>x</b>" not in body(response)


def sums(response: Any) -> dict[str, tuple[int, int, int]]:
    return {
        row["currency"]: (row["loans"], row["outstanding"], row["overdue"])
        for row in response.context["sums"]
    }


def test_sums_are_of_what_is_filtered_within_a_currency(head: Client) -> None:
    response = head.get("/loans/")
    assert sums(response) == {"CNY": (5, 600_00, 281_50), "USD": (1, 90_00, 20_00)}
    assert [text in main(response) for text in ("600.00", "281.50", "690.00")] == [
        *(True, True),
        False,  # what both currencies would add up to
    ]
    assert sums(head.get("/loans/?product=shop")) == {"CNY": (2, 160_00, 70_00)}
    assert sums(head.get("/loans/?search=zzz")) == {}


def test_whoever_sees_a_branch_sees_its_sums(workplace: Workplace, signed_in: SignedIn) -> None:
    """
    S1 is at south
    """
    browser = signed_in("risk")
    assert listed(browser) == ["W1", "N3", "N1", "T1", "N2"]
    assert sums(browser.get("/loans/")) == {"CNY": (4, 480_00, 241_50), "USD": (1, 90_00, 20_00)}
    assert listed(browser, "?search=李雷") == []


def test_whoever_sees_two_branches_sees_both_and_no_more(
    workplace: Workplace, signed_in: SignedIn
) -> None:
    browser = signed_in("twice")
    assert listed(browser) == ["S1", "T1", "N2"]
    assert listed(browser, "?at=below") == ["T1", "N2"]
    assert browser.get("/loans/?at=north").status_code == 404


def test_the_last_month_ends_stand_beside_a_loan(head: Client) -> None:
    """
    N2, lent on 2026-02-01, was normal in March; no other month was closed
    """
    (row,) = head.get("/loans/?search=N2").context["rows"]
    assert [(str(on), grade) for on, grade in row["months"]] == [
        ("2025-07-31", ""),
        ("2025-08-31", ""),
        ("2025-09-30", ""),
        ("2025-10-31", ""),
        ("2025-11-30", ""),
        ("2025-12-31", ""),
        ("2026-01-31", ""),
        ("2026-02-28", ""),
        ("2026-03-31", "normal"),
        ("2026-04-30", ""),
        ("2026-05-31", ""),
        ("2026-06-30", "special_mention"),
    ]


def test_a_browser_that_asks_for_a_fragment_gets_it(head: Client) -> None:
    whole, part = head.get("/loans/?search=王"), head.get("/loans/?search=王", headers=HTMX)
    assert [text in body(whole) for text in ("<html", "<main", 'id="rows"')] == [True, True, True]
    assert [text in body(part) for text in ("<html", "<main", 'id="rows"')] == [False, False, True]
    assert [row["of"].loan.loan_id for row in part.context["rows"]] == ["N2"]


def test_a_browser_that_goes_back_gets_the_whole_page(head: Client) -> None:
    back = HTMX | {"HX-History-Restore-Request": "true"}
    assert "<html" in body(head.get("/loans/", headers=back))


def test_a_page_has_fifty_loans(bank: Bank, signed_in: SignedIn) -> None:
    """
    52 loans owe 1.00 since 2026-01-05
    """
    bank.load("\n".join(f"2026-01-05 L{n:02} owes 1.00" for n in range(52)))
    bank.close("2026-06-30")
    show(home=bank.home, at=AT)
    appoint("risk", Role.RISK, "bank")
    browser = signed_in("risk")
    every = [f"L{n:02}" for n in range(52)]
    for query, first, last in [
        ("", 0, 50),
        ("?page=1", 0, 50),
        ("?page=2", 50, 52),
        ("?page=3", 50, 52),
        ("?page=99999999999999999999", 50, 52),
        ("?page=abc", 0, 50),
        ("?sort=loan&page=2", 50, 52),
    ]:
        response = browser.get(f"/loans/{query}")
        found = [row["of"].loan.loan_id for row in response.context["rows"]]
        assert (query, found) == (query, every[first:last])
        assert sums(response) == {"CNY": (52, 52_00, 52_00)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("nunez", ["N1"]), ("baiyun", ["T1", "N2"]), ("bai s1", []), ("s1", ["S1"])],
)
def test_the_newest_day_is_searched_as_people_type(
    text: str, expected: list[str], head: Client
) -> None:
    assert listed(head, f"?search={text}") == expected
    households = head.get(f"/cases/?search={text}").context["lines"]
    assert bool(households) == bool(expected)


def test_an_older_day_is_searched_by_the_signs_of_a_name(head: Client) -> None:
    assert listed(head, "?as_of=2026-03-31&search=núñez") == ["N1"]
    assert listed(head, "?as_of=2026-03-31&search=nunez") == []
