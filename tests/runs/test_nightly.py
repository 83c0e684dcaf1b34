"""The nightly close finds what is due, also after days that nobody was there for."""

import os
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from recobro.book.models import Close
from recobro.journal.models import Entry
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import begin, end, refuse
from recobro.office.jobs.tasks import do_next
from recobro.runs.inbox import MappingUnknown, inbox
from recobro.runs.models import Load
from recobro.runs.nightly import days_due, latest_due, next_run
from recobro.runs.operations.asking import (
    DayToCome,
    DayTooEarly,
    KindUnsaid,
    ask_for_close,
    ask_for_load,
)
from recobro.runs.operations.nightly import Settings, ask_for_due, set_nightly
from recobro.runs.queries import nightly
from tests.oracle.written import written
from tests.runs.bank import AT, Bank
from tests.runs.delivered import rows_of, write

pytestmark = pytest.mark.django_db
ON = Settings(on=True, after=time(2), zone="UTC", loads=True, kind="full")
DAY = timedelta(days=1)
BOOK = "2026-01-05 A owes 100.00"


@pytest.mark.parametrize(
    ("at", "zone", "latest", "following"),
    [
        ("2026-07-02T01:59:59+00:00", "UTC", "2026-06-30", "2026-07-02T02:00:00+00:00"),
        ("2026-07-02T02:00:00+00:00", "UTC", "2026-07-01", "2026-07-03T02:00:00+00:00"),
        ("2026-07-01T18:30:00+00:00", "Asia/Shanghai", "2026-07-01", "2026-07-03T02:00:00+08:00"),
        ("2026-07-01T17:30:00+00:00", "Asia/Shanghai", "2026-06-30", "2026-07-02T02:00:00+08:00"),
        ("2026-03-29T01:30:00+00:00", "Europe/Madrid", "2026-03-28", "2026-03-30T02:00:00+02:00"),
    ],
)
def test_when_it_comes(at: str, zone: str, latest: str, following: str) -> None:
    """By the clock of the bank; in Madrid that night had no two o'clock."""
    now = datetime.fromisoformat(at)
    assert str(latest_due(at=now, after=time(2), zone=zone)) == latest
    assert next_run(at=now, after=time(2), zone=zone).isoformat() == following


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        ("2026-06-29", ["2026-06-30"]),
        ("2026-06-27", ["2026-06-28", "2026-06-29", "2026-06-30"]),
        ("2026-06-30", []),
        ("2026-07-05", []),
        (None, ["2026-06-30"]),
    ],
)
def test_which_days_follow(closed: str | None, expected: list[str]) -> None:
    day = date.fromisoformat(closed) if closed else None
    found = days_due(last=date(2026, 6, 30), closed=day)
    assert [str(each) for each in found] == expected


def test_of_a_long_gap_the_month_ends_and_the_last_days() -> None:
    found = days_due(last=date(2026, 6, 30), closed=date(2026, 1, 15))
    ends = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert found[:5] == [*ends, date(2026, 5, 31)]
    assert found[4:] == [date(2026, 5, 31) + back * DAY for back in range(31)]


def of(path: Path, *, hours: float) -> None:
    """Let a file be so many hours old."""
    then = AT.timestamp() - hours * 3600
    os.utime(path, (then, then))


def lay(bank: Bank, name: str, rows: str = BOOK) -> Path:
    """Put a delivery into the inbox, an hour old."""
    path = write(inbox(bank.home) / name, rows_of(written(rows)))
    for each in (path, *path.iterdir()):
        of(each, hours=1)
    return path


def set_on(bank: Bank, settings: Settings = ON) -> None:
    set_nightly(home=bank.home, settings=settings, by="mei", at=AT)


def due(bank: Bank, at: datetime = AT) -> list[str]:
    """Return what is asked for of itself, as kind and subject."""
    return [f"{job.kind} {job.subject}" for job in ask_for_due(home=bank.home, at=at)]


def do_all(bank: Bank) -> list[str]:
    """Do all jobs that wait; return the state of each."""
    states = []
    while job := do_next(bank.home.path, lambda: datetime.now(tz=UTC)):
        states.append(job.state)
    return states


