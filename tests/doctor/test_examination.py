"""A bank's folder looked over: well, and with one thing after another broken in it."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from recobro.backups.record import Record, keep, last_backup_file
from recobro.doctor import lake
from recobro.doctor.diagnosis import Diagnosis, Verdict
from recobro.doctor.examination import examine
from recobro.runs.closes import published
from recobro.runs.operations import show
from recobro.runs.progress import silent
from tests.oracle.written import written
from tests.runs.bank import AT, Bank
from tests.runs.delivered import rows_of
from tests.runs.kept import Kept, kept

pytestmark = pytest.mark.django_db

BOOK = """
    2026-01-05 A owes 100.00
    2026-02-05 B owes 100.00
    2026-02-20 A pays 140.00 as p1
"""


def loaded_and_closed(bank: Bank) -> None:
    """Load a bank twice, and close a day."""
    bank.load(BOOK)
    bank.load(BOOK.replace("140.00", "90.00"))
    bank.close("2026-03-31")
    keep(last_backup_file(bank.home), Record(AT, AT, "elsewhere"))


@pytest.fixture(scope="module")
def once(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Kept:
    """Return that bank, made once."""
    return kept(tmp_path_factory.mktemp("once"), loaded_and_closed, django_db_blocker)


@pytest.fixture
def bank(once: Kept, tmp_path: Path, db: None) -> Bank:
    """Return that bank, with a home of its own."""
    return once.copied(tmp_path)


def found(bank: Bank, *, deep: bool = False) -> dict[str, Diagnosis]:
    """Return what is not well, by check."""
    every = examine(bank.home.path, at=AT, deep=deep, connect=lambda: None, progress=silent)
    return {one.check: one for one in every if one.verdict is not Verdict.WELL}


def checked(bank: Bank) -> list[str]:
    every = examine(bank.home.path, at=AT, deep=True, connect=lambda: None, progress=silent)
    return [one.check for one in every]


def test_a_bank_that_is_well(bank: Bank) -> None:
    assert found(bank, deep=True) == {}
    assert [one for one in checked(bank) if one != "postgresql"] == [
        "python",
        "packages",
        "Latin font",
        "Chinese font",
        "spark",
        "folder",
        "rights",
        "disk",
        "lock",
        "policy",
        "database",
        "lake",
        "loads",
        "closes",
        "shown",
        "left-overs",
        "backup",
    ]


def test_nothing_is_written(bank: Bank) -> None:
    before = {path: path.stat().st_mtime_ns for path in bank.home.path.rglob("*")}
    found(bank, deep=True)
    assert {path: path.stat().st_mtime_ns for path in bank.home.path.rglob("*")} == before


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    home = tmp_path / "none"
    every = examine(home, at=AT, deep=False, connect=lambda: None, progress=silent)
    last = [*every][-1]
    assert (last.check, last.verdict) == ("folder", Verdict.SEE_TO)
    assert not home.exists()


def test_a_database_that_does_not_answer(bank: Bank) -> None:
    def gone() -> None:
        raise ConnectionError("no such host")  # noqa: EM101, TRY003 - as a driver words it

    *_, last = examine(bank.home.path, at=AT, deep=False, connect=gone, progress=silent)
    assert (last.check, last.verdict) == ("database", Verdict.BROKEN)
    assert last.says == "It cannot be opened: no such host"


def test_a_policy_that_is_refused(bank: Bank) -> None:
    bank.home.policy_file.write_text("[overdue]\ngrace_day = 3\n", encoding="utf-8")
    wrong = found(bank)
    assert wrong.keys() == {"policy"}
    assert wrong["policy"].verdict is Verdict.BROKEN
    assert wrong["policy"].says.endswith("perhaps meant: overdue.grace_days")


def old_payments(bank: Bank) -> Path:
    """Return the file of payments that only the facts of load 1 need."""
    lake = bank.home.lake
    (file,) = {*lake.rows("payments", 0)} - {*lake.rows("payments", 1)}
    return file


def drop(file: Path) -> None:
    file.unlink()


def tear(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100])


def shorten(file: Path) -> None:
    pq.write_table(pq.read_table(file).slice(0, 0), file)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (drop, "is missing"),
        (tear, "cannot be read"),
        (shorten, "has 0 rows, Delta says 1"),
    ],
)
def test_a_file_of_an_old_version(bank: Bank, harm: Callable[[Path], None], said: str) -> None:
    file = old_payments(bank)
    harm(file)
    wrong = found(bank)
    assert wrong.keys() == {"lake"}
    assert wrong["lake"].verdict is Verdict.BROKEN
    assert wrong["lake"].says == f"payments/{file.name} {said}; the facts after load 1 need it."


def test_many_damaged_files_are_counted(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake, "SHOWN", 0)
    drop(old_payments(bank))
    assert found(bank)["lake"].says == "1 more files are damaged."


def test_a_table_without_its_log(bank: Bank) -> None:
    shutil.rmtree(bank.home.lake.folder("payments") / "_delta_log")
    wrong = found(bank)
    assert wrong["lake"].says == "Version 1 of payments cannot be opened."


def test_findings_that_are_gone(bank: Bank) -> None:
    bank.home.findings_file(2).unlink()
    wrong = found(bank)
    assert {name: one.verdict for name, one in wrong.items()} == {"loads": Verdict.SEE_TO}
    assert wrong["loads"].says == "The findings of load 2 are missing or not all there."


@pytest.mark.parametrize("harm", [drop, tear])
def test_touched_loans_that_are_gone(bank: Bank, harm: Callable[[Path], None]) -> None:
    """Nothing asks for them after load 2, which was full: every loan was settled anew."""
    rows = rows_of(written(BOOK.replace("140.00", "80.00")))
    bank.load({"payments": rows["payments"]}, kind="delta")
    harm(bank.home.touched_file(2))
    assert found(bank) == {}
    harm(bank.home.touched_file(3))
    wrong = found(bank)
    assert {name: one.verdict for name, one in wrong.items()} == {"loads": Verdict.SEE_TO}
    assert wrong["loads"].says == "Which loans load 3 touched is not known."


def test_what_a_shown_row_refers_to_is_gone(bank: Bank) -> None:
    """The database does not watch over it: the rows are written in bulk."""
    bank.close("2026-04-30")
    show(home=bank.home, at=AT)
    assert found(bank) == {}
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM book_borrower")
    wrong = found(bank)
    assert wrong.keys() == {"shown"}
    assert wrong["shown"].says.endswith(
        "2 of loans whose borrower is missing; 4 of standings whose borrower is missing; "
        "2 of findables whose borrower is missing."
    )


def test_a_close_without_a_file(bank: Bank) -> None:
    close = bank.close("2026-04-30")
    (file,) = published(bank.home, close, "figures")
    file.unlink()
    wrong = found(bank)
    assert wrong.keys() == {"closes"}
    assert wrong["closes"].says == (
        f"The close of 2026-04-30 in {close.folder} is not as published: "
        "files of figures are missing or cannot be read."
    )


def test_a_close_of_facts_that_nobody_knows(bank: Bank) -> None:
    close = bank.close("2026-04-30")
    close.facts_version = 7
    close.save()
    assert found(bank)["closes"].says.endswith(
        "is not as published: load 7, on whose facts it rests, is not in the database."
    )


def test_a_close_with_another_amount_is_seen_by_its_fingerprint(bank: Bank) -> None:
    close = bank.close("2026-04-30")
    (file,) = published(bank.home, close, "standings")
    rows = pq.read_table(file)
    place = rows.schema.get_field_index("overdue_amount")
    other = pa.array([value.as_py() + 1 for value in rows["overdue_amount"]], pa.int64())
    pq.write_table(rows.set_column(place, rows.schema.field(place), other), file)
    assert found(bank) == {}
    wrong = found(bank, deep=True)
    assert {name: one.verdict for name, one in wrong.items()} == {"closes": Verdict.BROKEN}
    assert f"it was published as {close.fingerprint}" in wrong["closes"].says


def test_a_fingerprint_of_another_engine_is_not_compared(bank: Bank) -> None:
    close = bank.close("2026-04-30")
    close.fingerprint = "v0.1-00"
    close.save()
    assert found(bank, deep=True) == {}


def test_what_killed_runs_left(bank: Bank) -> None:
    home = bank.home
    left = [
        home.path / "scratch",
        home.path / "loads" / "000003",
        home.path / "closes" / "2026-03-31" / "20260401T000000000000",
    ]
    for folder in left:
        folder.mkdir()
    shutil.copy(old_payments(bank), home.lake.folder("payments") / "half.parquet")
    every = examine(home.path, at=AT, deep=False, connect=lambda: None, progress=silent)
    said = [one.says for one in every if one.check == "left-overs"]
    assert said == [
        "A run that was ended left scratch.",
        "A run that was ended left lake/payments/half.parquet.",
        "A run that was ended left loads/000003.",
        "A run that was ended left closes/2026-03-31/20260401T000000000000.",
    ]
    with home.writing("a load"):
        assert found(bank) == {}


def test_who_is_at_work(bank: Bank) -> None:
    assert bank.home.holder() is None
    with bank.home.writing("a load"):
        assert bank.home.holder() == f"a load (process {os.getpid()})"
