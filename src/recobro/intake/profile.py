"""What the cells of a foreign column look like, judged by the file's first records."""

from __future__ import annotations

import csv
import itertools
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from recobro.intake import text, workbook
from recobro.intake.csv import Format, header, separator_of
from recobro.intake.layout import form_of, source_of
from recobro.intake.refusals import Unreadable
from recobro.terms.refusal import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from recobro.intake.mapping import Mapping

RECORDS = 5000
"""How many records of each file are looked at."""

EMPTY = "empty"
"""What a column looks like in which nothing is filled in: like any other."""

_BYTES = 2_000_000
_TRIED = 200
_DATES = ("%Y-%m-%d", "%Y%m%d", "%y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"-?\d{1,3}(\.?\d{3})*,\d{1,3}")


@dataclass(frozen=True, slots=True)
class Profile:
    """One column of a foreign file."""

    header: str
    first: bool
    values: frozenset[str]
    unique: bool
    date: str | None
    number: bool
    decimal_comma: bool


def profiles(path: Path) -> dict[str, list[Profile]]:
    """Look at each file of a folder, or sheet of a workbook, by the name of its source.

    Raises Unreadable.
    """
    return {
        source: [
            _profile(name, cells, first=not n) for n, (name, cells) in enumerate(columns.items())
        ]
        for source, columns in _samples(path)
    }


def encodings(path: Path) -> dict[str, str]:
    """Return, by source, the likely encoding of text files whose encoding must be declared."""
    if path.is_file():
        return {}
    found = {
        file.stem: text.guessed(_start(file))
        for file in path.iterdir()
        if file.is_file() and file.suffix.lower() != ".parquet"
    }
    return {name: told for name, told in found.items() if told not in text.FOUND_OUT}


def column_kinds(path: Path, mapping: Mapping) -> dict[str, dict[str, str]]:
    """Tell what the cells of each column look like, in the sources that a mapping reads.

    Raises Unreadable.
    """
    return {
        source: {name.lower(): _kind(name, cells) for name, cells in columns.items()}
        for source, columns in _samples(path, mapping)
    }


def _kind(name: str, cells: list[str]) -> str:
    seen = _profile(name, cells, first=False)
    if seen.date:
        return f"a date like {seen.date}"
    kinds = {EMPTY: not seen.values, "a number": seen.number, "a decimal comma": seen.decimal_comma}
    return next((kind for kind, fits in kinds.items() if fits), "text")


def _samples(
    path: Path, mapping: Mapping | None = None
) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Give each source and the first cells of its columns; with a mapping only those it reads."""
    if path.is_file():
        yield from _sheets(path, mapping)
        return
    for file in sorted(file for file in path.iterdir() if file.is_file()):
        source = source_of(file, mapping) if mapping else file.stem
        if source is None:
            continue
        if file.suffix.lower() == ".parquet":
            yield source, _cells(file)
        else:
            form = form_of(mapping, source)
            yield source, _columns(header(file, form), _records(file, form))


def _sheets(path: Path, mapping: Mapping | None) -> Iterator[tuple[str, dict[str, list[str]]]]:
    tables = mapping.tables.values() if mapping else ()
    read = {source.lower() for table in tables for source in table.sources}
    with workbook.opened(path) as book:
        for name in book.sheet_names:
            source = name.strip().lower()
            if mapping is None or source in read:
                head, *records = [*workbook.records(book, name, path)] or [[]]
                yield source, _columns(head, records[:RECORDS])


def _cells(file: Path) -> dict[str, list[str]]:
    try:
        stored = pq.ParquetFile(file)
        batch = next(stored.iter_batches(RECORDS), stored.schema_arrow.empty_table())
    except (pa.ArrowException, OSError) as error:
        raise Unreadable(
            file.name, Phrase("it is no sound Parquet file ({error})", error=error)
        ) from error
    return {
        name: ["" if value is None else str(value) for value in column]
        for name, column in batch.to_pydict().items()
    }


def _records(file: Path, form: Format) -> list[list[str]]:
    start = text.start(_start(file), form.encoding)
    lines = start.splitlines()[: RECORDS + 1]
    separator = form.separator or separator_of(lines[0])
    how = {"quotechar": form.quote} if form.quote else {"quoting": csv.QUOTE_NONE}
    reader = csv.reader(lines, delimiter=separator, **how)
    try:
        records = [*reader]
    except csv.Error as error:
        told = "up to its line {line} a quote is not closed ({error})"
        line = str(reader.line_num)
        raise Unreadable(file.name, Phrase(told, line=line, error=error)) from error
    return records if form.columns else records[1:]


def _start(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(_BYTES)


def _columns(head: Sequence[str], records: list[list[str]]) -> dict[str, list[str]]:
    cells = itertools.zip_longest(*records, fillvalue="")
    found = {name: list(column) for name, column in zip(head, cells, strict=False)}
    return {name.strip().lower(): found.get(name, []) for name in head if name.strip()}


def _profile(name: str, cells: list[str], *, first: bool) -> Profile:
    filled = [cell.strip() for cell in cells if cell.strip()]
    values = frozenset(filled)
    tried = sorted(values)[:_TRIED]
    return Profile(
        header=name,
        first=first,
        values=values,
        unique=bool(filled) and len(values) == len(cells),
        date=next(
            (form for form in _DATES if tried and all(_is_date(v, form) for v in tried)), None
        ),
        number=bool(tried) and all(_NUMBER.fullmatch(v) for v in tried),
        decimal_comma=bool(tried) and all(_DECIMAL_COMMA.fullmatch(v) for v in tried),
    )


def _is_date(value: str, form: str) -> bool:
    try:
        return datetime.strptime(value, form).strftime(form) == value  # noqa: DTZ007  a day has no zone
    except ValueError:
        return False
