from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """What has become of what somebody asked for."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    """What it was about is over: there is nothing to decide any more."""


MOVES: Mapping[State, frozenset[State]] = {
    State.WAITING: frozenset({State.APPROVED, State.REFUSED, State.WITHDRAWN, State.LAPSED}),
    State.APPROVED: frozenset(),
    State.REFUSED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.LAPSED: frozenset(),
}
"""Where a request may go from each state: it is decided once."""
