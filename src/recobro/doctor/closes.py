"""What loads and closes keep in files of their own."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
from pyarrow.lib import ArrowException

from recobro.book.models import Close
from recobro.doctor.diagnosis import Diagnosis, broken, see_to, well
from recobro.runs.home import Home
from recobro.runs.models import Load
from recobro.runs.progress import Progress
from recobro.runs.queries import fingerprint, published

TABLES = ("standings", "figures", "breaks")


def loads(home: Home) -> Iterator[Diagnosis]:
    """Tell of which loads the findings are not as they were counted."""
    every = list(Load.objects.all())
    wrong = [
        load.number
        for load in every
        if _rows([home.findings_file(load.number)]) != sum(load.findings.values())
    ]
    if wrong:
        yield see_to(
            "loads",
            f"The findings of load {', '.join(map(str, wrong))} are missing or not all there.",
            "Restore loads/ from a backup; nothing else rests on them.",
        )
    else:
        yield well("loads", f"{len(every):,} loads with their findings")


def closes(home: Home, *, deep: bool, progress: Progress) -> Iterator[Diagnosis]:
    """Tell which published closes are not all there, or (`deep`) not as they were published."""
    every = list(Close.objects.all())
    wrong = 0
    foreign = 0
    for done, close in enumerate(every):
        progress("closes", done, len(every))
        why = _missing(home, close)
        if why is None and deep:
            number = fingerprint(home, close)
            comparable = _maker(number) == _maker(close.fingerprint)
            foreign += not comparable
            if comparable and number != close.fingerprint:
                why = f"its rows give {number}, it was published as {close.fingerprint}"
        if why:
            wrong += 1
            yield broken(
                "closes",
                f"The close of {close.as_of} in {close.folder} is not as published: {why}.",
                f"Restore {close.folder} from a backup, or close the day again: recobro close "
                f"--as-of {close.as_of} --facts-version {close.facts_version}",
            )
    if foreign:
        yield well("closes", f"{foreign} have a fingerprint of another DuckDB: not compared")
    if not wrong:
        what = "their fingerprints are right" if deep else "--deep recomputes their fingerprints"
        yield well("closes", f"{len(every):,} published closes have their files; {what}")


def _maker(number: str) -> str:
    """Return the version of DuckDB that made a fingerprint: other versions hash otherwise."""
    return number.rpartition("-")[0]


def _missing(home: Home, close: Close) -> str | None:
    for table in TABLES:
        rows = _rows(published(home, close, table))
        if rows is None:
            return f"files of {table} are missing or cannot be read"
        if table == "standings" and rows != close.standings:
            return f"{rows:,} standings are there of {close.standings:,}"
    return None


def _rows(files: list[Path]) -> int | None:
    """Count the rows of files; nothing where there is none or one cannot be read."""
    try:
        return sum(pq.read_metadata(file).num_rows for file in files) if files else None
    except (OSError, ArrowException):
        return None
