"""What comes from outside is bounded: words, numbers, and how often."""

import pytest
from django.test import Client
from pytest_django import Settings

from recobro.api.limits import AskedTooOften, Limit
from tests.api.conftest import Program
from tests.api.test_endpoints import PROBLEM

WAIT = 60


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize(
    "path",
    [
        f"loans?page={10**30}",
        f"loans?page={'9' * 5_000}",
        *("loans?page=0", "loans?page=-1", "loans?page=1.0", "loans?page=1_0", "loans?page=x"),
        *("loans?limit=201", "loans?limit=0", "journal?limit=201", f"journal?before={10**19}"),
        *("loans?sort=borrower__phone", "loans?sort=--loan", "loans?state=x", "loans?grade=Loss"),
        *("loans?search=%00", "loans?at=%00", "loans?product=%00", "cases?search=a%00b"),
        f"loans?search={'x' * 201}",
        f"loans?at={'x' * 201}",
        *("loans?grad=loss", "loans/2?day=2026-06-30", "figures?by=borrower", "cases?mine=perhaps"),
        *(
            "loans?as_of=2026-6-30",
            "loans?as_of=20260630",
            "loans?as_of=0",
            "loans?as_of=2026-02-30",
        ),
        *(f"loans/{10**30}", "loans/0", "loans/-1", "loans/x", "loans/%00", f"cases/{2**63}"),
    ],
)
def test_what_is_not_as_it_must_be(path: str, program: Program) -> None:
    answer = program("management").get(f"/api/v1/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (422, PROBLEM)
    (fault,) = answer.json()["errors"]
    assert fault["where"][0] in {"query", "path"}


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize(
    "path", [f"loans/{2**63 - 1}", f"cases/{2**63 - 1}", "loans?at=%F0%9F%98%80", "loans?at=%FF"]
)
def test_what_could_be_and_is_not(path: str, program: Program) -> None:
    assert program("head").get(f"/api/v1/{path}").status_code == 404


@pytest.mark.usefixtures("workplace")
def test_a_token_asks_so_often(program: Program, settings: Settings) -> None:
    settings.API_REQUESTS_A_MINUTE = 3
    risk, other = program("risk"), program("auditor")
    assert [risk.get("/api/v1/me").status_code for _ in range(3)] == [200, 200, 200]
    answer = risk.get("/api/v1/me")
    assert (answer.status_code, answer.json()["type"]) == (429, "urn:recobro:asked-too-often")
    assert 1 <= int(answer["Retry-After"]) <= WAIT
    assert other.get("/api/v1/me").status_code == 200


@pytest.mark.usefixtures("workplace")
def test_an_address_fails_so_often(program: Program, settings: Settings) -> None:
    settings.API_FAILURES_A_MINUTE = 2
    guesser = Client(headers={"Authorization": "Bearer recobro_guess"})
    statuses = [guesser.get("/api/v1/me").status_code for _ in range(4)]
    assert statuses == [401, 401, 429, 429]
    assert program("risk").get("/api/v1/me").status_code == 200
    elsewhere = guesser.get("/api/v1/me", REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 401


def test_a_minute_brings_a_minutes_worth(settings: Settings) -> None:
    """
    six a minute: one comes back every ten seconds
    """
    settings.API_REQUESTS_A_MINUTE = 6
    limit = Limit("API_REQUESTS_A_MINUTE")
    for _ in range(6):
        limit.count("a", now=1000.0)
    with pytest.raises(AskedTooOften) as refused:
        limit.count("a", now=1003.0)
    assert refused.value.seconds == 7
    limit.count("b", now=1003.0)
    limit.count("a", now=1010.0)
    with pytest.raises(AskedTooOften):
        limit.count("a", now=1011.0)


def test_who_has_nothing_to_wait_for_is_forgotten(settings: Settings) -> None:
    settings.API_REQUESTS_A_MINUTE = 60
    limit = Limit("API_REQUESTS_A_MINUTE")
    for number in range(10_001):
        limit.count(str(number), now=1000.0)
    limit.count("late", now=2000.0)
    assert len(limit._free_at) == 1  # noqa: SLF001 - what it holds is what is asked
