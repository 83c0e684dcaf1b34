"""Jobs wait, run one after the other, and are over; nothing is lost when a worker dies."""

import fcntl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count as counted
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from recobro.journal.models import Entry
from recobro.office.jobs.doing import DOING, Later, Tell, does
from recobro.office.jobs.enums import MOST_OPEN, MOVES, OPEN, State
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import (
    ATTEMPTS,
    JobOver,
    TooManyOpen,
    ask,
    begin,
    count,
    end,
    fail,
    finish,
    put_back,
    refuse,
    require_few,
    tell,
)
from recobro.office.jobs.queries import is_ending, open_jobs
from recobro.office.jobs.tasks import do_next
from recobro.terms.refusal import Refusal

pytestmark = pytest.mark.django_db
AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def clock() -> Any:
    """Return a clock that goes on by a second each time it is read."""
    seconds = counted()
    return lambda: AT + next(seconds) * SECOND


def asked(number: int = 1) -> Job:
    return ask(kind="sum", subject=str(number), parameters={"number": number}, at=AT, by="mei")


def running() -> Job:
    asked()
    job = begin(at=AT)
    assert job is not None
    return job


def test_what_the_bank_rests_on_comes_first() -> None:
    """A close is done before the reports that somebody asked for before it."""
    asked()
    close = ask(kind="close", subject="2026-06-30", at=AT, by="mei")
    load = ask(kind="load", subject="full", at=AT, by="mei")
    found = []
    while (job := begin(at=AT)) is not None:
        found.append(job)
        finish(job=job, outcome={}, at=AT)
    assert [job.kind for job in found] == ["close", "load", "sum"]
    assert found[:2] == [close, load]


def test_nobody_asks_for_more_than_others_can_wait_for() -> None:
    """The same again is one; loads and closes are no part of it, nor what others ask for."""
    ask(kind="close", subject="2026-06-30", at=AT, by="mei")
    for number in range(MOST_OPEN):
        require_few(by="mei", kind="sum", subject=str(number))
        asked(number)
    require_few(by="mei", kind="sum", subject="0")
    require_few(by="bo", kind="sum", subject="9")
    with pytest.raises(TooManyOpen, match="5 things that you asked for"):
        require_few(by="mei", kind="sum", subject="9")
    job = Job.objects.filter(kind="sum").latest("id")
    end(job=job, at=AT, by="mei")
    require_few(by="mei", kind="sum", subject="9")


