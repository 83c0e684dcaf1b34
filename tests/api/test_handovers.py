"""Programs hand cases over as they have seen it, set deadlines, and sign for what they take."""

from datetime import UTC, datetime, timedelta

import pytest

from recobro.casework.case.models import Case, Handover
from tests.api.conftest import Program

pytestmark = pytest.mark.usefixtures("workplace")
JSON = "application/json"
V1 = "/api/v1"
DAY = str(datetime.now(tz=UTC).date() + timedelta(days=200))


def test_a_plan_is_carried_out_as_it_was_seen(program: Program) -> None:
    head, chosen = program("branch_head"), {"cases": [1, 2], "to": "legal"}
    plan = head.post(f"{V1}/handovers/plan", chosen, content_type=JSON).json()
    assert [(one["case"], one["now"], one["to"], one["step"]) for one in plan["steps"]] == [
        (1, "account_manager", "legal", "moves"),
        (2, "account_manager", "legal", "moves"),
    ]
    assert plan["steps"][1]["owed"] == {"CNY": "460.00"}
    wish = chosen | {"reason": "Nearer", "seen": plan["fingerprint"]}
    done = head.post(f"{V1}/handovers", wish, content_type=JSON)
    (made,) = done.json()["handovers"]
    assert (done.status_code, made["taker"], made["cases"]) == (201, "legal", [1, 2])
    again = head.post(f"{V1}/handovers", wish, content_type=JSON)
    assert (again.status_code, again.json()["type"]) == (409, "urn:recobro:plan-changed")
    address = f"{V1}/handovers/{made['handover']}/signature"
    other = head.post(address, "{}", content_type=JSON)
    assert (other.status_code, other.json()["type"]) == (403, "urn:recobro:not-the-taker")
    legal = program("legal")
    assert [one["handover"] for one in legal.get(f"{V1}/handovers").json()["items"]] == [
        made["handover"]
    ]
    signed = legal.post(address, {"remark": "All there"}, content_type=JSON)
    assert (signed.status_code, signed.json()["remark"]) == (201, "All there")
    assert legal.post(address, "{}", content_type=JSON).status_code == 409
    assert Handover.objects.get().signed_at is not None


def test_whose_case_is_not_theirs(program: Program) -> None:
    """
    twice works at south and below north, and hands nothing over; risk of north sees case 1
    """
    chosen = {"cases": [1, 99], "to": "legal"}
    risk = program("risk")
    assert risk.post(f"{V1}/handovers/plan", chosen, content_type=JSON).status_code == 404
    twice = program("twice")
    assert twice.post(f"{V1}/handovers/plan", chosen, content_type=JSON).status_code == 403
    nobody = {"cases": [1], "to": "nobody-there"}
    told = risk.post(f"{V1}/handovers/plan", nobody, content_type=JSON)
    assert (told.status_code, told.json()["type"]) == (422, "urn:recobro:user-unknown")
    rule = risk.post(f"{V1}/handovers/plan", {"cases": [1]}, content_type=JSON).json()
    assert [one["step"] for one in rule["steps"]] == ["same"]


def test_a_deadline(program: Program) -> None:
    own = Case.objects.get(pk=2)
    wish = {"due_on": DAY, "reason": "Harvest", "instead_of": str(own.due_on)}
    address = f"{V1}/cases/2/deadline"
    told = program("risk").post(address, wish, content_type=JSON)
    assert (told.status_code, told.json()) == (201, {"case": 2, "due_on": DAY})
    assert program("auditor").get(f"{V1}/cases/2").json()["due_on"] == DAY
    late = program("risk", name="other").post(address, wish, content_type=JSON)
    assert (late.status_code, late.json()["type"]) == (409, "urn:recobro:due-otherwise")


def test_only_the_late_ones(program: Program) -> None:
    risk = program("risk")

    def numbers() -> set[int]:
        lines = risk.get(f"{V1}/cases?late=true").json()["items"]
        return {one["case"] for one in lines}

    Case.objects.update(due_on="2999-01-01")
    assert numbers() == set()
    Case.objects.filter(pk=1).update(due_on="2020-01-01")
    assert numbers() == {1}
