"""Who does which kind of job."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from django.utils.module_loading import autodiscover_modules

from recobro.office.jobs.models import Job
from recobro.terms.refusal import Refusal


class Tell(Protocol):
    """Hear how far a job is."""

    def __call__(self, step: str, done: int, of: int) -> None:
        """Take note that a step begins: a code, how many are done, of how many."""
        ...


class Later(Refusal):
    """Something is in the way that passes by itself: the job waits again."""

    says = "{reason}"

    def __init__(self, reason: Refusal | str) -> None:
        super().__init__(reason=reason)


Doing = Callable[[Path, Job, Tell], Mapping[str, Any]]
"""Does a job in the bank's folder, and returns what came of it, as JSON can hold it.

Raises a Refusal where somebody can mend it, Later where it mends itself.
"""

DOING: dict[str, Doing] = {}
"""Who does each kind; the rooms above add themselves by their module `jobs`."""


def does(kind: str) -> Callable[[Doing], Doing]:
    """Let a function do all jobs of a kind."""

    def add(doing: Doing) -> Doing:
        DOING[kind] = doing
        return doing

    return add


def doing(kind: str) -> Doing:
    """Return who does the jobs of a kind; only then the rooms above are read."""
    autodiscover_modules("jobs")
    return DOING[kind]
