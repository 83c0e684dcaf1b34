"""An endpoint asks the database as often for many rows as for one."""

from typing import Final

import pytest
from pytest_django import DjangoAssertNumQueries

from recobro.office.people.enums import Role
from tests.api.conftest import Program
from tests.web.workplace import appoint

pytestmark = pytest.mark.usefixtures("workplace")

ASKED: Final = {
    "me": 2,
    "institutions": 4,
    "closes": 3,
    "figures": 5,
    "figures?at=north&by=grade": 5,
    "figures/below": 7,
    "figures/history": 5,
    "figures/compared": 6,
    "institutions/north": 4,
    "bridge": 6,
    "bridge?at=north": 6,
    "bridge/loans?item=new&currency=CNY": 8,
    "bridge/loans?limit=1": 9,
    "reports": 4,
    "loans?product=shop": 5,
    "loans?product=farm": 5,
    "loans?search=zzz": 5,
    "loans?at=north&limit=1": 6,
    "loans/2": 5,
    "loans/3": 5,
    "loans/2/why": 6,
    "loans/6/why": 6,
    "cases": 8,
    "cases?limit=1": 8,
    "cases/1": 6,
    "cases/2": 6,
    "cases/2/responsibilities": 4,
    "people": 4,
    "journal": 5,
    "journal?limit=1": 5,
    "loads": 4,
    "approvals": 4,
    "handovers": 4,
    "loans/2/judgements": 4,
    "notices": 4,
    "notices?limit=1": 4,
    "notices/2": 4,
}
"""How often each asks, with what it takes to know who is asking: token and posts."""


@pytest.mark.parametrize("path", ASKED)
def test_an_endpoint_asks_so_often(
    path: str, program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    auditor = program("auditor")
    assert auditor.get("/api/v1/me").status_code == 200  # the first use of a day is written down
    with django_assert_num_queries(ASKED[path]):
        assert auditor.get(f"/api/v1/{path}").status_code == 200


@pytest.mark.parametrize("more", [0, 1, 3])
def test_people_are_asked_for_at_once(
    more: int, program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    appoint("auditor-south", Role.AUDITOR, "south")
    for number in range(more):
        appoint(f"more-{number}", Role.OFFICE, "south")
    auditor = program("auditor-south")
    assert auditor.get("/api/v1/me").status_code == 200
    with django_assert_num_queries(ASKED["people"]):
        assert auditor.get("/api/v1/people").json()["total"] == 2 + more


def test_the_first_use_of_a_day_is_written_down(
    program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    auditor = program("auditor")
    for asked in (ASKED["me"] + 1, ASKED["me"]):
        with django_assert_num_queries(asked):
            auditor.get("/api/v1/me")