@pytest.fixture
def sums() -> Iterator[list[int]]:
    """Let jobs of the kind sum be done: those of a negative number are no sums."""
    summed: list[int] = []

    @does("sum")
    def sum_up(folder: Path, job: Job, hear: Tell) -> Mapping[str, Any]:
        assert folder.is_dir()
        hear("read", 0, 2)
        hear("read", 1, 2)
        hear("write", 0, 1)
        number = job.parameters["number"]
        if number < 0:
            raise Refusal("Less than nothing; give more.")  # noqa: EM101, TRY003 - of the test alone
        if number > 99:
            raise Later("Too much at once.")  # noqa: EM101, TRY003 - the same
        summed.append(1 // number)
        return {"sum": number}

    yield summed
    del DOING["sum"]


def test_what_waits_is_not_asked_for_twice() -> None:
    first, other = asked(), asked(2)
    assert asked().pk == first.pk
    assert [job.pk for job in open_jobs()] == [first.pk, other.pk]
    begun = begin(at=AT)
    assert begun == first
    assert asked().pk == first.pk
    finish(job=begun, outcome={}, at=AT)
    assert asked().pk not in {first.pk, other.pk}


def test_a_person_who_asks_is_in_the_journal_and_the_clock_is_not() -> None:
    job = asked()
    ask(kind="sum", subject="2", parameters={"number": 2}, at=AT)
    (entry,) = Entry.objects.all()
    assert (entry.act, entry.subject, entry.by) == ("jobs.asked", str(job.pk), "mei")
    assert entry.after == {"kind": "sum", "subject": "1", "number": 1}


def test_jobs_are_done_in_the_order_in_which_they_were_asked_for(
    sums: list[int], tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        asked(number)
    done = [do_next(tmp_path, clock()) for _ in range(4)]
    assert [job and job.parameters["number"] for job in done] == [1, 2, 3, None]
    assert {job.state for job in Job.objects.all()} == {"done"}
    assert len(sums) == 3


def test_what_came_of_it_and_how_long_each_step_took(sums: list[int], tmp_path: Path) -> None:
    asked()
    do_next(tmp_path, clock())
    job = Job.objects.get()
    assert (job.state, job.outcome, job.reason, job.attempts) == ("done", {"sum": 1}, "", 1)
    assert (job.step, job.done, job.of) == ("write", 0, 1)
    assert job.started_at == AT
    assert job.steps == [
        ("read", AT + SECOND, AT + 2 * SECOND),
        ("write", AT + 2 * SECOND, AT + 3 * SECOND),
    ]


def test_what_somebody_can_mend_is_told_as_it_was_said(sums: list[int], tmp_path: Path) -> None:
    asked(-1)
    do_next(tmp_path, clock())
    job = Job.objects.get()
    assert (job.state, job.reason) == ("refused", "Less than nothing; give more.")
    assert not job.is_open


def test_a_fault_of_the_program_ends_one_job_alone(
    sums: list[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(0)
    asked(1)
    do_next(tmp_path, clock())
    do_next(tmp_path, clock())
    failed, done = Job.objects.all()
    assert (failed.state, done.state) == ("failed", "done")
    assert failed.reason.startswith("This is a fault of the program;")
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_what_passes_by_itself_is_waited_for(sums: list[int], tmp_path: Path) -> None:
    asked(100)
    for _ in range(ATTEMPTS + 2):
        do_next(tmp_path, clock())
        job = Job.objects.get()
        assert (job.state, job.reason, job.attempts) == ("waiting", "Too much at once.", 0)


def test_one_process_at_a_time(sums: list[int], tmp_path: Path) -> None:
    asked()
    with (tmp_path / "jobs-lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert do_next(tmp_path, clock()) is None
    assert do_next(tmp_path, clock()) is not None


def test_a_job_whose_worker_died_is_begun_anew() -> None:
    job = running()
    tell(job=job, step="read", done=1, of=2, at=AT)
    for attempt in range(2, ATTEMPTS + 1):
        job = begin(at=AT + SECOND)  # type: ignore[assignment]  # one waits
        assert (job.state, job.attempts, job.log, job.step) == ("running", attempt, [], "")
    assert begin(at=AT + SECOND) is None
    job.refresh_from_db()
    assert (job.state, job.over_at) == ("failed", AT + SECOND)
    assert job.reason.startswith(f"Its worker was ended {ATTEMPTS} times")


def test_a_job_that_waits_is_ended_at_once() -> None:
    job = end(job=asked(), at=AT, by="li")
    assert (job.state, job.over_at) == ("ended", AT)
    assert begin(at=AT) is None
    entry = Entry.objects.get(act="jobs.ended")
    assert (entry.subject, entry.by) == (str(job.pk), "li")


def test_a_job_that_runs_is_ended_once_its_process_is() -> None:
    job = running()
    assert not is_ending(job)
    assert end(job=job, at=AT, by="li").state == "running"
    assert is_ending(job)
    assert begin(at=AT + SECOND) is None
    job.refresh_from_db()
    assert (job.state, job.over_at) == ("ended", AT + SECOND)


def test_what_is_over_cannot_be_ended() -> None:
    job = running()
    finish(job=job, outcome={}, at=AT)
    with pytest.raises(JobOver, match="is over, or counts already; nothing was changed"):
        end(job=job, at=AT, by="li")


def test_what_counts_already_is_not_ended_and_not_begun_anew() -> None:
    job = running()
    count(job=job, outcome={"sum": 1})
    with pytest.raises(JobOver):
        end(job=job, at=AT, by="li")
    assert not is_ending(job)
    assert begin(at=AT + SECOND) is None
    job.refresh_from_db()
    assert (job.state, job.outcome, job.over_at) == ("done", {"sum": 1}, AT + SECOND)


def test_what_is_ended_while_it_is_put_back_is_over() -> None:
    job = running()
    end(job=job, at=AT, by="li")
    assert put_back(job=job, reason="busy", at=AT).state == "ended"
    assert begin(at=AT) is None


def test_of_a_kind_and_subject_one_is_open() -> None:
    job = asked()
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="sum", subject="1", asked_by="li", asked_at=AT)
    end(job=job, at=AT, by="li")
    assert Job.objects.create(kind="sum", subject="1", asked_by="li", asked_at=AT).is_open


MAKES = {
    State.WAITING: lambda job: put_back(job=job, reason="", at=AT),
    State.DONE: lambda job: finish(job=job, outcome={}, at=AT),
    State.REFUSED: lambda job: refuse(job=job, reason="why", at=AT),
    State.FAILED: lambda job: fail(job=job, reason="why", at=AT),
}


@pytest.mark.parametrize("then", MAKES)
@pytest.mark.parametrize("now", State)
def test_every_pair_of_states(now: State, then: State) -> None:
    job = running()
    Job.objects.update(state=now.value)
    job.refresh_from_db()
    if then in MOVES[now]:
        assert MAKES[then](job).state == then
    else:
        with pytest.raises(RuntimeError, match=f"cannot become {then}"):
            MAKES[then](job)


def test_what_is_open() -> None:
    assert {State.WAITING, State.RUNNING} == OPEN
