"""Programs propose judgements and read them."""

import pytest

from recobro.office.approvals.models import Request
from tests.api.conftest import Program
from tests.web.workplace import judged

pytestmark = pytest.mark.usefixtures("workplace")
ADDRESS = "/api/v1/loans/2/judgements"
JSON = "application/json"


def test_it_waits_for_a_second_person(program: Program) -> None:
    wish = {"kind": "grade", "value": "loss", "from_on": "2026-06-01", "reason": "Gone"}
    head = program("branch_head")
    answer = head.post(ADDRESS, wish, content_type=JSON)
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    again = head.post(ADDRESS, wish, content_type=JSON)
    assert (again.status_code, again.json()["type"]) == (409, "urn:recobro:waits-already")
    unfit = head.post(ADDRESS, wish | {"value": "bad"}, content_type=JSON)
    assert (unfit.status_code, unfit.json()["type"]) == (422, "urn:recobro:value-unfit")
    number = Request.objects.get().pk
    decision = {"decision": "approve"}
    program("risk").post(f"/api/v1/approvals/{number}/decision", decision, content_type=JSON)
    (told,) = head.get(ADDRESS).json()
    assert (told["value"], told["asked_by"], told["approved_by"]) == ("loss", "branch_head", "risk")


def test_it_is_ended_the_same_way(program: Program) -> None:
    judged(number=5, loan=2)
    head, wish = program("branch_head"), {"until_on": "2026-06-01", "reason": "Came back"}
    answer = head.post(f"{ADDRESS}/5/end", wish, content_type=JSON)
    assert (answer.status_code, answer.json()["content"]["ends"]) == (202, 5)
    assert head.post(f"{ADDRESS}/6/end", wish, content_type=JSON).status_code == 404
    late = head.post(f"{ADDRESS}/5/end", wish | {"until_on": "1999-01-01"}, content_type=JSON)
    assert (late.status_code, late.json()["type"]) == (422, "urn:recobro:days-unfit")


def test_of_ones_own_institutions(program: Program) -> None:
    judged(number=5, loan=2)
    assert len(program("auditor").get(ADDRESS).json()) == 1
    assert program("twice").get(ADDRESS).status_code == 404
