"""Loads and closes as jobs that are asked for on the pages, or by the clock."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from recobro.office.jobs.doing import Later, Tell, does
from recobro.office.jobs.models import Job
from recobro.runs.home import Home, HomeBusy
from recobro.runs.inbox import mapping_of, path_of, put_away

Outcome = Mapping[str, Any]


@does("load")
def load(folder: Path, job: Job, tell: Tell) -> Outcome:
    """Load a delivery of the inbox: `delivery` and `kind`, perhaps more that a load takes.

    Then it lies among the delivered, under the number of the job. The load is 0 where nothing was
    changed: the same rows were loaded last.
    """
    from recobro.runs import operations  # noqa: PLC0415 - no engine where none is needed

    home, told = Home(folder), job.parameters
    with _once_free():
        done = operations.load(
            home=home,
            path=path_of(home, told["delivery"]),
            kind=told["kind"],
            at=datetime.now(tz=UTC),
            policy=home.policy(),
            mapping=mapping_of(home, told.get("mapping", "")),
            delivered_on=_day(told.get("delivered_on")),
            accept_drop=told.get("accept_drop"),
            progress=tell,
        )
    put_away(home, told["delivery"], as_=f"{job.pk:06}-{told['delivery']}")
    findings = sum(done.findings.values()) if done else 0
    return {"load": done.number if done else 0, "findings": findings}


@does("close")
def close(folder: Path, job: Job, tell: Tell) -> Outcome:
    """Close the day `as_of`, and show it."""
    from recobro.runs import operations  # noqa: PLC0415 - the same

    home = Home(folder)
    with _once_free():
        done = operations.close(
            home=home,
            on=date.fromisoformat(job.parameters["as_of"]),
            policy=home.policy(),
            at=datetime.now(tz=UTC),
            progress=tell,
        )
    operations.show(home=home, at=datetime.now(tz=UTC), progress=tell)
    return {"as_of": str(done.as_of), "loans": done.standings, "marked": done.marked}


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


@contextmanager
def _once_free() -> Iterator[None]:
    """Let the job wait for a load or close that somebody has begun on the command line."""
    try:
        yield
    except HomeBusy as busy:
        raise Later(str(busy)) from busy
