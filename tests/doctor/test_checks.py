"""Single checks that a bank which is well does not show."""

import os
import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from recobro.backups.record import Record, keep, last_backup_file, restored_file
from recobro.doctor import backup, database, folder, fonts, rights, spark
from recobro.doctor.diagnosis import Verdict
from recobro.reports.render.fonts import VARIABLE
from recobro.runs.home import Home
from recobro.runs.java import java_missing
from recobro.runs.models import Load
from tests.doctor.installed import only
from tests.runs.bank import AT

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - the shape of shutil's own


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def nothing() -> None:
    """Connect to the database that is connected already."""


@pytest.mark.django_db
def test_a_database_of_another_shape() -> None:
    assert database.database(nothing).verdict is Verdict.WELL
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("runs", "0005_nightly")
    behind = database.database(nothing)
    assert (behind.verdict, behind.says) == (
        Verdict.SEE_TO,
        "Changes of this Recobro are not made in its tables yet: runs.0005_nightly.",
    )
    recorder.record_applied("runs", "0005_nightly")
    recorder.record_applied("runs", "9999_future")
    ahead = database.database(nothing)
    assert (ahead.verdict, ahead.says) == (
        Verdict.BROKEN,
        "It was brought up to date by a newer Recobro (runs.9999_future).",
    )


def test_a_full_disk(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 1 << 40, 100 << 20))
    found = folder.room(home)
    assert (found.verdict, found.says) == (
        Verdict.SEE_TO,
        "100.0 MiB free, the book takes 0.0 MiB",
    )
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 0, 1 << 40))
    found = folder.room(home)
    assert (found.verdict, found.says) == (
        Verdict.WELL,
        "1,024.0 GiB free, the book takes 0.0 MiB",
    )


def test_a_folder_that_others_look_into(home: Home) -> None:
    """Nobody but its user; then the group, as the workers of a cluster may need it."""
    assert rights.rights(home).verdict is Verdict.WELL
    home.path.chmod(0o750)
    found = rights.rights(home)
    assert (found.verdict, found.says) == (
        Verdict.SEE_TO,
        f"Other users of this machine get into {home.path} (drwxr-x---).",
    )
    home.path.chmod(0o700)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "bank").touch()
    assert folder.exists(Home(tmp_path / "bank")).verdict is Verdict.BROKEN


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    assert folder.exists(Home(tmp_path)).verdict is Verdict.BROKEN
    tmp_path.chmod(0o755)


def test_a_folder_without_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    found = list(fonts.letters())
    assert [(one.check, one.verdict) for one in found] == [
        ("Latin font", Verdict.SEE_TO),
        ("Chinese font", Verdict.SEE_TO),
    ]
    assert all(one.remedy == fonts.REMEDY for one in found)


def test_letters_that_no_font_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "CHINESE", "\U0010fffd")
    _, chinese = fonts.letters()
    assert (chinese.verdict, chinese.says) == (
        Verdict.SEE_TO,
        "No font at hand writes \U0010fffd: no such PDF is printed.",
    )


def test_spark_is_optional(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, tmp_path)
    found = spark.spark()
    assert (found.verdict, found.says) == (
        Verdict.WELL,
        "not installed; DuckDB closes the book (Spark is for very large ones)",
    )


def test_a_spark_that_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, tmp_path, pyspark="3.5.0")
    found = spark.spark()
    assert (found.verdict, found.says, found.remedy) == (
        Verdict.SEE_TO,
        "pyspark is 3.5.0; Recobro needs <5,>=4.",
        "pip install 'recobro[spark]'",
    )


def test_spark_without_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, tmp_path, pyspark="4.0.1")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    found = spark.spark()
    assert (found.verdict, found.says) == (Verdict.SEE_TO, str(java_missing()))
    assert found.says.startswith("Spark needs Java 17 or later, and there is none in ")


def test_spark_with_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, tmp_path, pyspark="4.0.1")
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"17.0.9\"' >&2\n", encoding="utf-8")
    java.chmod(0o700)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    found = spark.spark()
    assert (found.verdict, found.says) == (Verdict.WELL, "pyspark 4.0.1 with Java")


@pytest.mark.django_db
def test_when_the_last_backup_was_made(home: Home) -> None:
    """Nothing to keep; nothing made; restored; made; made more than a week ago."""
    at = datetime(2026, 7, 1, 3, tzinfo=UTC)
    found = [backup.backup(home, at)]
    load_nothing(at)
    found.append(backup.backup(home, at))
    keep(restored_file(home), Record(at, at - timedelta(days=30), "old/store"))
    found.append(backup.backup(home, at))
    keep(last_backup_file(home), Record(at, at, "store"))
    found.append(backup.backup(home, at + timedelta(days=7)))
    found.append(backup.backup(home, at + timedelta(days=8)))
    whence = "restored 2026-07-01 03:00 UTC as it was 2026-06-01 03:00 UTC, from old/store"
    made = f"{whence}. made 2026-07-01 03:00 UTC in store"
    assert [(one.verdict, one.says) for one in found] == [
        (Verdict.WELL, "nothing to keep yet"),
        (Verdict.SEE_TO, "None was made yet."),
        (Verdict.WELL, whence),
        (Verdict.WELL, made),
        (Verdict.SEE_TO, f"{made}."),
    ]


@pytest.mark.django_db
def test_a_record_that_cannot_be_read_is_none(home: Home) -> None:
    for text in ("{", "{}", '{"at": 1}', "[]"):
        last_backup_file(home).write_text(text, encoding="utf-8")
        assert backup.backup(home, AT).says == "nothing to keep yet"


def load_nothing(at: datetime) -> None:
    Load(
        number=1,
        started_at=at,
        finished_at=at,
        versions={},
        tables={},
        findings={},
        last_loan_no=0,
        touches_all=True,
    ).save()
