from enum import StrEnum


class Outcome(StrEnum):
    """How a case ended."""

    CURED = "cured"
    PAID = "paid"
    SOLD = "sold"
    EXTINGUISHED = "extinguished"
    MERGED = "merged"
    """Its household is one with another by now, whose case goes on with its loans."""


class Cause(StrEnum):
    """Why somebody is responsible for a case."""

    RULE = "rule"
    BRANCH_HEAD = "branch_head"
    SUPERIOR = "superior"
    BY_HAND = "by_hand"
    SUCCESSION = "succession"


class Step(StrEnum):
    """What becomes of a case that is to be handed over."""

    MOVES = "moves"
    ASKS = "asks"
    """It is above the amount up to which one person is enough: a second one is asked."""
    SAME = "same"
    """Whoever is to get it has it."""
    WAITS = "waits"
    """Somebody has asked for something about it already."""
    MADE_THE_LOAN = "made_the_loan"
    CANNOT_COLLECT = "cannot_collect"
    NOBODY = "nobody"
    """The rule of the place names nobody, or nobody could approve it."""
    NOT_YOURS = "not_yours"
    """It is not for who decides to say who is responsible there."""

    @property
    def hinders(self) -> bool:
        """Whether it keeps the case where it is though it was to go."""
        return self not in {Step.MOVES, Step.ASKS, Step.SAME}
