"""What the cells of a foreign column look like, judged by the file's first records."""

from __future__ import annotations

import csv
import itertools
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from recobro.intake import text, workbook
from recobro.intake.csv import Format, header, separator_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

RECORDS = 5000
"""How many records of each file are looked at."""

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


def _samples(path: Path) -> Iterator[tuple[str, dict[str, list[str]]]]:
    if path.is_file():
        with workbook.opened(path) as book:
            for name in book.sheet_names:
                head, *records = [*workbook.records(book, name, path)] or [[]]
                yield name.strip().lower(), _columns(head, records[:RECORDS])
        return
    for file in sorted(file for file in path.iterdir() if file.is_file()):
        if file.suffix.lower() == ".parquet":
            batch = next(pq.ParquetFile(file).iter_batches(RECORDS)).to_pydict()
            yield file.stem, {k: ["" if v is None else str(v) for v in c] for k, c in batch.items()}
        else:
            yield file.stem, _columns(header(file, Format()), _records(file))


def _records(file: Path) -> list[list[str]]:
    with file.open("rb") as stream:
        start = text.start(stream.read(_BYTES))
    lines = start.splitlines()[: RECORDS + 1]
    return [*csv.reader(lines, delimiter=separator_of(lines[0]))][1:]


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
