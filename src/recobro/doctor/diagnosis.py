"""What a check found, as a value."""

from dataclasses import dataclass
from enum import IntEnum


class Verdict(IntEnum):
    """How bad it is; the worst of all is the exit code."""

    WELL = 0
    SEE_TO = 1
    BROKEN = 2  # Recobro cannot work, or what it says would be wrong


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Say what a check looked at and found; `remedy` is there wherever something is not well."""

    check: str
    verdict: Verdict
    says: str
    remedy: str | None = None


def well(check: str, says: str) -> Diagnosis:
    """Say that nothing is to be done."""
    return Diagnosis(check, Verdict.WELL, says)


def see_to(check: str, says: str, remedy: str) -> Diagnosis:
    """Say that somebody should look after it."""
    return Diagnosis(check, Verdict.SEE_TO, says, remedy)


def broken(check: str, says: str, remedy: str) -> Diagnosis:
    """Say that it must be mended first."""
    return Diagnosis(check, Verdict.BROKEN, says, remedy)
