"""Which files of a bank's folder belong in a backup: what the database names, and all else."""

import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import Max

from recobro.book.models import Close
from recobro.journal.models import Seal
from recobro.journal.seals import key_file, seal_file, seal_folder
from recobro.lake import VersionGone
from recobro.runs.closes import CLOSE_TABLES, CloseGone, published
from recobro.runs.home import Home
from recobro.runs.judged import NAME as JUDGED
from recobro.runs.judged import taken_by
from recobro.runs.leftovers import readable
from recobro.runs.models import Load

_BY_NAME = {"lake", "closes", "loads", "seals"}
"""Of these the database says what counts."""

LEFT_OUT = {
    *("recobro.sqlite3", "recobro.sqlite3-wal", "recobro.sqlite3-shm"),
    *("lock", "pages-lock", "jobs-lock", "keeping-lock", "unfinished", "scratch", "static"),
    *("secret-key", "journal-key", "last-backup.json", "restored.json"),
}
"""The database is copied by its own means; keys must not lie where what they sign does."""


@dataclass
class Contents:
    """Files by their place in the folder, and those that should be there."""

    files: dict[str, Path] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def named(home: Home) -> Contents:
    """Return what the database names of the files in a folder."""
    found = Contents()
    _of_the_lake(home, found)
    for close in Close.objects.order_by("pk"):
        _of_a_close(home, close, found)
    for load in Load.objects.all():
        findings, touched = home.findings_file(load.number), home.touched_file(load.number)
        _each(home, [findings, touched], found)
    last = Seal.objects.aggregate(last=Max("number"))["last"] or 0
    written = (seal_file(seal_folder(home.path), number) for number in range(1, last + 1))
    _each(home, written, found, must=False)  # one may be written in this moment
    return found


def others(home: Home, *, unread: list[str] | None = None) -> Iterator[tuple[str, Path]]:
    """Yield every other file of a folder: rules, mappings, deliveries, documents, and what comes.

    What Recobro does not know it takes along: it may be what somebody needs. What this user may not
    look into is noted in `unread`. The inbox comes before the delivered, so that what is moved
    meanwhile is in one of them.
    """
    key = key_file(home.path).resolve()
    for top in sorted(home.path.iterdir(), key=lambda each: (each.name == "delivered", each.name)):
        if top.name in _BY_NAME | LEFT_OUT or top.name.startswith("."):
            continue
        for file in _below(top, home, [] if unread is None else unread):
            if file.resolve() != key:
                yield file.relative_to(home.path).as_posix(), file


def _of_the_lake(home: Home, found: Contents) -> None:
    versions: defaultdict[str, set[int]] = defaultdict(set)
    for each in readable():
        for table, version in each.versions.items():
            versions[table].add(version)
    for table, numbers in sorted(versions.items()):
        _each(home, home.lake.log(table, max(numbers)), found)
        for version in sorted(numbers):
            try:
                _each(home, home.lake.rows(table, version), found)
            except VersionGone:
                found.missing.append(f"lake/{table} at version {version}")


def _of_a_close(home: Home, close: Close, found: Contents) -> None:
    for table in CLOSE_TABLES:
        try:
            _each(home, published(home, close, table), found)
        except CloseGone:
            found.missing.append(f"{close.folder}/{table}")
    try:
        _each(home, taken_by(home, close), found)
    except CloseGone:
        found.missing.append(f"{close.folder}/{JUDGED}")


def _each(home: Home, files: Iterable[Path], found: Contents, *, must: bool = True) -> None:
    for file in files:
        name = file.relative_to(home.path).as_posix()
        if file.is_file():
            found.files[name] = file
        elif must and name not in found.missing:
            found.missing.append(name)


def _below(top: Path, home: Home, unread: list[str]) -> Iterator[Path]:
    """Yield a file, or every file below a folder; links are followed, each folder once."""
    if not top.is_dir():
        if _is_file(top):
            yield top
        return
    seen: set[tuple[int, int]] = set()

    def note(error: OSError) -> None:
        unread.append(Path(error.filename).relative_to(home.path).as_posix())

    for folder, folders, files in os.walk(top, followlinks=True, onerror=note):
        own = os.stat(folder)  # noqa: PTH116 - as os.walk names it
        if (own.st_dev, own.st_ino) in seen:
            folders.clear()
            continue
        seen.add((own.st_dev, own.st_ino))
        folders.sort()
        yield from (Path(folder, name) for name in sorted(files) if _is_file(Path(folder, name)))


def _is_file(path: Path) -> bool:
    """Tell whether it is a file to read, not a pipe that nobody writes to, nor a broken link."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False
