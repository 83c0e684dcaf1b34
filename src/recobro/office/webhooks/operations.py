"""Say who is told of what, tell them, and note what came of it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction

from recobro.journal.operations import NOBODY, record
from recobro.office.webhooks.enums import (
    HOOK_MOVES,
    LATER,
    MOVES,
    NAMED,
    OFF_AFTER,
    OFF_FAILURES,
    TEST,
    Event,
    HookState,
    State,
)
from recobro.office.webhooks.models import Delivery, Hook
from recobro.office.webhooks.queries import due, forgotten, hooks
from recobro.office.webhooks.rules import LONGEST_NAME, new_secret, usable
from recobro.terms.refusal import Listing, Phrase, Refusal

_MOST: Final = 20
"""Hooks of a bank."""
_CHAIN: Final = "webhooks"
_A_WHILE: Final = timedelta(minutes=1)
"""Within which an attempt is over; a worker that died in it lets it be tried again."""


class HookUnusable(Refusal):
    """A hook cannot be such a one."""

    says = "{reason}; nothing was changed."

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class HookNameTaken(Refusal):
    """Another is called so."""

    says = (
        "There is a webhook {name!r} already; nothing was changed. End that one first, or choose "
        "another name."
    )

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class TooManyHooks(Refusal):
    """There are as many as a bank can have."""

    says = "There are {most} webhooks; nothing was changed. End one first."

    def __init__(self) -> None:
        super().__init__(most=_MOST)


class HookCannot(Refusal):
    """A hook cannot go from where it is to there."""

    says = (
        "The webhook {hook} is {state}, and cannot become {to}; nothing was changed. Somebody else "
        "may have changed it meanwhile: look at the list again."
    )

    def __init__(self, hook: Hook, to: HookState) -> None:
        super().__init__(hook=hook, state=HookState(hook.state), to=to)


class DeliveryOver(Refusal):
    """What was delivered, or belongs to a hook that ended, is not sent again."""

    says = "The delivery {number} is {state}; nothing was changed. It is not sent again."

    def __init__(self, delivery: Delivery) -> None:
        super().__init__(number=str(delivery.pk), state=State(delivery.state))


def make_hook(
    *, name: str, url: str, events: Collection[str], at: datetime, by: str
) -> tuple[Hook, str]:
    """Let a program be told of events; return the hook, and its secret, which nobody sees again.

    Raises HookUnusable, rules.WebhookAddressUnusable, TooManyHooks, HookNameTaken.
    """
    name, wanted = name.strip(), [event.value for event in Event if event in set(events)]
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        reason = "A webhook has a name of 1 to {longest} signs"
        raise HookUnusable(Phrase(reason, longest=LONGEST_NAME))
    if not wanted or len(wanted) < len(set(events)):
        reason = "A webhook is told of one or more of {events}"
        raise HookUnusable(Phrase(reason, events=Listing(Event)))
    secret = new_secret()
    made = Hook(name=name, url=usable(url), events=wanted, secret=secret, made_by=by, made_at=at)
    with transaction.atomic():
        if hooks().count() >= _MOST:
            raise TooManyHooks
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            raise HookNameTaken(name) from None
        _note(made, "webhooks.made", by=by, at=at, after={"url": url, "events": ", ".join(wanted)})
    return made, secret


def pause_hook(*, hook: Hook, at: datetime, by: str) -> Hook:
    """Let what happens wait.

    Raises HookCannot.
    """
    return _moved(hook, HookState.PAUSED, "webhooks.paused", at=at, by=by)


@transaction.atomic
def resume_hook(*, hook: Hook, at: datetime, by: str) -> Hook:
    """Go on with a hook that was paused or switched off; what waits is sent at once.

    Raises HookCannot.
    """
    own = _moved(hook, HookState.ACTIVE, "webhooks.resumed", at=at, by=by)
    own.failures, own.failing_since = 0, None
    own.save(update_fields=["failures", "failing_since"])
    own.deliveries.filter(state=State.WAITING).update(next_at=at)
    return own


@transaction.atomic
def end_hook(*, hook: Hook, at: datetime, by: str) -> Hook:
    """Tell a program nothing any more, also not what waits.

    Raises HookCannot.
    """
    own = _moved(hook, HookState.ENDED, "webhooks.ended", at=at, by=by)
    for delivery in own.deliveries.filter(state=State.WAITING):
        _move(delivery, State.ENDED)
    return own


@transaction.atomic
def _moved(hook: Hook, state: HookState, act: str, *, at: datetime, by: str) -> Hook:
    own = Hook.objects.select_for_update().get(pk=hook.pk)
    if state not in HOOK_MOVES[HookState(own.state)]:
        raise HookCannot(own, state)
    before = own.state
    own.state = state.value
    own.save(update_fields=["state"])
    _note(own, act, by=by, at=at, before={"state": before}, after={"state": state.value})
    return own


def announce(*, event: Event, about: Mapping[str, Any], at: datetime) -> None:
    """Let every hook that asks for it be told of an event, in the transaction of what happens.

    So nobody is told of what did not happen, and nobody who asks misses what did.
    """
    Delivery.objects.bulk_create(
        Delivery(hook=hook, event=event.value, about=dict(about), happened_at=at, next_at=at)
        for hook in hooks()
        if event.value in hook.events
    )


def announce_cases(*, cases: Iterable[int], at: datetime) -> None:
    """Let be told of that others are responsible for some cases, by their numbers."""
    numbers = sorted(cases)
    named = numbers[:NAMED]
    about = {
        "count": len(numbers),
        "cases": named,
        "addresses": [f"/api/v1/cases/{number}" for number in named],
    }
    announce(event=Event.CASES_ASSIGNED, about=about, at=at)


@transaction.atomic
def send_test(*, hook: Hook, at: datetime, by: str) -> Delivery:
    """Send something to see whether it arrives.

    Raises HookCannot for a hook that is not active.
    """
    own = Hook.objects.select_for_update().get(pk=hook.pk)
    if own.state != HookState.ACTIVE:
        raise HookCannot(own, HookState.ACTIVE)
    made = Delivery(hook=own, event=TEST, about={"by": by}, happened_at=at, next_at=at)
    made.save()
    return made


@transaction.atomic
def try_again(*, delivery: Delivery, at: datetime) -> Delivery:
    """Have a delivery tried at once that waits or was given up.

    Raises DeliveryOver.
    """
    own = (
        Delivery.objects.select_for_update(of=("self",)).select_related("hook").get(pk=delivery.pk)
    )
    if own.hook.state == HookState.ENDED:
        raise DeliveryOver(own)
    if own.state == State.GIVEN_UP:
        own.attempts = 0
        _move(own, State.WAITING, "attempts")
    if own.state != State.WAITING:
        raise DeliveryOver(own)
    own.next_at = at
    own.save(update_fields=["next_at"])
    return own


@transaction.atomic
def take(*, at: datetime, but: Collection[int] = ()) -> Delivery | None:
    """Return what is to be sent next, for nobody else to send; None if nothing is due.

    Its attempt counts from now on: a worker that dies in it lets another one try later.
    """
    own = due(at, but=but).select_for_update(of=("self",)).select_related("hook").first()
    if own is None:
        return None
    own.attempts += 1
    own.tried_at, own.next_at = at, at + _A_WHILE
    own.save(update_fields=["attempts", "tried_at", "next_at"])
    return own


@transaction.atomic
def arrived(*, delivery: Delivery, status: int, at: datetime) -> None:
    """Note that a program took what it was sent."""
    delivery.status, delivery.trouble = status, ""
    _move(delivery, State.DELIVERED, "status", "trouble")
    Hook.objects.filter(pk=delivery.hook_id).update(failures=0, failing_since=None, arrived_at=at)


@transaction.atomic
def failed(
    *, delivery: Delivery, at: datetime, status: int | None = None, trouble: str = ""
) -> Hook | None:
    """Note that an attempt failed: it is tried later, or given up.

    Return its hook where that was switched off for it, having failed for days.
    """
    delivery.status, delivery.trouble = status, trouble
    further = LATER[delivery.attempts - 1 : delivery.attempts]
    if further:
        delivery.next_at = at + further[0]
        delivery.save(update_fields=["status", "trouble", "next_at"])
    else:
        _move(delivery, State.GIVEN_UP, "status", "trouble")
    hook = Hook.objects.select_for_update().get(pk=delivery.hook_id)
    hook.failures += 1
    hook.failing_since = hook.failing_since or at
    hook.save(update_fields=["failures", "failing_since"])
    over = hook.failures >= OFF_FAILURES and at - hook.failing_since >= OFF_AFTER
    if not over or hook.state != HookState.ACTIVE:
        return None
    return _moved(hook, HookState.OFF, "webhooks.switched-off", at=at, by=NOBODY)


def forget(*, at: datetime) -> None:
    """Let go of deliveries that are kept no longer."""
    if forgotten(at).exists():  # reading keeps nobody from writing
        forgotten(at).delete()


def _move(delivery: Delivery, state: State, *also: str) -> None:
    if state not in MOVES[State(delivery.state)]:
        message = f"{delivery} cannot become {state}."
        raise RuntimeError(message)
    delivery.state = state.value
    delivery.save(update_fields=["state", *also])


def _note(hook: Hook, act: str, *, by: str, at: datetime, **how: Any) -> None:  # noqa: ANN401 - as record has it
    record(chain=_CHAIN, act=act, subject=hook.name, by=by, at=at, **how)
