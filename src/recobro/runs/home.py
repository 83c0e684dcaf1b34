"""The bank's folder: where everything lies, and one writer at a time."""

import errno
import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
)

from recobro.lake import Lake, secure
from recobro.policy import Policy, preset, read
from recobro.terms.refusal import Phrase, Refusal

_UNUSABLE = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS),
    *(errno.EACCES, errno.EPERM, errno.ENOTDIR),
}
"""What the system says of a disk that is full or broken, and of a folder that is not ours."""

_OF_A_BANK = {"recobro.sqlite3", "lock", "policy.toml", "secret-key", "inbox"}
"""One of these every folder of a bank has that is not empty."""

_ESCAPED = re.compile("%[0-9A-Fa-f]{2}")
"""What the lake's format takes for another sign in the name of a folder."""

_OF_A_DISK = {"lost+found"}
"""What a disk of its own brings along."""

_READING = ".reading-"
_A_DAY = 24 * 60 * 60
"""Seconds."""

_SQLITE_UNUSABLE = ("disk is full", "disk I/O error", "readonly database", "unable to open")


_DATABASE_UNUSABLE = {DatabaseError, InterfaceError, OperationalError, ProgrammingError}
"""Among them no file of a database, no server, no right to make tables; not what breaks a rule."""


_RUNS = ("a load", "a close", "a compaction", "a backup")
"""What a lock says of the run that holds it."""

_HELD = re.compile(r"(.+) \(process (\d+)\)")


class HomeBusy(Refusal):
    """Another load or close is at work in the same home."""

    says = (
        "{holder} is at work in {home}; nothing was changed. Wait until it has ended, then try "
        "again."
    )

    def __init__(self, home: Path, holder: str) -> None:
        super().__init__(holder=_run(holder), home=home)


def _run(holder: str) -> str:
    """Return who is at work, by what the lock says."""
    found = _HELD.fullmatch(holder)
    if found and found[1] in _RUNS:
        return Phrase("{run} (process {process})", run=Phrase(found[1]), process=found[2])
    return holder or Phrase("another run")


class HomeUnusable(Refusal):
    """The folder cannot be written to, or its disk is full."""

    says = (
        "{home} cannot be used: {reason}. Nothing was changed. Name another folder with --home, "
        "give this user the right to write there, or free space on its disk."
    )

    def __init__(self, home: Path, reason: str) -> None:
        super().__init__(home=home, reason=reason)


class DatabaseUnusable(Refusal):
    """The database does not answer, or not as it must."""

    says = (
        "The database {where} cannot be used: {reason}. What was not finished does not count. See "
        "that it runs and that DATABASE_URL names it, then try again."
    )

    def __init__(self, settings: Mapping[str, Any], reason: str) -> None:
        name, host, port = (str(settings[part]) for part in ("NAME", "HOST", "PORT"))
        where = f"{name} at {host}:{port}" if host and port else name
        password = str(settings["PASSWORD"] or "")
        told = " ".join((reason.replace(password, "…") if password else reason).split())
        super().__init__(where=where, reason=told.rstrip("."))


