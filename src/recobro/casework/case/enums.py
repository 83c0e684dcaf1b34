from enum import StrEnum


class Outcome(StrEnum):
    """How a case ended."""

    CURED = "cured"
    PAID = "paid"
    SOLD = "sold"
    EXTINGUISHED = "extinguished"


class Cause(StrEnum):
    """Why somebody is responsible for a case."""

    RULE = "rule"
    BRANCH_HEAD = "branch_head"
    SUPERIOR = "superior"
    BY_HAND = "by_hand"
    SUCCESSION = "succession"
