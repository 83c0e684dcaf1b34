"""Bridges and comparisons for programs: the same figures as on the pages."""

from typing import Any

import pytest
from django.test import Client

from recobro.book.models import Bridge, BridgeCell, BridgeLoan, Close, Loan, Standing
from recobro.office.jobs.models import Job
from tests.api.conftest import Program
from tests.web.workplace import Workplace

pytestmark = pytest.mark.usefixtures("workplace")
V1 = "/api/v1"
DAYS = {"since": "2026-03-31", "as_of": "2026-06-30"}


@pytest.fixture
def head(program: Program) -> Client:
    """Return a program of somebody who sees the whole bank."""
    return program("head")


@pytest.fixture
def unmade(workplace: Workplace) -> None:
    for model in (BridgeLoan, BridgeCell, Bridge):
        model.objects.all().delete()


def ask(program: Client, body: str = "{}") -> Any:
    return program.post(f"{V1}/bridge", body, content_type="application/json")


def test_a_bridge(head: Client) -> None:
    """
    N1, S1 and T1 became non-performing after March: 300.00, 120.00 and 40.00; N3, 90 dollars, was
    """
    told = head.get(f"{V1}/bridge").json()
    cells = [tuple(cell.values()) for cell in told.pop("cells")]
    assert told == {"institution": "bank"} | DAYS
    assert cells == [
        ("CNY", "new", 3, "460.00"),
        ("CNY", "closing", 3, "460.00"),
        ("USD", "opening", 1, "90.00"),
        ("USD", "closing", 1, "90.00"),
    ]
    assert head.get(f"{V1}/bridge?since=2026-03-31&at=below").json()["cells"][0] == {
        "currency": "CNY",
        "item": "new",
        "loans": 1,
        "amount": "40.00",
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("item=new&currency=CNY", [("N1", "300.00"), ("S1", "120.00"), ("T1", "40.00")]),
        ("", [("N1", "300.00"), ("S1", "120.00"), ("T1", "40.00")]),
        ("currency=USD&item=opening", [("N3", "90.00")]),
        ("currency=CNY&limit=1&page=2", [("S1", "120.00")]),
        ("currency=CNY&at=below", [("T1", "40.00")]),
        ("item=new&currency=EUR", []),
    ],
)
def test_the_loans_behind_a_cell(query: str, expected: list[tuple[str, str]], head: Client) -> None:
    rows = head.get(f"{V1}/bridge/loans?{query}").json()["items"]
    assert [(row["loan_id"], row["amount"]) for row in rows] == expected


def test_a_loan_that_has_moved_is_told_as_it_was(head: Client) -> None:
    """
    since the days of the bridge N1 has gone to south; T1 was no problem then
    """
    before = Loan.objects.get(loan_id="N1").borrower_id
    other = Loan.objects.get(loan_id="S1").borrower
    Loan.objects.filter(loan_id="N1").update(institution="south", borrower=other)
    Standing.objects.filter(loan__loan_id="T1").delete()
    rows = head.get(f"{V1}/bridge/loans?item=new&currency=CNY&at=north").json()["items"]
    places = ("loan_id", "institution", "institution_now", "of_then")
    assert [tuple(row[name] for name in places) for row in rows] == [
        ("N1", "north", "south", True),
        ("T1", "below", "below", False),
    ]
    assert rows[0]["borrower_id"] == before


@pytest.mark.usefixtures("unmade")
def test_one_that_is_not_made_is_asked_for(head: Client, program: Program) -> None:
    for path in ("bridge", "bridge/loans"):
        answer = head.get(f"{V1}/{path}")
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:recobro:bridge-not-made")
    for who in ("head", "planning"):
        answer = ask(program(who, name="asks"))
        assert (answer.status_code, answer.json()) == (201, DAYS | {"state": "waiting"})
    assert [(job.kind, job.asked_by) for job in Job.objects.all()] == [("bridge", "head")]


def test_one_that_is_made_stays(head: Client) -> None:
    answer = ask(head, '{"since": "2026-03-31", "as_of": "2026-06-30"}')
    assert (answer.json()["state"], Job.objects.count()) == ("done", 0)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("since=2026-04-30", 404),
        ("since=2026-06-30", 404),
        ("since=2026-06-30&as_of=2026-03-31", 404),
        ("as_of=2026-03-31", 422),
    ],
)
def test_days_between_which_no_bridge_leads(query: str, status: int, head: Client) -> None:
    assert head.get(f"{V1}/bridge?{query}").status_code == status


def test_who_sees_two_trees_names_one(program: Program) -> None:
    twice = program("twice")
    assert twice.get(f"{V1}/bridge").json()["type"] == "urn:recobro:name-an-institution"
    assert twice.get(f"{V1}/bridge?at=below").status_code == 200


def test_institutions_are_compared(head: Client, program: Program) -> None:
    """
    Of all that lies there, in yuan; of March nothing was nonperforming at north
    """
    told = head.get(f"{V1}/figures/compared?since=2026-03-31&sort=-nonperforming").json()
    found = [
        (row["figure"]["institution"], row["nonperforming_before"], row["change"])
        for row in told["items"]
    ]
    assert found[:2] == [("bank", "0.00", "460.00"), ("north", "0.00", "340.00")]
    assert {row["since"] for row in told["items"]} == {"2026-03-31"}
    usual = head.get(f"{V1}/figures/compared?kind=sub_branch").json()["items"]
    assert [(row["figure"]["institution"], row["since"], row["change"]) for row in usual] == [
        ("below", None, None)
    ]
    assert head.get(f"{V1}/figures/compared?since=2026-06-30").status_code == 404
    own = program("planning").get(f"{V1}/figures/compared").json()["items"]
    assert {row["figure"]["institution"] for row in own} == {"north", "below"}


def test_an_institution_and_its_people(head: Client, program: Program) -> None:
    told = head.get(f"{V1}/institutions/below").json()
    assert told["institution"] == {
        "institution": "below",
        "parent": "north",
        "name": "白云支行",
        "kind": "sub_branch",
    }
    assert [(one["username"], one["role"], one["institution"]) for one in told["people"]] == [
        ("branch_head", "branch_head", "north"),
        ("twice", "legal", "below"),
    ]
    assert program("risk").get(f"{V1}/institutions/south").status_code == 404


def test_before_the_first_close(head: Client) -> None:
    Close.objects.update(shown_at=None)
    for path in ("bridge", "bridge/loans", "figures/compared"):
        assert head.get(f"{V1}/{path}").status_code == 404
