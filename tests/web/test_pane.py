"""The pane beside a list: the essentials of a loan or a case, under the rules of its page."""

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


HOME_1, DAG, EVA = 2, 1, 3
"""Cases by number; of eva everything is written off."""


def test_the_essentials_of_a_case(signed_in: SignedIn) -> None:
    answer = signed_in("risk").get(f"/cases/{HOME_1}/pane/")
    html, text = body(answer), plain(body(answer))
    assert "<html" not in html
    for told in (
        "Ana Núñez",
        "460.00",
        "171.50",
        "Responsible Name of account_manager",
        "Done last",
    ):
        assert told in text
    assert loans(answer) == ["N1", "S1", "T1"]
    assert [f'href="{to}"' in html for to in ("/loans/2/", f"/cases/{HOME_1}/")] == [True, True]
    assert ["13800138001" in html, "•••••••8001" in html] == [False, True]
    assert "Ana Núñez, responsible Name of account_manager: 460.00 CNY" in text
    assert "Written off" not in text


def test_a_case_of_which_all_is_written_off(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    assert "Written off" in plain(body(browser.get(f"/cases/{EVA}/pane/")))
    assert "Eva Written off" in main(browser.get(f"/cases/{EVA}/"))
    assert [line.case.pk for line in browser.get("/cases/?off=1").context["lines"]] == [EVA]
    Case.objects.filter(pk=EVA).update(due_on=date(2026, 1, 1), escalated_to="north")
    told = plain(body(browser.get(f"/cases/{EVA}/pane/")))
    assert ["Due 1 Jan 2026 · overdue" in told, "Gone up to Río Norte" in told] == [True, True]


def test_a_branch_sees_its_own_loans_of_a_case(signed_in: SignedIn) -> None:
    appoint("south", Role.BRANCH_HEAD, "south")
    browser = signed_in("south")
    answer = browser.get(f"/cases/{HOME_1}/pane/")
    assert loans(answer) == ["S1"]
    text = plain(body(answer))
    assert ["The case belongs to" in text, "8001" in text, "Done last" in text] == [
        *(True, False, False),
    ]
    assert browser.get(f"/cases/{DAG}/pane/").status_code == 404


def test_a_row_of_the_cases_leads_to_its_pane(signed_in: SignedIn) -> None:
    answer = signed_in("risk").get("/cases/?search=Ana&at=north")
    assert f'data-pane="/cases/{HOME_1}/pane/?at=north"' in body(answer)
    assert 'id="pane"' in body(answer)
