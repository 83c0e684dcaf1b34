from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    """It could not be done, for a reason that somebody can mend."""
    FAILED = "failed"
    """It could not be done, and the program is at fault."""
    ENDED = "ended"
    """Somebody ended it."""


MOVES: Mapping[State, frozenset[State]] = {
    State.WAITING: frozenset({State.RUNNING, State.ENDED}),
    State.RUNNING: frozenset(State) - {State.RUNNING},
    State.DONE: frozenset(),
    State.REFUSED: frozenset(),
    State.FAILED: frozenset(),
    State.ENDED: frozenset(),
}
"""Where a job may go from each state; one whose worker died waits again."""

FIRST = ("load", "close")
"""Kinds that are done before others: what the bank rests on, before what somebody looks at."""

MOST_OPEN = 5
"""Jobs of one person that wait or run, where there is a bound."""

OPEN = frozenset(state for state, further in MOVES.items() if further)
"""The states of a job that is not over."""
