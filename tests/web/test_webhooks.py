"""An administrator of the whole bank says which programs are told, and sees what came of it."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from recobro.office.people.enums import Role
from recobro.office.webhooks.enums import Event
from recobro.office.webhooks.models import Delivery, Hook
from recobro.office.webhooks.operations import announce, make_hook
from tests.runs.bank import AT
from tests.web.conftest import SignedIn
from tests.web.workplace import Workplace, appoint

pytestmark = pytest.mark.usefixtures("workplace")
URL = "https://programs.bank.example/told?by=recobro"


@pytest.fixture
def chief(signed_in: SignedIn) -> Client:
    """Return a browser of the administrator of the whole bank."""
    appoint("chief", Role.ADMINISTRATOR, "bank")
    return signed_in("chief")


@pytest.fixture
def hook(workplace: Workplace) -> Hook:
    events = [event.value for event in Event]
    made, _ = make_hook(name="ledger", url=URL, events=events, at=AT, by="chief")
    return made


def sent(browser: Client, **told: object) -> tuple[int, str]:
    wish = {"name": "ledger", "url": URL, "events": ["job.ended"]}
    answer = browser.post("/webhooks/", wish | told)
    return answer.status_code, answer.content.decode()


def test_a_hook_is_made_and_its_secret_shown_once(chief: Client) -> None:
    status, page = sent(chief, events=["job.ended", "close.shown"])
    (secret,) = re.findall(r"whsec_[0-9a-f]{64}", page)
    hook = Hook.objects.get()
    assert (status, hook.secret, hook.made_by) == (200, secret, "chief")
    assert (hook.name, hook.url, hook.events) == ("ledger", URL, ["close.shown", "job.ended"])
    for path in ("/webhooks/", f"/webhooks/{hook.pk}/"):
        assert secret not in chief.get(path).content.decode()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"url": "http://a.example/"}, "does not begin with https://"),
        ({"events": []}, "This field is required"),
        ({"events": ["loan.paid"]}, "is not one of the available choices"),
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 61}, "at most 60 characters"),
    ],
)
def test_a_hook_that_cannot_be(told: dict[str, object], said: str, chief: Client) -> None:
    status, page = sent(chief, **told)
    assert (status, said in page, Hook.objects.count()) == (422, True, 0)


def test_what_it_was_told_is_listed(chief: Client, hook: Hook) -> None:
    announce(event=Event.JOB_ENDED, about={"job": 7, "state": "done"}, at=AT)
    Delivery.objects.update(attempts=2, trouble="private")
    page = chief.get(f"/webhooks/{hook.pk}/").content.decode()
    for said in ("leads into a private network", "Load or close is over", "&quot;job&quot;: 7"):
        assert said in page


ACTS = [
    ("active", "pause", "paused"),
    ("paused", "resume", "active"),
    ("off", "resume", "active"),
    ("active", "end", "ended"),
    ("ended", "resume", "ended"),
    ("paused", "test", "paused"),
]


@pytest.mark.parametrize(("before", "act", "after"), ACTS)
def test_an_act(before: str, act: str, after: str, chief: Client, hook: Hook) -> None:
    """What cannot be done any more is left as it is."""
    Hook.objects.update(state=before)
    answer = chief.post(f"/webhooks/{hook.pk}/{act}/")
    there = "/webhooks/" if act == "end" else f"/webhooks/{hook.pk}/"
    assert (answer.status_code, answer["Location"]) == (302, there)
    assert Hook.objects.get().state == after
    assert chief.get(there).status_code == 200


def test_a_test_waits_to_be_sent(chief: Client, hook: Hook) -> None:
    chief.post(f"/webhooks/{hook.pk}/test/")
    assert Delivery.objects.get().event == "test"


@pytest.mark.parametrize("state", ["given_up", "delivered"])
def test_a_delivery_is_tried_again_unless_it_is_over(state: str, chief: Client, hook: Hook) -> None:
    announce(event=Event.JOB_ENDED, about={}, at=AT)
    Delivery.objects.update(state=state)
    delivery = Delivery.objects.get()
    answer = chief.post(f"/webhooks/{hook.pk}/deliveries/{delivery.pk}/again/")
    assert answer["Location"] == f"/webhooks/{hook.pk}/"
    after = {"given_up": "waiting", "delivered": "delivered"}
    assert Delivery.objects.get().state == after[state]


@pytest.mark.parametrize(
    "path", ["99/", "99/pause/", "{}/erase/", "{}/deliveries/99/again/", f"{10**18}/", f"{10**30}/"]
)
def test_what_there_is_not(path: str, chief: Client, hook: Hook) -> None:
    address = f"/webhooks/{path.format(hook.pk)}"
    asked = chief.get if path.count("/") == 1 else chief.post
    assert asked(address).status_code == 404


def test_a_delivery_of_another_hook_is_none_of_this_one(chief: Client, hook: Hook) -> None:
    announce(event=Event.JOB_ENDED, about={}, at=AT)
    delivery = Delivery.objects.get()
    other, _ = make_hook(name="other", url=URL, events=["job.ended"], at=AT, by="chief")
    answer = chief.post(f"/webhooks/{other.pk}/deliveries/{delivery.pk}/again/")
    assert answer.status_code == 404


def test_one_that_was_switched_off_waits_for_the_administrator(
    chief: Client, hook: Hook, signed_in: SignedIn
) -> None:
    """Also where they see figures; nobody else is told."""
    Hook.objects.update(state="off", failing_since=AT)
    said = "The webhook ledger was switched off"
    appoint("both", Role.RISK, "bank")
    assert said in chief.get("/").content.decode()
    assert "Nothing has arrived since" in chief.get(f"/webhooks/{hook.pk}/").content.decode()
    assert said not in signed_in("both").get("/").content.decode()
    assert said not in signed_in("administrator").get("/").content.decode()


@pytest.mark.parametrize("more", [0, 1, 3])
def test_they_are_asked_for_at_once(
    more: int, chief: Client, hook: Hook, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(more):
        make_hook(name=f"n{number}", url=URL, events=["job.ended"], at=AT, by="chief")
        announce(event=Event.JOB_ENDED, about={}, at=AT)
    with django_assert_num_queries(5):
        chief.get("/webhooks/")
    with django_assert_num_queries(6 + (more > 0)):
        chief.get(f"/webhooks/{hook.pk}/")
