from enum import StrEnum


class Kind(StrEnum):
    """What a branch is told, or reports."""

    NEW_NONPERFORMING = "new_nonperforming"
    """Loans that have become non-performing since the close before: a risk reminder."""

    THREE_SIX = "three_six"
    """Loans missed three times in a row or six in all at the end of a month: a report."""
