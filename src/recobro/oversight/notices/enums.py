from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What a branch is told, or reports."""

    NEW_NONPERFORMING = "new_nonperforming"
    """Loans that have become non-performing since the close before: a risk reminder."""

    THREE_SIX = "three_six"
    """Loans missed three times in a row or six in all at the end of a month: a report."""


TERM: Mapping[Kind, timedelta] = {
    Kind.NEW_NONPERFORMING: timedelta(days=5),
    Kind.THREE_SIX: timedelta(days=10),
}
"""How long the head of a branch has to sign a notice off."""
