"""Loads, closes and bridges as jobs that are asked for on the pages, or by the clock."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from recobro.office.jobs.doing import Later, Tell, does
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import count
from recobro.runs.home import Home, HomeBusy
from recobro.runs.inbox import DeliveryChanged, mapping_of, path_of, put_away, waiting_as

Outcome = Mapping[str, Any]


@does("load")
def load(folder: Path, job: Job, tell: Tell) -> Outcome:
    """Load the delivery of the inbox that is the subject; parameters are those of a load.

    Then it lies among the delivered, under the number of the job, unless it changed meanwhile. The
    load is 0 where nothing was changed: the same rows were loaded last.
    """
    from recobro.runs import operations  # noqa: PLC0415 - no engine where none is needed

    home, told = Home(folder), job.parameters
    with _once_free():
        _require(home, job)
        done = operations.load(
            home=home,
            path=path_of(home, job.subject),
            kind=told["kind"],
            at=datetime.now(tz=UTC),
            policy=home.policy(),
            mapping=mapping_of(home, told.get("mapping", "")),
            delivered_on=_day(told.get("delivered_on")),
            accept_drop=told.get("accept_drop"),
            progress=tell,
        )
    findings = sum(done.findings.values()) if done else 0
    outcome = {"load": done.number if done else 0, "findings": findings}
    count(job=job, outcome=outcome)
    if waiting_as(home, job.subject).mark == told["mark"]:
        put_away(home, job.subject, as_=f"{job.pk:06}-{job.subject}")
    return outcome


@does("close")
def close(folder: Path, job: Job, tell: Tell) -> Outcome:
    """Close the day that is the subject, and show it."""
    from recobro.runs import operations  # noqa: PLC0415 - the same

    home = Home(folder)
    with _once_free():
        done = operations.close(
            home=home,
            on=date.fromisoformat(job.subject),
            policy=home.policy(),
            at=datetime.now(tz=UTC),
            progress=tell,
        )
    outcome = {"as_of": str(done.as_of), "loans": done.standings, "marked": done.marked}
    count(job=job, outcome=outcome)
    operations.show(home=home, at=datetime.now(tz=UTC), progress=tell)
    return outcome


@does("bridge")
def bridge(folder: Path, job: Job, tell: Tell) -> Outcome:
    """Make the bridge between the two days that are the subject."""
    from recobro.runs import operations  # noqa: PLC0415 - the same
    from recobro.runs.operations.bridge import days_of, make_bridge  # noqa: PLC0415 - the same

    home, (since, as_of) = Home(folder), days_of(job.subject)
    operations.show(home=home, at=datetime.now(tz=UTC), progress=tell)
    make_bridge(home=home, since=since, as_of=as_of, at=datetime.now(tz=UTC), progress=tell)
    return {"since": str(since), "as_of": str(as_of)}


def _require(home: Home, job: Job) -> None:
    """Refuse a delivery that is another by now than the one that was asked for."""
    if waiting_as(home, job.subject).mark != job.parameters["mark"]:
        raise DeliveryChanged(job.subject)


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


@contextmanager
def _once_free() -> Iterator[None]:
    """Let the job wait for a load or close that somebody has begun on the command line."""
    try:
        yield
    except HomeBusy as busy:
        raise Later(busy) from busy
