"""Programs hand cases over, and what is above the limit waits for a second person."""

import pytest

from recobro.casework.case.models import Case
from recobro.office.approvals.models import Request
from tests.api.conftest import Program
from tests.web.workplace import asked_for, needs_two

pytestmark = pytest.mark.usefixtures("workplace")
HOME_1 = 2
JSON = "application/json"


def test_a_handover_above_the_limit_is_accepted_and_waits(program: Program) -> None:
    needs_two()
    own = Case.objects.get(pk=HOME_1)
    wish = {"to": "legal", "reason": "Nearer", "instead_of": own.responsible.username}
    address = f"/api/v1/cases/{HOME_1}/responsibilities"
    answer = program("head").post(address, wish, content_type=JSON)
    told = answer.json()
    assert (answer.status_code, told["state"], told["amounts"]) == (
        202,
        "waiting",
        {"CNY": "460.00"},
    )
    assert Case.objects.get(pk=HOME_1).responsible == own.responsible
    decision = f"/api/v1/approvals/{told['approval']}/decision"
    done = program("branch_head").post(decision, {"decision": "approve"}, content_type=JSON)
    assert (done.status_code, done.json()["decided_by"]) == (201, "branch_head")
    assert Case.objects.get(pk=HOME_1).responsible.username == "legal"


def test_lists_by_state(program: Program) -> None:
    asked_for(number=3, case=HOME_1)
    auditor = program("auditor")
    numbers = {
        state: [
            one["approval"]
            for one in auditor.get(f"/api/v1/approvals?state={state}").json()["items"]
        ]
        for state in ("", "waiting", "approved")
    }
    assert numbers == {"": [3], "waiting": [3], "approved": []}
    assert auditor.get("/api/v1/approvals/3").json()["reason"] == "Knows the village"


def test_whoever_may_not_is_told(program: Program) -> None:
    asked_for(number=3, case=HOME_1)
    address = "/api/v1/approvals/3/"
    body = {"decision": "refuse", "remark": "No"}
    own = program("head").post(f"{address}decision", body, content_type=JSON)
    assert (own.status_code, own.json()["type"]) == (403, "urn:recobro:own-request")
    other = program("branch_head").post(f"{address}withdrawal", "{}", content_type=JSON)
    assert (other.status_code, other.json()["type"]) == (403, "urn:recobro:not-asked")
    taken = program("head", name="other").post(f"{address}withdrawal", "{}", content_type=JSON)
    assert (taken.status_code, taken.json()["state"]) == (201, "withdrawn")
    late = program("branch_head", name="two").post(f"{address}decision", body, content_type=JSON)
    assert (late.status_code, late.json()["type"]) == (409, "urn:recobro:decided")
    assert Request.objects.get().state == "withdrawn"
    far = program("twice").get("/api/v1/approvals/3")
    assert far.status_code == 404
