"""Programs are told of what happens, once it has: signed, tried again, given up, switched off."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from recobro.journal.models import Entry
from recobro.office.jobs.operations import ask, end
from recobro.office.webhooks.enums import (
    HOOK_MOVES,
    LATER,
    MOVES,
    Event,
    HookState,
    State,
)
from recobro.office.webhooks.models import Delivery, Hook
from recobro.office.webhooks.operations import (
    DeliveryOver,
    HookCannot,
    HookNameTaken,
    HookUnusable,
    TooManyHooks,
    announce,
    announce_cases,
    arrived,
    end_hook,
    failed,
    make_hook,
    pause_hook,
    resume_hook,
    send_test,
    take,
    try_again,
)
from recobro.office.webhooks.queries import due, hooks, switched_off
from recobro.office.webhooks.rules import WebhookAddressUnusable, usable

pytestmark = pytest.mark.django_db
AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ABOUT = {"job": 7}


def made(url: str = "https://a.example/told", name: str = "ledger", **how: Any) -> Hook:
    options: dict[str, Any] = {"events": ["job.ended"], "at": AT, "by": "chief"} | how
    hook, _ = make_hook(name=name, url=url, **options)
    return hook


def happens(count: int = 1) -> None:
    for number in range(count):
        announce(event=Event.JOB_ENDED, about={"job": number}, at=AT)


def told(hook: Hook) -> list[tuple[str, str]]:
    rows = hook.deliveries.order_by("id").values_list("event", "state")
    return [(event, state) for event, state in rows]


def acts() -> list[tuple[str, str]]:
    return [(entry.act, entry.by) for entry in Entry.objects.order_by("id")]


def test_a_hook_is_made() -> None:
    hook, secret = make_hook(
        name=" ledger ",
        url="https://a.example",
        events=["job.ended", "close.shown"],
        at=AT,
        by="c",
    )
    assert (hook.name, hook.state, hook.events) == (
        "ledger",
        "active",
        ["close.shown", "job.ended"],
    )
    assert (secret == hook.secret, secret[:6], len(secret)) == (True, "whsec_", 70)
    entry = Entry.objects.get()
    assert (entry.chain, entry.act, entry.subject, entry.by) == (
        "webhooks",
        "webhooks.made",
        "ledger",
        "c",
    )
    assert entry.after == {"url": "https://a.example", "events": "close.shown, job.ended"}
    assert secret not in json.dumps(entry.content)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 61},
        {"name": "a\nb"},
        {"events": []},
        {"events": ["job.ended", "loan.paid"]},
        {"events": ["test"]},
    ],
)
def test_a_hook_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(HookUnusable):
        made(**wrong)
    assert Hook.objects.count() == 0


def test_a_name_is_given_once_at_a_time() -> None:
    first = made()
    with pytest.raises(HookNameTaken):
        made()
    end_hook(hook=first, at=AT, by="chief")
    assert made().pk != first.pk


def test_there_are_twenty_at_most() -> None:
    for number in range(20):
        made(name=f"n{number}")
    with pytest.raises(TooManyHooks):
        made(name="more")
    end_hook(hook=Hook.objects.all()[0], at=AT, by="chief")
    made(name="more")


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example",
        "https://a.example:8443/x/y?z=1",
        "https://10.0.0.1/",
        "http://127.0.0.1:9/x",
        "http://localhost/",
        "http://[::1]:8080/",
        "https://a.example/" + "x" * 482,
    ],
)
def test_an_address_that_can_be(url: str) -> None:
    assert usable(url) == url


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "is no address"),
        ("https://a.example/ x", "is no address"),
        ("https://ä.example/", "is no address"),
        ("https://a.example/\n", "is no address"),
        ("https://a.example/" + "x" * 483, "is no address"),
        ("https:///x", "names no host"),
        ("a.example", "names no host"),
        ("https://a.example:0/", "names no host"),
        ("https://a.example:99999/", "cannot be read"),
        ("https://[::1/", "cannot be read"),
        ("https://me:pw@a.example/", "has a user name"),
        ("https://@a.example/", "has a user name"),
        ("https://a.example/#x", "has a user name, a password or a mark"),
        ("http://a.example/", "does not begin with https://"),
        ("http://10.0.0.1/", "does not begin with https://"),
        ("ftp://a.example/", "does not begin with https://"),
        ("file:///etc/passwd", "names no host"),
    ],
)
def test_an_address_that_cannot_be(url: str, reason: str) -> None:
    with pytest.raises(WebhookAddressUnusable, match=reason):
        made(url)


HOOK_ACTS = {"paused": pause_hook, "active": resume_hook, "ended": end_hook}


@pytest.mark.parametrize("before", HookState)
@pytest.mark.parametrize("after", HOOK_ACTS)
def test_every_move_of_a_hook(before: HookState, after: str) -> None:
    hook = made()
    Hook.objects.update(state=before)
    if HookState(after) in HOOK_MOVES[before]:
        HOOK_ACTS[after](hook=hook, at=AT, by="chief")
        assert Hook.objects.get().state == after
        return
    with pytest.raises(HookCannot):
        HOOK_ACTS[after](hook=hook, at=AT, by="chief")
    assert Hook.objects.get().state == before


def test_whoever_asks_for_it_is_told() -> None:
    """One asks for closes alone, one is paused, one has ended."""
    first, closes = made(), made(name="closes", events=["close.shown"])
    paused, ended = made(name="paused"), made(name="ended")
    pause_hook(hook=paused, at=AT, by="chief")
    end_hook(hook=ended, at=AT, by="chief")
    happens()
    assert [told(hook) for hook in (first, closes, paused, ended)] == [
        [("job.ended", "waiting")],
        [],
        [("job.ended", "waiting")],
        [],
    ]
    assert [one.hook for one in due(AT)] == [first]


def test_what_did_not_happen_is_not_told() -> None:
    hook = made()
    with transaction.atomic():
        happens()
        transaction.set_rollback(True)
    assert told(hook) == []


def test_many_cases_are_counted_and_few_named() -> None:
    hook = made(events=["cases.assigned"])
    announce_cases(cases=range(300, 0, -1), at=AT)
    about = hook.deliveries.get().about
    assert (about["count"], about["cases"], len(about["addresses"])) == (
        300,
        [*range(1, 201)],
        200,
    )
    assert about["addresses"][0] == "/api/v1/cases/1"


def test_a_job_that_is_over_is_told() -> None:
    hook = made()
    job = ask(kind="close", subject="2026-06-30", at=AT, by="mei")
    end(job=job, at=AT, by="mei")
    assert hook.deliveries.get().about == {
        "job": job.pk,
        "kind": "close",
        "state": "ended",
        "addresses": [f"/api/v1/jobs/{job.pk}"],
    }


def test_what_is_taken_is_nobody_elses() -> None:
    made()
    happens()
    first, second = take(at=AT), take(at=AT)
    assert first is not None
    assert (first.attempts, first.tried_at, second) == (1, AT, None)
    again = take(at=AT + MINUTE)  # who took it died
    assert again is not None
    assert (again.pk, again.attempts) == (first.pk, 2)


def taken(at: datetime) -> Delivery:
    found = take(at=at)
    assert found is not None
    return found


def test_an_attempt_that_fails_is_made_again_later_and_given_up_in_the_end() -> None:
    """1, 5 and 30 minutes, 2, 6 and 12 hours, twice a day: then somebody has it tried again."""
    hook = made()
    happens()
    at, waits = AT, []
    for _ in range(9):
        delivery = taken(at)
        failed(delivery=delivery, at=at, trouble="unreachable")
        waits.append(delivery.next_at - at)
        at = delivery.next_at
        Hook.objects.update(failing_since=at)  # not for days
    assert tuple(waits[:8]) == LATER
    own = hook.deliveries.get()
    assert (own.state, own.attempts, own.trouble) == ("given_up", 9, "unreachable")
    assert take(at=at + timedelta(days=9)) is None
    try_again(delivery=own, at=at)
    delivery = taken(at)
    assert (delivery.attempts, delivery.state) == (1, "waiting")
    arrived(delivery=delivery, status=200, at=at)
    own = hook.deliveries.get()
    assert (own.state, own.status, own.trouble) == ("delivered", 200, "")


def test_one_that_waits_is_tried_at_once() -> None:
    hook = made()
    happens()
    failed(delivery=taken(AT), at=AT, status=500)
    assert take(at=AT) is None
    try_again(delivery=hook.deliveries.get(), at=AT)
    assert taken(AT).attempts == 2


@pytest.mark.parametrize("state", [State.DELIVERED, State.ENDED])
def test_what_is_over_is_not_tried_again(state: State) -> None:
    hook = made()
    happens()
    Delivery.objects.update(state=state)
    with pytest.raises(DeliveryOver):
        try_again(delivery=hook.deliveries.get(), at=AT)


def test_what_was_given_up_of_a_hook_that_has_ended_stays_so() -> None:
    hook = made()
    happens()
    Delivery.objects.update(state=State.GIVEN_UP)
    Hook.objects.update(state="ended")
    with pytest.raises(DeliveryOver):
        try_again(delivery=hook.deliveries.get(), at=AT)
    assert hook.deliveries.get().state == State.GIVEN_UP


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", [State.DELIVERED, State.GIVEN_UP])
def test_every_move_of_a_delivery(before: State, after: State) -> None:
    made()
    happens()
    Delivery.objects.update(state=before, attempts=9)
    delivery = Delivery.objects.get()

    def move() -> None:
        if after == State.DELIVERED:
            arrived(delivery=delivery, status=200, at=AT)
        else:
            failed(delivery=delivery, at=AT)

    if after in MOVES[before]:
        move()
        assert Delivery.objects.get().state == after
        return
    with pytest.raises(RuntimeError, match="cannot become"):
        move()


def test_a_hook_that_fails_for_days_is_switched_off() -> None:
    """Eight times is not enough within two days, nor are two days with seven."""
    hook = made()
    happens(9)
    for number in range(7):
        assert failed(delivery=taken(AT), at=AT + number * timedelta(days=1)) is None
    assert failed(delivery=taken(AT), at=AT + timedelta(days=7)) == hook
    assert [*switched_off()] == [hook]
    assert take(at=AT) is None
    assert acts() == [("webhooks.made", "chief"), ("webhooks.switched-off", "recobro")]
    resume_hook(hook=hook, at=AT, by="chief")
    assert (Hook.objects.get().failures, Hook.objects.get().failing_since) == (0, None)
    assert due(AT).count() == 9


def test_one_that_fails_within_a_day_is_not() -> None:
    made()
    happens(12)
    assert [failed(delivery=taken(AT), at=AT) for _ in range(12)] == [None] * 12


def test_one_that_was_paused_meanwhile_stays_paused() -> None:
    hook = made()
    happens()
    delivery = taken(AT)
    Hook.objects.update(failures=9, failing_since=AT - timedelta(days=9), state="paused")
    assert failed(delivery=delivery, at=AT) is None
    assert Hook.objects.get(pk=hook.pk).state == "paused"


def test_an_end_lets_go_of_what_waits() -> None:
    hook = made()
    happens(2)
    arrived(delivery=taken(AT), status=200, at=AT)
    end_hook(hook=hook, at=AT, by="chief")
    assert [state for _, state in told(hook)] == ["delivered", "ended"]
    assert [*hooks()] == []


def test_a_test_needs_a_hook_that_is_told() -> None:
    hook = made()
    assert send_test(hook=hook, at=AT, by="chief").about == {"by": "chief"}
    pause_hook(hook=hook, at=AT, by="chief")
    with pytest.raises(HookCannot):
        send_test(hook=hook, at=AT, by="chief")


def test_they_read_as_what_they_are() -> None:
    hook = made()
    assert str(send_test(hook=hook, at=AT, by="chief")) == "test to ledger (waiting)"
