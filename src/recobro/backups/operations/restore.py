"""Make a bank's folder and database anew from a backup."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from recobro.backups import database
from recobro.backups.checking import BackupDamaged, require_whole
from recobro.backups.copying import copied, make
from recobro.backups.manifest import FILES, Manifest, read
from recobro.backups.record import Record, keep, restored_file
from recobro.journal.operations import NOBODY, complete_files, record
from recobro.journal.seals import key_file, seal_folder
from recobro.lake import secure
from recobro.runs.home import Home
from recobro.runs.progress import Progress, silent
from recobro.terms.refusal import Refusal


class HomeNotEmpty(Refusal):
    """A bank is restored into a folder of its own."""

    def __init__(self, home: Path) -> None:
        super().__init__(
            f"{home} is not empty; nothing was made. Name a new folder with --home, or move away "
            "what lies there: a restore never writes over anything."
        )


class BackupOfNewerProgram(Refusal):
    """Its database has a shape that this program does not know."""

    def __init__(self, program: str, migration: str) -> None:
        super().__init__(
            f"The backup was made by a newer Recobro ({program}): its database knows {migration}. "
            "Nothing was made. Install that version or a later one."
        )


class NoRoomToRestore(Refusal):
    """The disk would be full."""

    def __init__(self, home: Path, *, needed: int, free: int) -> None:
        super().__init__(
            f"The backup takes {needed >> 20:,} MiB, and {free >> 20:,} MiB are free for {home}; "
            "nothing was made. Free space, or name a folder on another disk."
        )


class KeyNotThere(Refusal):
    """The file that is named as the key of the journal's seals cannot be read."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} cannot be read; nothing was made. Name the file of the key.")


def restore(
    *,
    backup: Path,
    home: Home,
    at: datetime,
    key: Path | None = None,
    by: str = NOBODY,
    progress: Progress = silent,
) -> Manifest:
    """Make the bank of a backup in a new folder, and return what the backup says of itself.

    Every file is checked before anything is made. Until all of it is there the folder is marked,
    and nothing opens it. `key` is a copy of what signs the journal's seals, which no backup has.
    Raises manifest.NotABackup, manifest.ManifestUnreadable, checking.BackupDamaged, HomeNotEmpty,
    BackupOfNewerProgram, NoRoomToRestore, KeyNotThere, database.DatabaseOfAnotherKind,
    database.DatabaseNotEmpty, database.ProgramOfPostgresMissing, HomeUnusable.
    """
    with home.told():
        told = read(backup)
        _require_fit(told, home, key)
        require_whole(backup, told, progress=progress)
        with _anew(home):
            if key is not None and not key_file(home.path).exists():
                make(key_file(home.path).parent)
                copied(key, key_file(home.path).parent, key_file(home.path).name)
            _put(backup, told, home, progress)
            progress("database", 0, 1)
            database.put_back(backup)
            call_command("migrate", verbosity=0, interactive=False)
            complete_files(folder=seal_folder(home.path))
            _tell(home, told, backup, at, by)
            secure(home.path.rglob("*"), below=home.path)
    return told


def _require_fit(told: Manifest, home: Home, key: Path | None) -> None:
    if not home.is_empty():
        raise HomeNotEmpty(home.path)
    known = {".".join(each) for each in MigrationLoader(None).disk_migrations}
    for newer in sorted({*told.migrations} - known):
        raise BackupOfNewerProgram(told.program, newer)
    database.require_empty(told)
    there = next(each for each in (home.path, *home.path.parents) if each.exists())
    free = shutil.disk_usage(there).free
    if told.size > free:
        raise NoRoomToRestore(home.path, needed=told.size, free=free)
    if key is not None and not key.is_file():
        raise KeyNotThere(key)


@contextmanager
def _anew(home: Home) -> Iterator[None]:
    """Mark the folder while a bank is made in it; what could not be finished goes."""
    make(home.path)
    home.path.chmod(0o700)
    try:
        home.restoring.touch(mode=0o600, exist_ok=False)
    except FileExistsError:  # another restore began in this moment
        raise HomeNotEmpty(home.path) from None
    try:
        yield
    except BaseException:
        connection.close()
        home.empty()
        raise
    home.restoring.unlink()


def _put(backup: Path, told: Manifest, home: Home, progress: Progress) -> None:
    """Copy the files to their places, and see that they arrive as they were written."""
    files = [part for part in told.parts if part.path.startswith(f"{FILES}/")]
    for done, part in enumerate(files):
        progress("files", done, len(files))
        path = part.path.removeprefix(f"{FILES}/")
        if copied(backup / part.path, home.path, path) != (part.size, part.sha256):
            raise BackupDamaged(backup, [f"{part.path} changed while it was read"])


def _tell(home: Home, told: Manifest, backup: Path, at: datetime, by: str) -> None:
    """Note in the folder and in the journal of which moment the bank is."""
    keep(restored_file(home), Record(at, told.made_at, str(backup.resolve())))
    with transaction.atomic():
        record(
            chain="backups",
            act="backups.restored",
            subject=str(backup.resolve()),
            by=by,
            at=at,
            after={"of": told.made_at.isoformat(), "home": str(home.path)},
        )
    connection.close()