def test_it_is_off_until_somebody_says_otherwise(bank: Bank) -> None:
    lay(bank, "full")
    assert not nightly().on
    assert due(bank) == []


def test_who_sets_it_is_in_the_journal(bank: Bank) -> None:
    set_on(bank)
    entry = Entry.objects.get()
    assert (entry.act, entry.by) == ("jobs.nightly-set", "mei")
    assert entry.before is not None
    assert (entry.before["on"], entry.after) == (
        False,
        {"on": True, "after": "02:00", "zone": "UTC", "loads": True, "kind": "full", "mapping": ""},
    )
    assert nightly().on


def test_a_mapping_that_there_is_not_is_refused(bank: Bank) -> None:
    with pytest.raises(MappingUnknown):
        set_on(
            bank, Settings(on=True, after=time(2), zone="UTC", loads=True, kind="full", mapping="x")
        )
    assert not nightly().on


def test_a_night(bank: Bank) -> None:
    """What was delivered is loaded and the day closed, by itself; then nothing is due any more."""
    lay(bank, "2026-06-30 full")
    set_on(bank)
    assert due(bank) == ["load 2026-06-30 full"]
    assert due(bank) == []
    assert do_all(bank) == ["done"]
    assert due(bank) == ["close 2026-06-30"]
    assert do_all(bank) == ["done"]
    assert due(bank) == []
    (close,) = Close.objects.all()
    assert close.as_of == date(2026, 6, 30)
    assert close.shown_at is not None
    assert [job.asked_by for job in Job.objects.all()] == ["recobro"] * 2


def test_days_that_nobody_was_there_for_are_caught_up_with(bank: Bank) -> None:
    bank.load(BOOK, delivered_on=date(2026, 6, 27))
    bank.close("2026-06-27")
    set_on(bank)
    assert due(bank) == []
    bank.load("2026-01-05 A owes 200.00", delivered_on=date(2026, 6, 30))
    assert due(bank) == ["close 2026-06-28", "close 2026-06-29", "close 2026-06-30"]
    assert do_all(bank) == ["done"] * 3
    assert due(bank) == []


def test_a_delivery_that_is_still_written_is_left_alone(bank: Bank) -> None:
    path = lay(bank, "full")
    set_on(bank)
    of(path / "loans.csv", hours=0)
    assert due(bank) == []
    assert due(bank, AT + timedelta(minutes=2)) == ["load full"]


def test_a_delivery_that_is_refused_is_tried_again_once_it_is_another(bank: Bank) -> None:
    path = lay(bank, "full")
    (path / "loans.csv").write_text("nothing\n1\n", encoding="utf-8")
    of(path / "loans.csv", hours=1)
    set_on(bank)
    assert due(bank) == ["load full"]
    assert do_all(bank) == ["refused"]
    assert path.exists()
    assert due(bank) == []
    shutil.rmtree(path)
    lay(bank, "full")
    for each in path.iterdir():
        of(each, hours=0.5)
    assert due(bank) == ["load full"]
    assert do_all(bank) == ["done"]
    assert not path.exists()


def test_a_day_that_was_refused_is_tried_again_after_a_load(bank: Bank) -> None:
    bank.load(BOOK, delivered_on=date(2026, 6, 30))
    bank.close("2026-06-29")
    set_on(bank)
    at = datetime.now(tz=UTC)
    Load.objects.update(finished_at=at)
    assert due(bank, at + timedelta(minutes=1)) == ["close 2026-06-30"]
    job = begin(at=at)
    assert job is not None
    refuse(job=job, reason="why", at=at)
    assert due(bank, at + timedelta(minutes=2)) == []
    Load.objects.update(finished_at=at + timedelta(minutes=3))
    assert due(bank, at + timedelta(minutes=4)) == ["close 2026-06-30"]


def test_the_inbox_is_left_alone_where_it_is_to_be(bank: Bank) -> None:
    lay(bank, "full")
    set_on(bank, replace(ON, loads=False))
    assert due(bank) == []


