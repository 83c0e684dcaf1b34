from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class Event(StrEnum):
    """What a program can be told of."""

    CLOSE_SHOWN = "close.shown"
    CASES_FOLLOWED = "cases.followed"
    """A close has opened, closed or moved cases."""
    CASES_ASSIGNED = "cases.assigned"
    """Somebody else is responsible for cases."""
    NOTICES_ISSUED = "notices.issued"
    NOTICE_SIGNED = "notice.signed"
    JOB_ENDED = "job.ended"
    """A load or close is over, however it ended."""


TEST = "test"
"""What is sent to see whether it arrives; no hook has to ask for it."""


class HookState(StrEnum):
    """Whether a program is told."""

    ACTIVE = "active"
    PAUSED = "paused"
    """Somebody paused it: what happens waits."""
    OFF = "off"
    """It could not be reached for days: what happens waits, and somebody must see to it."""
    ENDED = "ended"


HOOK_MOVES: Mapping[HookState, frozenset[HookState]] = {
    HookState.ACTIVE: frozenset({HookState.PAUSED, HookState.OFF, HookState.ENDED}),
    HookState.PAUSED: frozenset({HookState.ACTIVE, HookState.ENDED}),
    HookState.OFF: frozenset({HookState.ACTIVE, HookState.ENDED}),
    HookState.ENDED: frozenset(),
}


class State(StrEnum):
    """How far a delivery is."""

    WAITING = "waiting"
    """It is sent at its time, for the first time or again."""
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    """It was tried so often; somebody can have it tried again."""
    ENDED = "ended"
    """Its hook ended before."""


MOVES: Mapping[State, frozenset[State]] = {
    State.WAITING: frozenset({State.DELIVERED, State.GIVEN_UP, State.ENDED}),
    State.DELIVERED: frozenset(),
    State.GIVEN_UP: frozenset({State.WAITING}),
    State.ENDED: frozenset(),
}

LATER = (
    *(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=2), timedelta(hours=6), timedelta(hours=12)),
    *(timedelta(hours=24), timedelta(hours=24)),
)
"""How long after each attempt the next one is; after as many more it is given up: within 3 days."""

OFF_AFTER = timedelta(days=2)
OFF_FAILURES = 8
"""A hook that has failed so often in a row, and for so long, is switched off."""

NAMED = 200
"""Numbers that one event names at most; it says how many there are."""

KEPT = timedelta(days=30)
"""How long deliveries are kept; what a paused hook was not told by then it is not told."""
