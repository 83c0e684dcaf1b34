"""The book at rest: every version that something names can be read, and has the rows it had."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow.parquet as pq
from pyarrow.lib import ArrowException

from recobro.doctor.diagnosis import Diagnosis, broken, well
from recobro.lake import VersionGone
from recobro.runs.home import Home
from recobro.runs.leftovers import readable
from recobro.runs.models import Load
from recobro.runs.progress import Progress

SHOWN = 10
"""Damaged files that are named one by one."""

REMEDY = (
    "Restore the bank's folder from a backup; loads made since can be delivered again. "
    "Closes that are published keep their own files."
)


class Book:
    """The files of the lake that loads and settlements name, and what Delta says of each."""

    def __init__(self, home: Home, progress: Progress) -> None:
        self.root = home.lake.root
        self.rows: dict[Path, int] = {}
        self.unreadable: list[str] = []
        self._needed_by: defaultdict[Path, set[int]] = defaultdict(set)
        named = _named()
        for done, ((table, version), loads) in enumerate(sorted(named.items())):
            progress("lake", done, len(named))
            try:
                told = home.lake.rows(table, version)
            except VersionGone:
                self.unreadable.append(f"Version {version} of {table} cannot be opened")
                continue
            self.rows |= told
            for file in told:
                self._needed_by[file] |= loads
        self.versions = len(named)

    def needed_by(self, file: Path) -> str:
        """Say which loads a file is part of the facts of."""
        return _loads(sorted(self._needed_by[file]))


def lake(book: Book) -> Iterator[Diagnosis]:
    """Tell which files are missing, cannot be read, or have other rows than Delta says."""
    wrong = [f"{one}." for one in book.unreadable]
    for file, rows in book.rows.items():
        if why := _damage(file, rows):
            name = file.relative_to(book.root)
            wrong.append(f"{name} {why}; the facts after {book.needed_by(file)} need it.")
    for one in wrong[:SHOWN]:
        yield broken("lake", one, REMEDY)
    if len(wrong) > SHOWN:
        yield broken("lake", f"{len(wrong) - SHOWN:,} more files are damaged.", REMEDY)
    if not wrong:
        yield well("lake", f"{book.versions:,} versions of tables in {len(book.rows):,} files")


def _damage(file: Path, rows: int) -> str | None:
    try:
        found = pq.read_metadata(file).num_rows
    except FileNotFoundError:
        return "is missing"
    except (OSError, ArrowException):
        return "cannot be read"
    return None if found == rows else f"has {found:,} rows, Delta says {rows:,}"


def _named() -> dict[tuple[str, int], set[int]]:
    """Return every version of a table that must stay readable, with the loads whose facts it is."""
    named: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for one in readable():
        load = one.number if isinstance(one, Load) else one.facts_version
        for version in one.versions.items():
            named[version].add(load)
    return dict(named)


def _loads(numbers: Sequence[int]) -> str:
    first, last = numbers[0], numbers[-1]
    return f"load {first}" if first == last else f"loads {first} to {last}"
