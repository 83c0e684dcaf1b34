"""The pane beside the ledger: the essentials of a loan, under the rules of its page."""

from datetime import date

import pytest

from recobro.casework.case.models import Case
from recobro.journal.models import Entry
from recobro.office.people.enums import Role
from tests.web.conftest import SignedIn
from tests.web.read import body, loans, main, plain
from tests.web.workplace import appoint

pytestmark = pytest.mark.usefixtures("workplace")

N1, N2, S1 = 2, 3, 5
"""Loans by number; N2 is in no case."""


def test_the_essentials_and_the_ways_on(signed_in: SignedIn) -> None:
    """
    N1, T1 and S1 are of one household, S1 at south
    """
    answer = signed_in("risk").get(f"/loans/{N1}/pane/")
    html, text = body(answer), plain(body(answer))
    assert "<html" not in html
    for told in ("Ana Núñez N1", "300.00", "101.50", "176", "Substandard", "days past due"):
        assert told in text
    for told in ("Responsible Name of account_manager", "Due 29 Sep 2026", "1 / 1"):
        assert told in text
    assert loans(answer) == ["N1", "T1"]
    assert [f'href="{to}"' in html for to in (f"/loans/{N1}/", "/cases/2/")] == [True, True]
    assert "Ana Núñez, loan N1: Substandard, 176 days past due" in text


def test_what_is_late_is_said(signed_in: SignedIn) -> None:
    Case.objects.filter(household_id="home-1").update(due_on=date(2026, 1, 1))
    text = plain(body(signed_in("risk").get(f"/loans/{N1}/pane/")))
    assert "Due 1 Jan 2026 · overdue" in text


def test_a_loan_in_no_case(signed_in: SignedIn) -> None:
    text = plain(body(signed_in("risk").get(f"/loans/{N2}/pane/")))
    assert ["no open case" in text, "Case of the household" in text] == [True, False]


def test_a_branch_sees_its_own_loans_of_the_household(signed_in: SignedIn) -> None:
    appoint("south", Role.BRANCH_HEAD, "south")
    browser = signed_in("south")
    answer = browser.get(f"/loans/{S1}/pane/")
    assert loans(answer) == ["S1"]
    assert "Name of account_manager" in body(answer)
    assert browser.get(f"/loans/{N1}/pane/").status_code == 404


def test_what_is_masked_is_shown_on_demand_and_the_look_is_told(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    html = body(browser.get(f"/loans/{N1}/pane/"))
    assert ["13800138001" in html, "•••••••8001" in html] == [False, True]
    assert f'hx-post="/loans/{N1}/debtor/"' in html
    assert Entry.objects.filter(act="people.looked").count() == 0
    assert "13800138001" in body(browser.post(f"/loans/{N1}/debtor/"))
    assert Entry.objects.filter(act="people.looked").count() == 1


def test_another_day_stays(signed_in: SignedIn) -> None:
    html = body(signed_in("risk").get(f"/loans/{N1}/pane/?as_of=2026-03-31"))
    assert f'href="/loans/{N1}/?as_of=2026-03-31"' in html


def test_a_row_of_the_ledger_leads_to_it(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    answer = browser.get("/loans/?search=Ana&at=north")
    assert f'data-pane="/loans/{N1}/pane/?at=north"' in body(answer)
    assert "Look at" not in main(answer)  # said to whoever does not see the sign
    assert 'aria-label="Look at Ana Núñez beside the list"' in body(answer)
