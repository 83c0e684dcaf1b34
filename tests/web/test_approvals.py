"""Requests on the pages: who sees them, who decides, and what is said."""

from typing import Any

import pytest
from django.test import Client

from recobro.casework.case.models import Case
from recobro.office.approvals.models import Request
from tests.web.conftest import SignedIn
from tests.web.workplace import asked_for

pytestmark = pytest.mark.usefixtures("workplace")
HOME_1 = 2
NUMBER = 3


@pytest.fixture(autouse=True)
def _asked(workplace: object) -> None:
    asked_for(number=NUMBER, case=HOME_1)


def decide(browser: Client, decision: str, remark: str = "") -> Any:
    told = {"decision": decision, "remark": remark}
    return browser.post(f"/approvals/{NUMBER}/decide/", told)


def test_what_waits_is_said_on_the_first_page(signed_in: SignedIn) -> None:
    said = "Requests that wait for your decision: 1."
    assert said in signed_in("branch_head").get("/").content.decode()
    assert said not in signed_in("head").get("/").content.decode()
    assert said not in signed_in("account_manager").get("/").content.decode()


def test_it_is_approved(signed_in: SignedIn) -> None:
    browser = signed_in("branch_head")
    page = browser.get(f"/approvals/{NUMBER}/").content.decode()
    assert "Knows the village" in page
    assert "Name of legal" in page
    assert decide(browser, "approve").status_code == 302
    assert Case.objects.get(pk=HOME_1).responsible.username == "legal"
    page = browser.get(f"/approvals/{NUMBER}/").content.decode()
    assert "Name of branch_head" in page
    assert "Your decision" not in page


def test_it_is_refused_with_a_reason(signed_in: SignedIn) -> None:
    browser = signed_in("branch_head")
    answer = decide(browser, "refuse")
    assert (answer.status_code, "Say why it is refused" in answer.content.decode()) == (409, True)
    assert decide(browser, "refuse", "He lives there").status_code == 302
    assert Request.objects.get().remark == "He lives there"
    late = decide(browser, "approve")
    assert (late.status_code, "decided this on" in late.content.decode()) == (409, True)


def test_what_is_no_decision(signed_in: SignedIn) -> None:
    assert decide(signed_in("branch_head"), "perhaps").status_code == 422
    assert Request.objects.get().state == "waiting"


def test_who_asked_withdraws_and_does_not_decide(signed_in: SignedIn) -> None:
    browser = signed_in("head")
    page = browser.get(f"/approvals/{NUMBER}/").content.decode()
    assert ("Your decision" in page, "Withdraw it" in page) == (False, True)
    assert decide(browser, "approve").status_code == 409
    assert browser.post(f"/approvals/{NUMBER}/withdraw/").status_code == 302
    assert Request.objects.get().state == "withdrawn"
    again = browser.post(f"/approvals/{NUMBER}/withdraw/")
    assert (again.status_code, "decided this on" in again.content.decode()) == (409, True)


def test_whoever_does_not_decide_reads_who_does(signed_in: SignedIn) -> None:
    page = signed_in("account_manager").get(f"/approvals/{NUMBER}/")
    assert "Who decides it" in page.content.decode()
    deciders = {one.username for one in page.context["deciders"]}
    assert deciders == {"branch_head", "business", "management", "risk"}


def test_another_branch_sees_nothing_of_it(signed_in: SignedIn) -> None:
    """
    twice works at south, and at the sub-branch below north
    """
    browser = signed_in("twice")
    assert browser.get(f"/approvals/{NUMBER}/").status_code == 404
    assert list(browser.get("/approvals/").context["page"]) == []


def test_the_case_says_what_waits(signed_in: SignedIn) -> None:
    page = signed_in("risk").get(f"/cases/{HOME_1}/").content.decode()
    assert "Name of head asked that legal take over" in page
    assert "Hand over to somebody else" not in page
