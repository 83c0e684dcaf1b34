"""Cases handed over from the pages: chosen, seen before, done, signed for."""

import re
from typing import Any

import pytest
from django.test import Client

from recobro.casework.case.models import Case, Handover
from recobro.office.people.models import User
from tests.web.conftest import SignedIn
from tests.web.read import body, main
from tests.web.workplace import needs_two

pytestmark = pytest.mark.usefixtures("workplace")
BOTH = "/cases/hand-over/?case=1&case=2&to=legal"


def give(browser: Client, address: str, *, to: str = "legal", reason: str = "Nearer") -> Any:
    """Decide by what the page shows."""
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', browser.get(address).content.decode())
    told = {"to": to, "reason": reason, "seen": seen[1] if seen else ""}
    return browser.post(address, told)


def collects() -> dict[int, str]:
    """Return who is responsible for the first two cases."""
    return {case.pk: case.responsible.username for case in Case.objects.filter(pk__lt=3)}


def test_they_are_chosen_in_the_list(signed_in: SignedIn) -> None:
    page = signed_in("risk").get("/cases/").content.decode()
    assert len(re.findall(r'<input class="choose" type="checkbox"', page)) == 3
    assert "Hand over the chosen" in page
    page = signed_in("account_manager").get("/cases/").content.decode()
    assert "Hand over the chosen" not in page


def test_it_is_seen_done_and_signed_for(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    assert browser.get(BOTH).context["counts"] == [("moves", 2)]
    assert collects() == {1: "account_manager", 2: "account_manager"}
    answer = give(browser, BOTH)
    made = Handover.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/handovers/{made.pk}/")
    assert collects() == {1: "legal", 2: "legal"}
    taker = signed_in("legal")
    assert "Handovers that wait for you to sign: 1." in taker.get("/").content.decode()
    assert "I have taken them over" in taker.get(f"/handovers/{made.pk}/").content.decode()
    assert "I have taken them over" not in browser.get(f"/handovers/{made.pk}/").content.decode()
    assert taker.post(f"/handovers/{made.pk}/sign/", {"remark": "All"}).status_code == 302
    assert taker.post(f"/handovers/{made.pk}/sign/", {"remark": "x" * 401}).status_code == 422
    late = taker.post(f"/handovers/{made.pk}/sign/", {})
    assert (late.status_code, "signed for it" in late.content.decode()) == (409, True)
    assert "Signed for by Name of legal" in taker.get(f"/handovers/{made.pk}/").content.decode()


def test_all_of_a_person(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    page = browser.get("/cases/?of=account_manager").content.decode()
    assert "Hand over all cases of Name of account_manager" in page
    answer = give(browser, "/cases/hand-over/?of=account_manager&to=business", to="business")
    assert (answer.status_code, collects()) == (302, {1: "business", 2: "business"})


def test_by_rule_nothing_moves(signed_in: SignedIn) -> None:
    page = signed_in("risk").get("/cases/hand-over/?case=1&to=:rule").content.decode()
    assert "None of them would go to anybody else." in page


def test_what_needs_a_second_person_waits(signed_in: SignedIn) -> None:
    needs_two()
    answer = give(signed_in("risk"), BOTH)
    assert (answer.status_code, answer["Location"]) == (302, "/approvals/")
    assert collects() == {1: "account_manager", 2: "account_manager"}


def test_what_was_seen_is_decided_about(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    answer = browser.post(BOTH, {"to": "legal", "reason": "Nearer", "seen": "0" * 64})
    assert (answer.status_code, "Look at it again" in answer.content.decode()) == (409, True)
    assert give(browser, BOTH, reason="").status_code == 422
    assert give(browser, BOTH, to="nobody").status_code == 422
    assert collects() == {1: "account_manager", 2: "account_manager"}


@pytest.mark.parametrize(
    "query", ["", "?case=", "?case=x", "?case=99", "?case=-1", "?case=" + "9" * 40, "?of=nobody"]
)
def test_nothing_that_there_is(query: str, signed_in: SignedIn) -> None:
    answer = signed_in("risk").get(f"/cases/hand-over/{query}")
    assert answer.status_code == (200 if query in {"?case=99", "?of=nobody"} else 404)


def test_another_branch_is_out_of_reach(signed_in: SignedIn) -> None:
    """
    head sees the whole bank; the case of north is none of whoever leads south
    """
    Case.objects.filter(pk=1).update(institution="south")
    assert len(signed_in("head").get(BOTH).context["cases"]) == 2
    assert [case.pk for case in signed_in("risk").get(BOTH).context["cases"]] == [2]


def test_a_single_case_waits_to_be_signed_for(signed_in: SignedIn) -> None:
    told = {"to": User.objects.get(username="legal").pk, "reason": "Nearer"}
    assert signed_in("risk").post("/cases/1/assign/", told).status_code == 302
    made = Handover.objects.latest("id")
    assert made.taker.username == "legal"
    taker = signed_in("legal")
    assert "Handovers that wait for you to sign: 1." in taker.get("/").content.decode()
    listed = taker.get("/handovers/").content.decode()
    assert ["for you to sign" in listed, "Sign by" in listed, 'class="bad"' in listed] == [
        *(True, True, False),
    ]
    Handover.objects.update(sign_by="2020-01-01")
    late = taker.get("/handovers/")
    assert ['<span class="bad">' in body(late), "1 Jan 2020" in main(late)] == [True, True]
    assert "Sign by 1 Jan 2020" in main(taker.get(f"/handovers/{made.pk}/"))
    Handover.objects.update(escalated_to="north")
    head = signed_in("branch_head")
    assert "nobody has signed for in time: 1." in head.get("/").content.decode()
    assert "gone to Río Norte" in main(head.get("/handovers/"))
    taker.post(f"/handovers/{made.pk}/sign/", {"remark": ""})
    assert "Sign by" not in main(taker.get(f"/handovers/{made.pk}/"))


def test_a_deadline_is_set_on_the_page(signed_in: SignedIn) -> None:
    browser = signed_in("risk")
    due_on = Case.objects.get(pk=2).due_on
    told = {"due_on": "1999-01-01", "why": "Harvest", "instead_of": str(due_on)}
    answer = browser.post("/cases/2/deadline/", told)
    assert (answer.status_code, "cannot be" in answer.content.decode()) == (422, True)
    later = due_on.replace(year=due_on.year + 1)
    answer = browser.post("/cases/2/deadline/", told | {"due_on": str(later)})
    assert (answer.status_code, Case.objects.get(pk=2).due_on) == (302, later)


def test_late_cases(signed_in: SignedIn) -> None:
    Case.objects.filter(pk=1).update(due_on="2020-01-01", escalated_to="north")
    Case.objects.filter(pk=2).update(due_on="2999-01-01")
    browser = signed_in("branch_head")
    assert "Overdue cases that have come to you: 1." in browser.get("/").content.decode()
    assert {line.case.pk for line in browser.get("/cases/?late=1").context["lines"]} == {1}
    assert "gone to Río Norte" in browser.get("/cases/1/").content.decode()
