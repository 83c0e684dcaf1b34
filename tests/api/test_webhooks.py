"""Programs that are told of what happens, made and ended by programs."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from recobro.office.people.enums import Role
from recobro.office.webhooks.enums import Event
from recobro.office.webhooks.models import Delivery, Hook
from recobro.office.webhooks.operations import announce, make_hook
from tests.api.conftest import Program
from tests.runs.bank import AT
from tests.web.workplace import appoint

pytestmark = pytest.mark.usefixtures("workplace")
WISH = {"name": "ledger", "url": "https://a.example/", "events": ["close.shown"]}


@pytest.fixture
def chief(program: Program) -> Client:
    """Return a program of the administrator of the whole bank."""
    appoint("chief", Role.ADMINISTRATOR, "bank")
    own: Client = program("chief")
    return own


def post(own: Client, path: str, content: object = None, **headers: str) -> tuple[int, Any]:
    answer = own.post(
        f"/api/v1/webhooks{path}", content, content_type="application/json", headers=headers
    )
    return answer.status_code, answer.json()


def test_one_is_made_once_and_its_secret_told(chief: Client) -> None:
    answers = [post(chief, "", WISH, **{"Idempotency-Key": "k1"}) for _ in range(2)]
    assert answers[0] == answers[1]
    status, told = answers[0]
    hook = Hook.objects.get()
    assert (status, told["secret"], told["webhook"]) == (201, hook.secret, hook.pk)
    (listed,) = chief.get("/api/v1/webhooks").json()
    apart = {"secret", "made_at"}  # a list tells moments to the millisecond
    assert listed | {"made_at": ""} == {
        name: value for name, value in told.items() if name not in apart
    } | {"made_at": ""}
    assert listed["state"] == "active"
    assert listed["made_by"] == "chief"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://a.example/"},
        {"url": "https://a b/"},
        {"events": []},
        {"events": ["loan.paid"]},
        {"name": ""},
        {"name": " "},
        {"secret": "mine"},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object], chief: Client) -> None:
    status, _ = post(chief, "", WISH | wrong)
    assert (status, Hook.objects.count()) == (422, 0)


def test_an_end_is_once_and_for_all(chief: Client) -> None:
    _, told = post(chief, "", WISH)
    there = f"/{told['webhook']}/end"
    assert post(chief, there)[1]["state"] == "ended"
    assert post(chief, there)[0] == 422
    assert chief.get("/api/v1/webhooks").json() == []
    assert post(chief, "/99/end")[0] == 404


@pytest.mark.parametrize("more", [1, 3])
def test_deliveries_are_listed(
    more: int, chief: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    hook, _ = make_hook(**WISH, at=AT, by="chief")  # type: ignore[arg-type]  # as a program tells
    for number in range(more):
        announce(event=Event.CLOSE_SHOWN, about={"facts_version": number}, at=AT)
    last = Delivery.objects.order_by("id").last()
    assert last is not None
    Delivery.objects.filter(pk=last.pk).update(state="delivered", status=204, attempts=1)
    path = f"/api/v1/webhooks/{hook.pk}/deliveries"
    assert chief.get(path).json()["total"] == more
    with django_assert_num_queries(5):
        newest, *others = chief.get(path).json()["items"]
    assert newest == {
        "delivery": last.pk,
        "event": "close.shown",
        "about": {"facts_version": more - 1},
        "happened_at": "2026-07-01T08:00:00Z",
        "state": "delivered",
        "attempts": 1,
        "next_at": None,
        "status": 204,
        "trouble": "",
    }
    assert {one["next_at"] for one in others} <= {"2026-07-01T08:00:00Z"}
    with django_assert_num_queries(3):
        assert len(chief.get("/api/v1/webhooks").json()) == 1
    assert chief.get("/api/v1/webhooks/99/deliveries").status_code == 404
