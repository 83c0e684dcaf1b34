"""What loads and closes keep in files of their own."""

from collections.abc import Collection, Iterator
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet as pq
from pyarrow.lib import ArrowException

from recobro.book.models import Close
from recobro.doctor.diagnosis import Diagnosis, broken, see_to, well
from recobro.office.judgements.queries import judged_up_to
from recobro.runs.closes import CLOSE_TABLES, CloseGone, fingerprint, published
from recobro.runs.home import Home
from recobro.runs.judged import taken_by
from recobro.runs.models import Load
from recobro.runs.progress import Progress


def loads(home: Home) -> Iterator[Diagnosis]:
    """Tell of which loads the findings are not as counted, or the loans touched not known."""
    every = list(Load.objects.all())
    findings = [
        load.number
        for load in every
        if _rows([home.findings_file(load.number)]) != sum(load.findings.values())
    ]
    touched = [
        load.number
        for load in every
        if not load.touches_all and _rows([home.touched_file(load.number)]) is None
    ]
    if findings:
        yield see_to(
            "loads",
            f"The findings of load {_listed(findings)} are missing or not all there.",
            "Restore loads/ from a backup; no settlement and no close rests on findings.",
        )
    if touched:
        yield see_to(
            "loads",
            f"Which loans load {_listed(touched)} touched is not known.",
            "Restore loads/ from a backup; until then a settlement that goes past it takes the "
            "whole book, which comes to the same and takes longer.",
        )
    if not findings and not touched:
        yield well("loads", f"{len(every):,} loads with their findings")


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def closes(home: Home, *, deep: bool, progress: Progress) -> Iterator[Diagnosis]:
    """Tell which published closes are not all there, or (`deep`) not as they were published."""
    every = list(Close.objects.all())
    known = {*Load.objects.values_list("number", flat=True)}
    wrong = 0
    for done, close in enumerate(every):
        progress("closes", done, len(every))
        why = _missing(home, close, known) or (_altered(home, close) if deep else None)
        if why:
            wrong += 1
            yield broken(
                "closes",
                f"The close of {close.as_of} in {close.folder} is not as published: {why}.",
                f"Restore {close.folder} from a backup, or close the day again: recobro close "
                f"--as-of {close.as_of} --facts-version {close.facts_version} "
                f"--judged-up-to {close.judged_up_to}",
            )
    if not wrong:
        yield well(
            "closes", f"{len(every):,} published closes have their files; {_told(every, deep=deep)}"
        )


def _told(every: list[Close], *, deep: bool) -> str:
    if not deep:
        return "--deep recomputes their fingerprints"
    foreign = sum(not _comparable(close) for close in every)
    if foreign:
        return f"{foreign:,} fingerprints are of another DuckDB and were not compared"
    return "their fingerprints are right"


def _comparable(close: Close) -> bool:
    """Tell whether this DuckDB made a fingerprint: another version may hash otherwise."""
    return close.fingerprint.rpartition("-")[0] == version("duckdb")


def _altered(home: Home, close: Close) -> str | None:
    """Say in what the rows differ from those that were published, if their fingerprint tells."""
    if not _comparable(close):
        return None
    number = fingerprint(home, close)
    if number == close.fingerprint:
        return None
    return f"its rows give {number}, it was published as {close.fingerprint}"


def _missing(home: Home, close: Close, known: Collection[int]) -> str | None:
    if close.facts_version not in known:
        return f"load {close.facts_version}, on whose facts it rests, is not in the database"
    for table in CLOSE_TABLES:
        try:
            files = published(home, close, table)
        except CloseGone:
            return f"files of {table} are missing or cannot be read"
        rows = _rows(files)
        if files and rows is None:
            return f"files of {table} are missing or cannot be read"
        if table == "standings" and rows != close.standings:
            return f"{rows:,} standings are there of {close.standings:,}"
    return _misjudged(home, close)


def _misjudged(home: Home, close: Close) -> str | None:
    """Say in what the judgements that a close has taken differ from those of the database."""
    try:
        files = taken_by(home, close)
        found = [row for file in files for row in pq.read_table(file).to_pylist()]
    except (CloseGone, OSError, ArrowException):
        return "the judgements that it has taken are missing or cannot be read"
    if found != judged_up_to(close.judged_up_to):
        return "the judgements that it has taken are not those of the database"
    return None


def _rows(files: list[Path]) -> int | None:
    """Count the rows of files; nothing where there is none or one cannot be read."""
    try:
        return sum(pq.read_metadata(file).num_rows for file in files) if files else None
    except (OSError, ArrowException):
        return None
