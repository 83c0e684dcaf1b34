from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from recobro.office.webhooks.enums import KEPT, HookState, State
from recobro.office.webhooks.models import Delivery, Hook


def hooks() -> QuerySet[Hook]:
    """Return the hooks that have not ended."""
    return Hook.objects.exclude(state=HookState.ENDED)


def hook_of(number: int) -> Hook | None:
    """Return a hook, also one that has ended; None if there is none."""
    return Hook.objects.filter(pk=number).first()


def deliveries_of(hook: Hook) -> QuerySet[Delivery]:
    """Return what a hook was told of, newest first."""
    return hook.deliveries.order_by("-id")


def switched_off() -> QuerySet[Hook]:
    """Return the hooks that could not be reached for days."""
    return Hook.objects.filter(state=HookState.OFF)


def due(at: datetime, *, but: Collection[int] = ()) -> QuerySet[Delivery]:
    """Return what is to be sent by now, longest due first, but to some hooks."""
    waiting = Delivery.objects.filter(state=State.WAITING, next_at__lte=at)
    ready = waiting.filter(hook__state=HookState.ACTIVE).exclude(hook__in=but)
    return ready.order_by("next_at", "id")


def forgotten(at: datetime) -> QuerySet[Delivery]:
    """Return the deliveries that are kept no longer."""
    return Delivery.objects.filter(happened_at__lt=at - KEPT)
