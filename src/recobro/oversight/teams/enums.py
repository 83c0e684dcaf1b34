from collections.abc import Mapping
from enum import StrEnum

from recobro.office.people.enums import Right


class Kind(StrEnum):
    """What a team is for."""

    LEADING_GROUP = "leading_group"
    """Leads the clearing of an institution: its president or head, and whom they call in."""

    CLEARING_TEAM = "clearing_team"
    """Helps the institutions that it is paired with."""

    TASK_FORCE = "task_force"
    """Is there for one matter, until a day."""

    LARGE_DEBTS = "large_debts"
    """Has the largest households of an institution; each close says which they are."""


LED_BY: Mapping[Kind, Right] = {
    Kind.LEADING_GROUP: Right.SIGN_OFF,  # what presidents and branch heads alone have
    Kind.CLEARING_TEAM: Right.COLLECT,
    Kind.TASK_FORCE: Right.COLLECT,
    Kind.LARGE_DEBTS: Right.COLLECT,
}
"""The right that whoever leads a team has at its institution."""

ONE_EACH = frozenset({Kind.LEADING_GROUP, Kind.LARGE_DEBTS})
"""Kinds of which an institution has one team at a time."""

BY_HAND = frozenset(Kind) - {Kind.LARGE_DEBTS}
"""Kinds to which people give cases; the others have theirs by a rule."""

MOST_LARGEST = 1_000
"""A team cannot have more by the rule: nobody would know them."""
