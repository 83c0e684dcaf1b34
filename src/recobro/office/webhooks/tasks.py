"""Send what is due: one after the other, and to nobody again who has just failed."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Final

from recobro.office.outward import Network, NotAnswered, post
from recobro.office.webhooks.models import Delivery, Hook
from recobro.office.webhooks.operations import arrived, failed, forget, take
from recobro.office.webhooks.queries import due
from recobro.office.webhooks.rules import body, signature

Clock = Callable[[], datetime]

_AT_ONCE: Final = 100
"""Deliveries of one go."""
_TAKEN: Final = range(200, 300)


def send_due(clock: Clock, *, allowed: Sequence[Network] = ()) -> Iterator[Hook]:
    """Send what is due, and yield the hooks that are switched off, having failed for days."""
    forget(at=clock())
    failing: set[int] = set()
    for _ in range(_AT_ONCE):
        # Reading keeps nobody from writing, so it is looked first.
        there = due(clock(), but=failing).exists()
        delivery = take(at=clock(), but=failing) if there else None
        if delivery is None:
            return
        status, trouble = _sent(delivery, allowed)
        if status in _TAKEN:
            arrived(delivery=delivery, status=status, at=clock())
            continue
        failing.add(delivery.hook_id)
        off = failed(delivery=delivery, at=clock(), status=status or None, trouble=trouble)
        if off is not None:
            yield off


def _sent(delivery: Delivery, allowed: Sequence[Network]) -> tuple[int, str]:
    """Send a delivery; return the status of the answer, or zero and why there is none."""
    hook, now = delivery.hook, int(time.time())
    content = body(delivery.pk, delivery.event, delivery.happened_at, delivery.about)
    headers = {
        "User-Agent": f"Recobro/{version('recobro')}",
        "Recobro-Event": delivery.event,
        "Recobro-Delivery": str(delivery.pk),
        "Recobro-Signature": signature(hook.secret, now, content),
    }
    try:
        return post(hook.url, content, headers, allowed=allowed), ""
    except NotAnswered as not_answered:
        return 0, not_answered.trouble.value
