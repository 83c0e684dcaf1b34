"""The sheets of a delivered workbook as text columns."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from recobro.engine.tables import FACTS
from recobro.intake.formulas import extent, without_result
from recobro.intake.parquet import ROW, numbered
from recobro.intake.refusals import Unreadable
from recobro.intake.tables import CONTRACTS
from recobro.terms.refusal import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import ibis.expr.types as ir

    from recobro.intake.desk import Desk

_TITLES = 20
"""Rows of a sheet among which its header is looked for."""

_LARGEST = 2 << 30
"""Bytes that a workbook may have when it is unpacked; its strings are held in memory."""
_MOST_CELLS = 50_000_000
"""Cells of a sheet, from its first to its last one; the blank ones between take memory as well."""


@contextmanager
def opened(path: Path) -> Iterator[CalamineWorkbook]:
    """Open a workbook.

    Raises Unreadable.
    """
    _refuse_huge(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        raise Unreadable(
            path.name, Phrase("it is no sound workbook ({error})", error=error)
        ) from error
    try:
        yield book
    except CalamineError as error:
        raise Unreadable(
            path.name, Phrase("it is no sound workbook ({error})", error=error)
        ) from error


def _refuse_huge(path: Path) -> None:
    try:
        with ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except (BadZipFile, OSError):
        return  # its reader says what is wrong with it
    if size > _LARGEST:
        told = "it unpacks to more than {most} GB; deliver its tables as CSV or Parquet"
        raise Unreadable(path.name, Phrase(told, most=_LARGEST >> 30))


def sheets(path: Path, desk: Desk) -> Iterator[tuple[str, str | None, ir.Table | None]]:
    """Give each sheet's name, the table that it is, and its rows; None where it is no table.

    Raises Unreadable.
    """
    with opened(path) as book:
        for name in book.sheet_names:
            table = name.strip().lower()
            key = CONTRACTS[table].key if table in FACTS else ()
            found = rows(book, name, path, desk, key=key) if key else None
            yield f"{path.name}, sheet {name}", table if table in FACTS else None, found


def rows(
    book: CalamineWorkbook, name: str, path: Path, desk: Desk, *, key: tuple[str, ...] = ()
) -> ir.Table:
    """Read a sheet as text.

    The header is the first row that names the columns of the key, else the first that is not
    blank: titles may stand above it. `_row` is the sheet's own row number; blank rows are no
    records. Formulas stand as their last value, what has none as its error, a merged cell's value
    in each cell of it. Raises Unreadable, ColumnTwice.
    """
    file = f"{path.name}, sheet {name}"
    numbered_lines = [(n, line) for n, line in enumerate(_lines(book, name, path), 1) if any(line)]
    if not numbered_lines:
        raise Unreadable(file, Phrase("it is empty; even a table without rows has a header"))
    top = _header([line for _, line in numbered_lines[:_TITLES]], key)
    (_, header), *records = numbered_lines[top:]
    used = [k for k, title in enumerate(header) if title]
    columns: dict[str, list[str] | list[int]] = {f"c{k}": [r[k] for _, r in records] for k in used}
    columns[ROW] = [n for n, _ in records]
    types = [pa.string()] * (len(columns) - 1) + [pa.int64()]
    arrays = [pa.array(c, t) for c, t in zip(columns.values(), types, strict=True)]
    kept = desk.path(name.lower())
    pq.write_table(pa.table(arrays, names=list(columns)), kept)
    desk.files.add(kept)
    schema = ibis.schema(dict.fromkeys(columns, "string") | {ROW: "int64"})
    return numbered(kept, desk, schema=schema, file=file, header=[*filter(None, header)], row=ROW)


def records(book: CalamineWorkbook, name: str, path: Path) -> Iterator[list[str]]:
    """Give the rows of a sheet that are not blank, the header first."""
    return (line for line in _lines(book, name, path) if any(line))


def _header(lines: list[list[str]], key: tuple[str, ...]) -> int:
    named = ({cell.lower() for cell in line} for line in lines)
    return next((n for n, names in enumerate(named) if names >= {*key}), 0)


def _refuse_wide(path: Path, name: str) -> None:
    height, width = extent(path, name)
    if height * width > _MOST_CELLS:
        reach = "it reaches over {height:,} rows and {width:,} columns; delete the stray cells"
        file = f"{path.name}, sheet {name}"
        raise Unreadable(file, Phrase(reach, height=height, width=width))


def _lines(book: CalamineWorkbook, name: str, path: Path) -> list[list[str]]:
    _refuse_wide(path, name)
    sheet = book.get_sheet_by_name(name)
    lines = [[_text(cell) for cell in line] for line in sheet.to_python(skip_empty_area=False)]
    _tell_errors(lines, path, name)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        if top >= len(lines) or left >= len(lines[top]):
            continue  # nothing is written there
        for line in lines[top : bottom + 1]:
            line[left : right + 1] = [lines[top][left]] * len(line[left : right + 1])
    return lines


def _tell_errors(lines: list[list[str]], path: Path, name: str) -> None:
    for (row, column), error in without_result(path, name).items():
        if row < len(lines) and column < len(lines[row]):
            lines[row][column] = error


def _text(cell: object) -> str:
    """Write a cell as a person would: numbers exactly as shown, days as YYYY-MM-DD."""
    match cell:
        case bool():
            return str(cell).lower()
        case float():
            return f"{Decimal(repr(cell)):f}".removesuffix(".0")
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell).strip()