def test_a_day_that_was_refused_is_not_passed_over_by_later_ones(bank: Bank) -> None:
    bank.load(BOOK, delivered_on=date(2026, 6, 30))
    bank.close("2026-06-28")
    set_on(bank)
    assert due(bank) == ["close 2026-06-29", "close 2026-06-30"]
    job = begin(at=AT)
    assert job is not None
    refuse(job=job, reason="why", at=AT)
    assert do_all(bank) == ["done"]
    bank.load("2026-01-05 A owes 200.00", delivered_on=date(2026, 6, 30))
    assert due(bank, datetime.now(tz=UTC)) == ["close 2026-06-29"]
    assert do_all(bank) == ["done"]
    assert due(bank, datetime.now(tz=UTC)) == []


def test_a_delivery_that_is_refused_holds_up_those_behind_it(bank: Bank) -> None:
    first = lay(bank, "2026-06-28 full")
    (first / "loans.csv").write_text("nothing\n1\n", encoding="utf-8")
    of(first / "loans.csv", hours=1)
    lay(bank, "2026-06-29 full")
    set_on(bank)
    assert due(bank) == ["load 2026-06-28 full"]
    assert do_all(bank) == ["refused"]
    assert due(bank) == []
    shutil.rmtree(first)
    assert due(bank) == ["load 2026-06-29 full"]


def test_one_that_is_older_than_the_book_is_for_a_person(bank: Bank) -> None:
    bank.load(BOOK, delivered_on=date(2026, 6, 30))
    bank.close("2026-06-30")
    set_on(bank)
    lay(bank, "2026-06-29 full")
    assert due(bank) == []


def test_figures_of_no_day_close_nothing(bank: Bank) -> None:
    bank.load(BOOK)
    Load.objects.update(delivered_on=None)
    bank.close("2026-06-28")
    set_on(bank)
    assert due(bank) == []


def test_what_was_loaded_by_hand_and_ended_is_not_begun_by_itself(bank: Bank) -> None:
    lay(bank, "2026-06-30 delta")
    job = ask_for_load(home=bank.home, delivery="2026-06-30 delta", at=AT, by="mei")
    assert job.parameters["kind"] == "delta"
    assert job.parameters["delivered_on"] == "2026-06-30"
    set_on(bank)
    assert [each.pk for each in ask_for_due(home=bank.home, at=AT)] == []
    end(job=job, at=AT, by="mei")
    assert due(bank) == []


def test_a_delivery_that_changes_before_its_load_is_refused(bank: Bank) -> None:
    path = lay(bank, "full")
    ask_for_load(home=bank.home, delivery="full", at=AT, by="mei")
    of(path / "loans.csv", hours=0)
    assert do_all(bank) == ["refused"]
    assert "has changed since it was asked for" in Job.objects.get().reason
    assert Load.objects.count() == 0


def test_a_load_that_says_neither_kind_is_refused(bank: Bank) -> None:
    lay(bank, "June")
    with pytest.raises(KindUnsaid, match="says neither full nor delta; nothing was started"):
        ask_for_load(home=bank.home, delivery="June", at=AT, by="mei")


@pytest.mark.parametrize(
    ("on", "refusal"),
    [(date(1899, 12, 31), DayTooEarly), (AT.date(), DayToCome), (date(9999, 12, 31), DayToCome)],
)
def test_a_day_that_cannot_be_closed(on: date, refusal: type[Exception], bank: Bank) -> None:
    with pytest.raises(refusal, match="nothing was started"):
        ask_for_close(on=on, at=AT)
    assert ask_for_close(on=AT.date() - DAY, at=AT).state == "waiting"


def test_today_is_that_of_the_bank(bank: Bank) -> None:
    """In Shanghai the first of July has begun at 16:00 UTC."""
    set_on(bank, replace(ON, zone="Asia/Shanghai"))
    night = datetime(2026, 6, 30, 17, tzinfo=UTC)
    assert ask_for_close(on=date(2026, 6, 30), at=night).subject == "2026-06-30"
