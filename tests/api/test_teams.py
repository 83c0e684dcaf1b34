"""Programs read teams, who belongs to them, which cases they have, and what came of their help."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from recobro.book.models import Institution
from recobro.casework.case.models import Case
from recobro.office.people.enums import Role
from recobro.office.people.models import User
from recobro.oversight.teams import operations as do
from recobro.oversight.teams.enums import Kind
from recobro.oversight.teams.models import Team
from tests.api.conftest import Program
from tests.web.workplace import appoint

pytestmark = pytest.mark.usefixtures("workplace")
AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
ON = "2026-07-01"


def team(kind: Kind = Kind.CLEARING_TEAM, place: str = "bank") -> Team:
    by = User.objects.get(username="head")
    where = Institution.objects.get(pk=place)
    return do.set_up(kind=kind, institution=where, name=place, by=by, at=AT, leader=by)


def asked(program: Program, who: str, path: str) -> Any:
    answer = program(who, name=path[:40] or "all").get(f"/api/v1/teams{path}")
    assert answer.status_code == 200
    return answer.json()


def test_a_team_and_what_came_of_it(program: Program) -> None:
    made, by = team(), User.objects.get(username="head")
    do.pair_with(team=made, institution=Institution.objects.get(pk="below"), by=by, at=AT)
    told = asked(program, "head", f"/{made.pk}")
    assert told["team"] == {
        "team": made.pk,
        "kind": "clearing_team",
        "name": "bank",
        "institution": "bank",
        "mandate": "",
        "from_on": ON,
        "until_on": None,
        "largest": None,
        "leader": "Name of head",
        "members": 1,
        "cases": 0,
    }
    assert told["helps"] == [
        {"institution": "below", "from_on": ON, "then_on": "2026-06-30", "currency": "CNY"}
        | {"nonperforming_then": "40.00", "nonperforming_now": "40.00"}
        | dict.fromkeys(("cured", "paid", "sold", "extinguished"), 0)
    ]


def test_who_belongs_and_what_it_has(program: Program) -> None:
    made, by = team(), User.objects.get(username="head")
    do.give_cases(team=made, cases=[Case.objects.get(pk=1)], by=by, at=AT)
    large = team(Kind.LARGE_DEBTS)
    assert asked(program, "head", f"/{made.pk}/members") == [
        {"username": "head", "name": "Name of head", "leads": True}
        | {"from_on": ON, "until_on": None}
    ]
    assert asked(program, "head", f"/{made.pk}/cases")["items"] == [
        {"case": 1, "household_id": "dag", "institution": "north"}
        | {"from_on": ON, "until_on": None, "as_of": None}
    ]
    rows = asked(program, "head", f"/{large.pk}/cases?limit=1")
    assert (rows["total"], rows["items"][0]["as_of"]) == (2, "2026-06-30")
    assert asked(program, "head", f"/{large.pk}")["helps"] == []


def test_teams_of_ones_own_institutions(program: Program) -> None:
    wide, north = team(), team(place="north")
    gone = team(place="north")
    do.end_team(team=gone, by=User.objects.get(username="head"), at=AT)

    def seen(who: str, query: str = "") -> list[int]:
        return [one["team"] for one in asked(program, who, query)["items"]]

    assert seen("head", "?limit=9") == [wide.pk, north.pk]
    assert (seen("risk"), seen("risk", "?ended=true")) == ([north.pk], [gone.pk])
    assert seen("head", "?at=north") == [north.pk]
    appoint("sur", Role.RISK, "south")
    assert seen("sur") == []
    for part in ("", "/members", "/cases"):
        assert (
            program("sur", name=part or "x").get(f"/api/v1/teams/{north.pk}{part}").status_code
            == 404
        )
    assert program("sur", name="other").get(f"/api/v1/cases?team={north.pk}").status_code == 404


def test_the_ledger_of_a_team(program: Program) -> None:
    made = team()
    cases = [Case.objects.get(pk=1)]
    do.give_cases(team=made, cases=cases, by=User.objects.get(username="head"), at=AT)
    told = program("head").get(f"/api/v1/cases?team={made.pk}").json()
    assert [one["household_id"] for one in told["items"]] == ["dag"]


@pytest.mark.parametrize("number", [1, 3])
def test_asked_for_at_once(
    number: int, program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made, by = team(), User.objects.get(username="head")
    for place in ("north", "south", "empty")[:number]:
        do.pair_with(team=made, institution=Institution.objects.get(pk=place), by=by, at=AT)
    for _ in range(number - 1):
        team()
    do.give_cases(team=made, cases=Case.objects.all()[:number], by=by, at=AT)
    head = program("head")
    assert head.get("/api/v1/me").status_code == 200
    for path, asked_ in (
        ("", 4),
        (f"/{made.pk}", 7),
        (f"/{made.pk}/members", 4),
        (f"/{made.pk}/cases", 5),
    ):
        with django_assert_num_queries(asked_):
            assert head.get(f"/api/v1/teams{path}").status_code == 200
