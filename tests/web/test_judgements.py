"""Judgements on the pages: proposed, seen, ended."""

import pytest

from recobro.office.approvals.models import Request
from tests.web.conftest import SignedIn
from tests.web.workplace import judged

pytestmark = pytest.mark.usefixtures("workplace")
N1 = 2
PAGE = f"/loans/{N1}/judgements/"
TOLD = {"kind": "evasion", "from_on": "2026-06-01", "reason": "Sold the cows"}


def test_it_is_proposed_and_approved(signed_in: SignedIn) -> None:
    browser = signed_in("branch_head")
    assert "Nothing has been judged" in browser.get(PAGE).content.decode()
    assert browser.post(PAGE, TOLD).status_code == 302
    request = Request.objects.get()
    other = signed_in("risk")
    page = other.get(f"/approvals/{request.pk}/").content.decode()
    assert ("Evades its debts" in page, "this loan" in page) == (True, True)
    other.post(f"/approvals/{request.pk}/decide/", {"decision": "approve"})
    page = browser.get(PAGE).content.decode()
    assert ("Name of branch_head" in page, "Name of risk" in page) == (True, True)


def test_a_grade_and_a_share_are_told_beside_their_kind(signed_in: SignedIn) -> None:
    browser = signed_in("branch_head")
    share = TOLD | {"kind": "ecl_share", "share": "0.55", "grade": "loss"}
    assert browser.post(PAGE, share).status_code == 302
    grade = TOLD | {"kind": "grade", "share": "0.55", "grade": "loss", "all_loans": "on"}
    assert browser.post(PAGE, grade).status_code == 302
    found = {one.content["kind"]: one.content["value"] for one in Request.objects.all()}
    assert found == {"ecl_share": "0.55", "grade": "loss"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "grade"}, "is no value"),
        ({"kind": "nothing"}, "Select a valid choice"),
        ({"from_on": "1999-01-01"}, "cannot be"),
        ({"from_on": "soon"}, "Enter a valid date"),
        ({"reason": ""}, "required"),
    ],
)
def test_what_cannot_be_is_said(wrong: dict[str, str], said: str, signed_in: SignedIn) -> None:
    answer = signed_in("branch_head").post(PAGE, TOLD | wrong)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert Request.objects.count() == 0


def test_it_is_ended(signed_in: SignedIn) -> None:
    judged(number=5, loan=N1)
    browser = signed_in("branch_head")
    assert f"{PAGE}5/end/" in browser.get(PAGE).content.decode()
    answer = browser.post(f"{PAGE}5/end/", {"until_on": "2026-06-01", "reason": "Came back"})
    assert answer.status_code == 302
    again = browser.post(f"{PAGE}5/end/", {"until_on": "2026-06-01", "reason": "Came back"})
    assert (again.status_code, "it waits" in again.content.decode()) == (422, True)
    assert browser.get(f"{PAGE}6/end/").status_code == 404


def test_who_looks_and_does_not_judge(signed_in: SignedIn) -> None:
    judged(number=5, loan=N1)
    browser = signed_in("auditor")
    page = browser.get(PAGE).content.decode()
    assert ("Moved away" in page, "Propose a judgement" in page, "/end/" in page) == (
        True,
        False,
        False,
    )
    assert browser.post(PAGE, TOLD).status_code == 404
    assert signed_in("twice").get(PAGE).status_code == 404
