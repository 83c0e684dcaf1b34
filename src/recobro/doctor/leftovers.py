"""What runs left behind that were ended from outside."""

from collections.abc import Iterator
from pathlib import Path

from recobro.doctor.diagnosis import Diagnosis, see_to, well
from recobro.doctor.lake import Book
from recobro.runs.home import Home
from recobro.runs.leftovers import folders_of_closes, folders_of_loads

NEXT_RUN = "Nothing: the next load, close or compaction puts it away."


def leftovers(home: Home, book: Book) -> Iterator[Diagnosis]:
    """Tell what no load and no close names; while a run is at work, it may all be its own."""
    if home.holder() is not None:
        yield well("left-overs", "not looked for while a run is at work")
        return
    found = [
        *_of([home.scratch] if home.scratch.exists() else [], home),
        *_of(_uncommitted(book), home),
        *_of(folders_of_loads(home), home),
        *_of(folders_of_closes(home), home),
    ]
    yield from found or [well("left-overs", "none")]


def _of(paths: list[Path], home: Home) -> Iterator[Diagnosis]:
    if paths:
        first = paths[0].relative_to(home.path)
        more = f" and {len(paths) - 1:,} more" if len(paths) > 1 else ""
        yield see_to("left-overs", f"A run that was ended left {first}{more}.", NEXT_RUN)


def _uncommitted(book: Book) -> list[Path]:
    return sorted(file for file in book.root.rglob("*.parquet") if file not in book.rows)
