"""A delivered CSV file as text columns."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

import ibis

from recobro.engine.sql import literal
from recobro.intake import text
from recobro.intake.parquet import numbered
from recobro.intake.refusals import Unreadable, reading
from recobro.terms.refusal import Phrase

if TYPE_CHECKING:
    from pathlib import Path

    import ibis.expr.types as ir

    from recobro.intake.desk import Desk

_SEPARATORS = ",;\t"
_LONGEST_LINE = 2_000_000


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is written; what is not given is found out."""

    separator: str | None = None
    encoding: str | None = None
    quote: str = '"'
    columns: tuple[str, ...] = ()
    """The names of the columns of a file without a header line."""


def rows(path: Path, desk: Desk, form: Format | None = None) -> ir.Table:
    """Read a CSV file as text, with `_row`: 2 for the first record after the header.

    The text is kept as Parquet in the staging folder, in the order of the file, for which the
    connection must keep insertion order (its default). Raises Unreadable.
    """
    form = form or Format()
    with reading(path.name):
        plain = text.utf8(path, desk.staging, form.encoding)
    with plain.open(encoding="utf-8-sig", newline="") as file:
        columns, separator = _header(file, path.name, form)
    kept = desk.path(path.name)
    schema = ibis.schema({f"c{n}": "string" for n in range(len(columns))})
    types = ", ".join(f"{name}: 'VARCHAR'" for name in schema)
    options = {
        "auto_detect": "false",
        "header": "false" if form.columns else "true",
        "columns": f"{{{types}}}",
        "delim": literal(separator),
        "quote": literal(form.quote),
        "escape": literal(form.quote),
        "strict_mode": "true",
        "max_line_size": str(_LONGEST_LINE),
    }
    told = ", ".join(f"{name} = {value}" for name, value in options.items())
    with reading(path.name):
        desk.connection.raw_sql(
            f"COPY (FROM read_csv({literal(str(plain))}, {told})) TO {literal(str(kept))}"
        )
    desk.files.add(kept)
    if plain != path:
        plain.unlink()
    first = 1 if form.columns else 2
    return numbered(kept, desk, schema=schema, file=path.name, header=columns, first=first)


def header(path: Path, form: Format) -> tuple[str, ...]:
    """Return the names of a file's columns, without reading its records.

    Raises Unreadable.
    """
    with path.open("rb") as file:
        start = text.start(file.read(_LONGEST_LINE), form.encoding)
    return _header(io.StringIO(start, newline=""), path.name, form)[0]


def separator_of(line: str) -> str:
    """Return the separator that a header line uses: comma, semicolon or tab."""
    return max(_SEPARATORS, key=line.count)


def _header(file: TextIO, name: str, form: Format) -> tuple[tuple[str, ...], str]:
    line = file.readline(_LONGEST_LINE)
    if not line.strip():
        blank = Phrase("its first line is blank; that is where its columns are named")
        empty = Phrase("it is empty; even a table without rows has a header")
        raise Unreadable(name, blank if file.read().strip() else empty)
    separator = form.separator or separator_of(line)
    if form.columns:
        return form.columns, separator
    file.seek(0)
    if form.quote:
        reader = csv.reader(file, delimiter=separator, quotechar=form.quote)
    else:
        reader = csv.reader(file, delimiter=separator, quoting=csv.QUOTE_NONE)
    try:
        return tuple(next(reader)), separator
    except csv.Error as error:
        raise Unreadable(name, Phrase("its header is broken ({error})", error=error)) from None