@dataclass(frozen=True)
class Home:
    """A bank's folder with its policy, database, lake, loads and closes."""

    path: Path

    @cached_property
    def lake(self) -> Lake:
        """The book at rest."""
        return Lake(self.path / "lake")

    @property
    def policy_file(self) -> Path:
        """The bank's own policy; the cn preset where there is none."""
        return self.path / "policy.toml"

    @property
    def closes(self) -> Path:
        """The folder of the closes, one a day and in it one a run."""
        return self.path / "closes"

    @property
    def unfinished(self) -> Path:
        """The mark of a run that is changing the lake; where it stays, that run was ended."""
        return self.path / "unfinished"

    def begin(self, last: int) -> None:
        """Mark that a run changes the lake, and which load (0: none) it found as the last.

        So a database that knows less than the run did is told from the book's own.
        """
        self.unfinished.write_text(str(last), encoding="ascii")
        secure([self.unfinished], below=self.path)

    def begun_after(self) -> int | None:
        """Return which load an ended run found as the last; None where no run was ended."""
        try:
            told = self.unfinished.read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        return int(told) if told.isdigit() else 0

    @property
    def restoring(self) -> Path:
        """The mark of a restore into the folder; where it stays, the folder is no whole bank."""
        return self.path / "restoring"

    @property
    def scratch(self) -> Path:
        """The folder of the run that is at work; where it stays, that run was ended."""
        return self.path / "scratch"

    def policy(self, file: Path | None = None) -> Policy:
        """Read a policy file: the one named, else the bank's, else the cn preset."""
        if file is not None:
            return read(file)
        return read(self.policy_file) if self.policy_file.exists() else preset("cn")

    def load_folder(self, number: int) -> Path:
        """Return the folder that keeps a load's findings, and which loans it touched."""
        return self.path / "loads" / f"{number:06}"

    def findings_file(self, number: int) -> Path:
        """Return the Parquet file of a load's findings."""
        return self.load_folder(number) / "findings.parquet"

    def touched_file(self, number: int) -> Path:
        """Return the Parquet file of the loans whose settlement a load changed."""
        return self.load_folder(number) / "touched.parquet"

    def holder(self) -> str | None:
        """Return which run is at work in the home; nothing where none is."""
        try:
            with (self.path / "lock").open() as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return lock.read().strip() or "another run"
        except FileNotFoundError:
            pass  # nobody ever was
        return None

    def close_folder(self, on: date, at: datetime) -> Path:
        """Return a new folder for the files of a close; it counts once the database names it."""
        folder = self.closes / str(on) / at.strftime("%Y%m%dT%H%M%S%f")
        folder.mkdir(parents=True)
        return folder

    def create(self) -> None:
        """Make the folder, open to its own user alone.

        Raises HomeUnusable, also for a folder of something else, in which runs would sweep.
        """
        if found := _ESCAPED.search(str(self.path.absolute())):
            raise HomeUnusable(
                self.path, Phrase("its name has {sign}, which names another sign", sign=found[0])
            )
        try:
            if reason := self._no_bank():
                raise HomeUnusable(self.path, reason)
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe = self.path / f".write-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise HomeUnusable(self.path, error.strerror or str(error)) from error

    def _no_bank(self) -> str | None:
        """Say why the folder cannot be a bank's; nothing where it can."""
        if not self.path.is_dir():
            return None
        if self.restoring.exists():
            says = "a restore into it was ended before its end: empty it and restore again"
            return Phrase(says)
        there = {each.name for each in self.path.iterdir() if not each.name.startswith(".")}
        if there - _OF_A_DISK and not there & _OF_A_BANK:
            return Phrase("it holds something else than a bank")
        return None

    def is_empty(self) -> bool:
        """Tell whether nothing lies there but what a disk of its own brings along."""
        return not self.path.exists() or {each.name for each in self.path.iterdir()} <= _OF_A_DISK

    def empty(self) -> None:
        """Take away all that lies in the folder but what a disk of its own brings along."""
        for each in self.path.iterdir():
            if each.name not in _OF_A_DISK:
                shutil.rmtree(each) if each.is_dir() else each.unlink()

    @contextmanager
    def writing(self, what: str) -> Iterator[Path]:
        """Hold the home for one load or close, and give it an empty scratch folder.

        The system lets go of the lock when the process ends, however it ends; what a killed run
        left in the scratch folder is swept by the next one. Raises HomeBusy; HomeUnusable where
        the disk gives up on the way, DatabaseUnusable where the database does.
        """
        with self.told(), self._held("lock", what):
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.scratch.mkdir()
            try:
                yield self.scratch
            finally:
                shutil.rmtree(self.scratch, ignore_errors=True)

    @contextmanager
    def keeping(self, what: str) -> Iterator[None]:
        """Hold what the database names: a backup copies it, a compaction lets go of some.

        Loads, closes and people go on meanwhile. Raises HomeBusy, HomeUnusable.
        """
        with self.told(), self._held("keeping-lock", what):
            yield

    @contextmanager
    def _held(self, name: str, what: str) -> Iterator[None]:
        with (self.path / name).open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise HomeBusy(self.path, lock.read().strip()) from None
            lock.truncate(0)
            lock.write(f"{what} (process {os.getpid()})")
            lock.flush()
            try:
                yield
            finally:
                lock.truncate(0)

    @contextmanager
    def showing(self) -> Iterator[None]:
        """Hold the pages for one that brings them to the closes, once nobody else does.

        Loads and closes go on meanwhile.
        """
        with (self.path / "pages-lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def reading(self) -> Iterator[Path]:
        """Give an empty folder for what a question does not hold in memory.

        Questions need no lock, so others may be at theirs: what one left behind that was ended is
        swept a day later. Raises HomeUnusable.
        """
        for left in self.path.glob(f"{_READING}*"):
            with suppress(FileNotFoundError):  # another question swept it
                if time.time() - left.stat().st_mtime > _A_DAY:
                    shutil.rmtree(left, ignore_errors=True)
        try:
            folder = TemporaryDirectory(dir=self.path, prefix=_READING)
        except OSError as error:
            raise HomeUnusable(self.path, error.strerror or str(error)) from error
        with folder as own:
            yield Path(own)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Tell what a disk or a database cannot do as what it is.

        Raises HomeUnusable, DatabaseUnusable.
        """
        try:
            yield
        except Exception as error:
            if reason := _of_the_disk(error):
                raise HomeUnusable(self.path, reason) from error
            if type(error) in _DATABASE_UNUSABLE:
                raise DatabaseUnusable(connection.settings_dict, str(error)) from error
            raise


def _of_the_disk(error: Exception) -> str | None:
    """Return what an error says of the disk; nothing where it is about something else."""
    if isinstance(error, OSError) and error.errno:
        return error.strerror if error.errno in _UNUSABLE else None
    text = str(error)
    if isinstance(error, OperationalError):
        return text if any(told in text for told in _SQLITE_UNUSABLE) else None
    return _repeated(text) if _repeats_the_system(error) else None


def _repeats_the_system(error: Exception) -> bool:
    """Tell an error of the lake's format, an OSError without its number, and one of an engine.

    Only the backends name an engine: its errors are known by where they are defined.
    """
    return isinstance(error, OSError) or type(error).__module__.strip("_").startswith("duckdb")


def _repeated(text: str) -> str | None:
    told = (os.strerror(code) for code in sorted(_UNUSABLE))
    return next((reason for reason in told if reason in text), None)
