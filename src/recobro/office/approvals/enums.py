from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """What has become of what somebody asked for."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


MOVES: Mapping[State, frozenset[State]] = {
    State.WAITING: frozenset({State.APPROVED, State.REFUSED, State.WITHDRAWN}),
    State.APPROVED: frozenset(),
    State.REFUSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
"""Where a request may go from each state: it is decided once."""
