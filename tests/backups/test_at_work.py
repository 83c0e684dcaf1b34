"""Backups that are made while people decide, the journal is sealed and the book is loaded.

Each of them is a process of its own. What is restored must be the bank as it was at one moment.
"""

import os
import sqlite3
import time as clock
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import django
import pytest

from recobro.policy import preset
from tests.oracle.written import written
from tests.runs.apart import FORKS, PATIENCE, Apart
from tests.runs.delivered import rows_of, write

BOOK = """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00 as p1
    2026-01-05 B owes 100.00
"""
DAY = date(2026, 3, 31)
AT_LEAST = 4
"""Backups that are made, and more until the load has ended."""

RESTORED = 3
"""Of the backups, about, and the last."""
MINUTES = 24 * 60

Work = Callable[[Path, Connection], Any]


def opened(home: Path, work: Work, told: Connection) -> None:
    """Do some work in a process of its own, with the database of a home; tell what it returns."""
    os.environ.pop("DATABASE_URL", None)
    os.environ["RECOBRO_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "recobro.config.settings"
    os.umask(0o077)
    django.setup()
    told.send(work(home, told))


def begin(home: Path, work: Work) -> Connection:
    """Begin some work; what is sent to it tells it to end."""
    ours, theirs = FORKS.Pipe()
    process = FORKS.Process(target=opened, args=(home, work, theirs), daemon=True)
    process.start()
    theirs.close()
    return ours


def done(working: Connection) -> Any:
    """Wait for the end of some work, and return what it tells."""
    assert working.poll(PATIENCE)
    return working.recv()


def decide(home: Path, told: Connection) -> int:
    """Decide one thing after the other; the row and its entry are of one transaction."""
    from recobro.runs.home import Home  # noqa: PLC0415 - needs Django's settings
    from recobro.runs.operations.nightly import Settings, set_nightly  # noqa: PLC0415 - the same

    number = 0
    while not told.poll():
        number += 1
        after = time(number // 60 % 24, number % 60)
        chosen = Settings(on=False, after=after, zone="UTC", loads=True, kind="full")
        set_nightly(home=Home(home), settings=chosen, by="risk", at=datetime.now(tz=UTC))
    return number


def seal(home: Path, told: Connection) -> int:
    """Seal the journal again and again."""
    from recobro.journal import operations  # noqa: PLC0415 - needs Django's settings
    from recobro.journal.seals import key_of, seal_folder  # noqa: PLC0415 - the same

    made = 0
    while not told.poll(0.05):
        key = key_of(home, made=made > 0)
        sealed = operations.seal(folder=seal_folder(home), key=key, at=datetime.now(tz=UTC))
        made = sealed.number if sealed else made
    return made


def deliver(home: Path, told: Connection) -> tuple[int, str]:
    """Load a delta; return the number of the load, and what the day's close then gives."""
    from recobro.runs import operations  # noqa: PLC0415 - needs Django's settings
    from recobro.runs.home import Home  # noqa: PLC0415 - the same

    del told
    at, rows = datetime.now(tz=UTC), rows_of(written(BOOK))
    delta = write(home.parent / "delta", {"payments": [rows["payments"][0] | {"amount": "70.00"}]})
    bank = Home(home)
    load = operations.load(home=bank, path=delta, kind="delta", at=at, policy=preset("cn"))
    assert load is not None
    close = operations.close(home=bank, on=DAY, policy=preset("cn"), at=at)
    return load.number, close.fingerprint


def back_up(home: Path, told: Connection) -> list[Path]:
    """Make one backup after the other until it is told to end; return their folders."""
    from recobro.backups import operations  # noqa: PLC0415 - needs Django's settings
    from recobro.runs.home import Home  # noqa: PLC0415 - the same

    made: list[Path] = []
    while len(made) < AT_LEAST or not told.poll():
        at = datetime(2026, 7, 1, tzinfo=UTC) + timedelta(seconds=len(made))
        made.append(operations.backup(home=Home(home), to=home.parent / "store", at=at).folder)
    return made


def restored(home: Path, told: Connection) -> dict[str, Any]:
    """Restore the backup that is named, and tell what it is like."""
    from recobro.backups import operations  # noqa: PLC0415 - needs Django's settings
    from recobro.doctor.diagnosis import Verdict  # noqa: PLC0415 - the same
    from recobro.doctor.examination import examine  # noqa: PLC0415 - the same
    from recobro.journal.models import Entry  # noqa: PLC0415 - the same
    from recobro.journal.queries import verify  # noqa: PLC0415 - the same
    from recobro.journal.seals import key_of, seal_folder  # noqa: PLC0415 - the same
    from recobro.runs.home import Home  # noqa: PLC0415 - the same
    from recobro.runs.models import Load, Nightly  # noqa: PLC0415 - the same
    from recobro.runs.operations import close  # noqa: PLC0415 - the same
    from recobro.runs.progress import silent  # noqa: PLC0415 - the same

    at = datetime.now(tz=UTC)
    folder, key = told.recv()
    bank = Home(home)
    operations.restore(backup=folder, home=bank, at=at, key=key)
    found = examine(home, at=at, deep=True, connect=lambda: None, progress=silent)
    wrong = [one.says for one in found if one.verdict is not Verdict.WELL]
    proof = verify(folder=seal_folder(home), key=key_of(home, made=True))
    decided = Entry.objects.filter(act="jobs.nightly-set").order_by("position")
    numbers = [_number(entry.after or {}) for entry in decided]
    row = Nightly.objects.get().after
    return {
        "wrong": wrong,
        "breaks": proof.breaks,
        "gapless": numbers == [n % MINUTES for n in range(1, len(numbers) + 1)],
        "row fits entry": numbers[-1] == _number({"after": str(row)}),
        "decisions": len(numbers),
        "load": Load.objects.order_by("number").values_list("number", flat=True).last(),
        "fingerprint": close(home=bank, on=DAY, policy=preset("cn"), at=at).fingerprint,
    }


def _number(after: Mapping[str, str]) -> int:
    """Return which decision chose a time of the day."""
    chosen = time.fromisoformat(after["after"])
    return chosen.hour * 60 + chosen.minute


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return the home of a bank that has loaded and closed."""
    whole = write(tmp_path / "whole", rows_of(written(BOOK)))
    bank = Apart(tmp_path / "home", whole, "full", DAY)
    bank.home.mkdir()
    assert [bank.run(what).code for what in ("load", "close")] == [0, 0]
    return bank.home


def copied_and_asked(home: Path, told: Connection) -> tuple[int, int]:
    """Copy the database, and ask it when others have gone on: how many entries each has."""
    from recobro.backups import database  # noqa: PLC0415 - needs Django's settings
    from recobro.journal.models import Entry  # noqa: PLC0415 - the same

    with database.still():
        file = database.dump(home.parent)
        told.send("copied")
        told.recv()
        asked = Entry.objects.count()
    with closing(sqlite3.connect(file)) as kept:
        (copied,) = kept.execute(f"SELECT count(*) FROM {Entry._meta.db_table}").fetchone()
    return copied, asked


def test_what_is_asked_after_the_copy_is_of_its_moment(home: Path) -> None:
    copying, deciding = begin(home, copied_and_asked), begin(home, decide)
    assert done(copying) == "copied"
    clock.sleep(0.5)
    deciding.send("end")
    assert done(deciding) > 1
    copying.send("go on")
    copied, asked = done(copying)
    assert copied == asked


def test_each_is_the_bank_of_one_moment(home: Path, tmp_path: Path) -> None:
    """Whoever decides goes on, and the delta is loaded and closed on; before or after it."""
    people = [begin(home, work) for work in (decide, seal)]
    while not list((home / "seals").glob("*.json")):
        clock.sleep(0.05)
    backing = begin(home, back_up)
    number, after = done(begin(home, deliver))
    for each in (backing, *people):
        each.send("end")
    folders = done(backing)
    decisions, seals = (done(each) for each in people)
    banks = []
    for place, folder in enumerate([*folders[:: len(folders) // RESTORED or 1], folders[-1]]):
        work = begin(tmp_path / f"new-{place}", restored)
        work.send((folder, home / "journal-key"))
        banks.append(done(work))
    assert [bank["wrong"] + bank["breaks"] for bank in banks] == [[]] * len(banks)
    assert all(bank["gapless"] and bank["row fits entry"] for bank in banks)
    counts = [bank["decisions"] for bank in banks]
    assert counts == sorted(counts)
    assert 0 < counts[0] < counts[-1] <= decisions
    assert seals > 1
    (first, *_) = banks
    before = first["fingerprint"]
    assert before != after
    assert {(bank["load"], bank["fingerprint"]) for bank in banks} <= {(1, before), (number, after)}
