"""Make a backup of a bank while people work in it."""

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from recobro.backups import contents, database, manifest
from recobro.backups.copying import Earlier, digest, make, taken
from recobro.backups.manifest import FILES, Manifest, Part
from recobro.backups.record import Record, keep, last_backup_file
from recobro.journal.operations import NOBODY, record
from recobro.lake import secure
from recobro.runs.home import Home
from recobro.runs.progress import Progress, silent
from recobro.terms.refusal import Refusal

RESERVE = 100 << 20
"""Bytes of the disk that a backup leaves free."""


class BackupInside(Refusal):
    """A backup would be part of what it is made of."""

    def __init__(self, to: Path, home: Path) -> None:
        super().__init__(
            f"{to} lies in {home}, of which the backup would be; nothing was made. Name a folder "
            "elsewhere, best on another disk."
        )


class BackupFolderUnusable(Refusal):
    """The folder of the backups cannot be written to, or its disk is full."""

    def __init__(self, to: Path, reason: str) -> None:
        super().__init__(
            f"The backup in {to} was not finished: {reason}. It does not count, and the next one "
            "puts away what was written. Give this user the right to write there, free space, or "
            "name another folder."
        )


class NoRoomForBackup(Refusal):
    """The disk would be full."""

    def __init__(self, to: Path, *, needed: int, free: int) -> None:
        super().__init__(
            f"The backup needs {needed >> 20:,} MiB in {to}, and {free >> 20:,} MiB are free; "
            "nothing was made. Take old backups away, or name a folder on another disk."
        )


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that counts: its folder, what it says of itself, and how many bytes are new."""

    folder: Path
    manifest: Manifest
    new: int


def backup(
    *, home: Home, to: Path, at: datetime, by: str = NOBODY, progress: Progress = silent
) -> Made:
    """Make a backup of a bank in a new folder below `to`, and return it.

    The database is copied as it is at one moment, then every file that it names at that moment:
    such files never change, and none is let go of meanwhile. What the newest backup there has the
    same of is linked. It counts once it is whole and called by its moment. Raises BackupInside,
    BackupFolderUnusable, NoRoomForBackup, database.ProgramOfPostgresMissing,
    database.ProgramOfPostgresFailed, HomeBusy, HomeUnusable, DatabaseUnusable.
    """
    if to.resolve().is_relative_to(home.path.resolve()):
        raise BackupInside(to, home.path)
    with home.keeping("a backup"), _told(to), _under_way(to, home) as folder:
        progress("database", 0, 1)
        with database.still():
            file = database.dump(folder)
            named = contents.named(home)
            migrations = _migrations()
        kept = Part(path=file.name, size=file.stat().st_size, sha256=digest(file))
        taking = _Taking(folder, _newest(to))
        taking.require_room(named.files | dict(contents.others(home)))
        taking.take(named.files, progress, named.missing)
        rest = dict(contents.others(home, unread=named.missing))
        taking.take(rest, progress, named.missing, must=False)
        told = Manifest(
            made_at=at,
            home=str(home.path),
            program=version("recobro"),
            database="postgresql" if connection.vendor == "postgresql" else "sqlite",
            migrations=migrations,
            missing=tuple(named.missing),
            parts=(kept, *taking.parts),
        )
        manifest.write(folder, told)
        secure(folder.rglob("*"), below=to)
        made = folder.rename(to / f"{at.astimezone(UTC):%Y-%m-%dT%H-%M-%SZ}")
        secure([made], below=to)
    return _told_of(home, Made(made, told, kept.size + taking.written), by)


@dataclass
class _Taking:
    """Files on their way into the folder of a backup."""

    folder: Path
    earlier: Earlier
    parts: list[Part] = field(default_factory=list)
    written: int = 0
    """Bytes that no earlier backup had."""

    def require_room(self, files: Mapping[str, Path]) -> None:
        """Refuse a disk that what is new does not fit on."""
        known = self.earlier.parts
        sizes = {path: file.stat().st_size for path, file in files.items() if file.exists()}
        there = {path for path, size in sizes.items() if path in known and known[path].size == size}
        needed = sum(size for path, size in sizes.items() if path not in there) + RESERVE
        free = shutil.disk_usage(self.folder).free
        if needed > free:
            raise NoRoomForBackup(self.folder.parent, needed=needed, free=free)

    def take(
        self,
        files: Mapping[str, Path],
        progress: Progress,
        missing: list[str],
        *,
        must: bool = True,
    ) -> None:
        """Take files in; note those that cannot be read, and the gone that `must` be there."""
        for done, (path, file) in enumerate(files.items()):
            progress("files", done, len(files))
            try:
                part, new = taken(file, self.folder, f"{FILES}/{path}", self.earlier)
            except (FileNotFoundError, PermissionError) as error:
                if error.filename != str(file):
                    raise
                if must or isinstance(error, PermissionError):
                    missing.append(path)
                continue
            self.parts.append(part)
            self.written += part.size if new else 0


@contextmanager
def _under_way(to: Path, home: Home) -> Iterator[Path]:
    """Give an empty folder below `to`, which is gone afterwards unless it was called otherwise.

    It is always the same one for a bank: what an ended backup left there goes.
    """
    mark = hashlib.sha256(str(home.path.resolve()).encode()).hexdigest()[:12]
    folder = to / f".unfinished-{mark}"
    shutil.rmtree(folder, ignore_errors=True)
    make(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _told(to: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackupFolderUnusable(to, error.strerror or str(error)) from error


def _newest(to: Path) -> Earlier:
    *_, newest = [to, *manifest.backups_in(to)]
    return Earlier(newest, manifest.known_parts(newest))


def _migrations() -> tuple[str, ...]:
    return tuple(
        sorted(".".join(each) for each in MigrationRecorder(connection).applied_migrations())
    )


def _told_of(home: Home, made: Made, by: str) -> Made:
    """Note in the folder and in the journal that a backup was made: it holds every debtor."""
    at = made.manifest.made_at
    keep(last_backup_file(home), Record(at, at, str(made.folder)))
    with transaction.atomic():
        record(
            chain="backups",
            act="backups.made",
            subject=str(made.folder),
            by=by,
            at=at,
            after={"files": len(made.manifest.parts), "bytes": made.manifest.size},
        )
    return made
