"""What runs left behind that were ended from outside."""

from collections.abc import Iterator
from pathlib import Path

from recobro.book.models import Close
from recobro.doctor.diagnosis import Diagnosis, see_to, well
from recobro.doctor.lake import Book
from recobro.runs.home import Home
from recobro.runs.models import Load

NEXT_RUN = "Nothing: the next load, close or compaction puts it away."


def leftovers(home: Home, book: Book) -> Iterator[Diagnosis]:
    """Tell what no load and no close names; while a run is at work, it may all be its own."""
    if home.holder() is not None:
        yield well("left-overs", "not looked for while a run is at work")
        return
    found = [
        *_of(_scratch(home), home, NEXT_RUN),
        *_of(_uncommitted(book), home, NEXT_RUN),
        *_of(_loads(home), home, NEXT_RUN),
        *_of(_closes(home), home, NEXT_RUN),
    ]
    yield from found or [well("left-overs", "none")]


def _of(paths: list[Path], home: Home, remedy: str) -> Iterator[Diagnosis]:
    if paths:
        first = paths[0].relative_to(home.path)
        more = f" and {len(paths) - 1:,} more" if len(paths) > 1 else ""
        yield see_to("left-overs", f"A run that was ended left {first}{more}.", remedy)


def _scratch(home: Home) -> list[Path]:
    scratch = home.path / "scratch"
    return [scratch] if scratch.exists() else []


def _uncommitted(book: Book) -> list[Path]:
    return sorted(file for file in book.root.rglob("*.parquet") if file not in book.rows)


def _loads(home: Home) -> list[Path]:
    counted = {home.load_folder(number) for number in Load.objects.values_list("number", flat=True)}
    return sorted({*home.path.glob("loads/*")} - counted)


def _closes(home: Home) -> list[Path]:
    named = {home.path / folder for folder in Close.objects.values_list("folder", flat=True)}
    return sorted({*home.path.glob("closes/*/*")} - named)
