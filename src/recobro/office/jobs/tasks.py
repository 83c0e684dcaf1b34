"""Do the job that is next, in a process of its own, which may be killed at any moment."""

import fcntl
import os
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Final

from django.db import DatabaseError, connection

from recobro.office.jobs.doing import Later, Tell, doing
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import begin, fail, finish, put_back, refuse, tell
from recobro.office.jobs.queries import is_ending
from recobro.terms.refusal import Phrase, Refusal

Clock = Callable[[], datetime]

_FAULT: Final = Phrase(
    "This is a fault of the program; what was loaded and published before is as it was. Whoever "
    "runs the machine finds more in what the worker printed: please report it."
)
_BETWEEN: Final = 0.5
"""Seconds between two notes of how far one step is."""
_LISTENS: Final = 1.0
"""Seconds between two looks whether the job is to be ended."""


def do_next(folder: Path, clock: Clock, *, alone: bool = False) -> Job | None:
    """Do the job that is next, and return it; None if none waits, or another process is at one.

    Where the process is there for this `alone`, a job that somebody ends takes it along: what a job
    does counts whole or not at all however it is ended, and no step is too long to be cut off.
    """
    with _held(folder) as held:
        job = begin(at=clock()) if held else None
        if job is not None:
            with _listening(job) if alone else nullcontext():
                _do(folder, job, clock)
        return job


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Hold the jobs of a folder, and tell whether nobody else does; the system lets go of dead."""
    with (folder / "jobs-lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _do(folder: Path, job: Job, clock: Clock) -> None:
    try:
        outcome = doing(job.kind)(folder, job, _teller(job, clock))
    except Later as reason:
        put_back(job=job, reason=reason, at=clock())
    except Refusal as reason:
        refuse(job=job, reason=reason, at=clock())
    except Exception:  # noqa: BLE001 - whatever nobody foresaw must not end what others rest on
        traceback.print_exc()
        fail(job=job, reason=_FAULT, at=clock())
    else:
        finish(job=job, outcome=outcome, at=clock())


def _teller(job: Job, clock: Clock) -> Tell:
    told = 0.0

    def hear(step: str, done: int, of: int) -> None:
        nonlocal told
        if step != job.step or monotonic() - told > _BETWEEN:
            told = monotonic()
            tell(job=job, step=step, done=done, of=of, at=clock())

    return hear


@contextmanager
def _listening(job: Job) -> Iterator[None]:
    """Kill this process once somebody ends the job; whoever begins the next one notes that."""
    over = Event()

    def listen() -> None:
        while not over.wait(_LISTENS):
            try:
                if is_ending(job):
                    os.kill(os.getpid(), signal.SIGKILL)
            except DatabaseError:  # a server that was started anew knows nothing of it
                connection.close()
        connection.close()

    thread = Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
