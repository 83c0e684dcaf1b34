"""Programs read what branches are told, and sign it off."""

from typing import Any

import pytest
from django.test import Client

from recobro.oversight.notices.models import Notice
from tests.api.conftest import Program

pytestmark = pytest.mark.usefixtures("workplace")
NORTH = 2
"""The notice to north of new non-performing loans, by number."""


def sign(program: Client, number: int = NORTH, remark: str = "") -> Any:
    body = {"remark": remark}
    return program.post(
        f"/api/v1/notices/{number}/signature", body, content_type="application/json"
    )


def test_a_notice_with_its_loans(program: Program) -> None:
    told = program("risk").get(f"/api/v1/notices/{NORTH}").json()
    assert (told["notice"]["kind"], told["notice"]["institution"]) == ("new_nonperforming", "north")
    (loan,) = told["loans"]
    assert (loan["loan_id"], loan["outstanding_principal"]) == ("N1", "300.00")
    assert loan["overdue_amount"] == "101.50"


def test_notices_of_ones_own_institutions(program: Program) -> None:
    def places(who: str, query: str = "") -> set[str]:
        items = program(who).get(f"/api/v1/notices{query}").json()["items"]
        return {one["institution"] for one in items}

    assert places("risk") == {"north", "below"}
    assert places("head", "?at=south") == {"south"}
    south = Notice.objects.get(institution="south")
    assert program("risk", name="other").get(f"/api/v1/notices/{south.pk}").status_code == 404


def test_it_is_signed_once(program: Program) -> None:
    first = sign(program("branch_head"), remark="Visits")
    assert first.status_code == 201
    assert (first.json()["signed_by"], first.json()["remark"]) == ("branch_head", "Visits")
    second = sign(program("management"))
    assert (second.status_code, second.json()["type"]) == (409, "urn:recobro:signed-off")
    assert Notice.objects.get(pk=NORTH).remark == "Visits"


def test_who_may_not(program: Program) -> None:
    south = Notice.objects.get(institution="south")
    assert sign(program("branch_head"), south.pk).status_code == 404
    assert sign(program("risk")).status_code == 403
    assert sign(program("branch_head", name="other"), remark="x" * 1001).status_code == 422
    assert Notice.objects.filter(signed_at__isnull=False).count() == 0
