"""The files or sheets of a delivery, each with the table that it brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recobro.engine.tables import FACTS
from recobro.intake import csv, parquet, workbook
from recobro.intake.refusals import DeliveryRefused, Unreadable, reading
from recobro.terms.refusal import Listing, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import ibis.expr.types as ir

    from recobro.intake.desk import Desk

READERS = {".csv": csv.rows, ".parquet": parquet.rows}


@dataclass(frozen=True, slots=True)
class Raw:
    """A table as delivered: names in lower case, and `_row`, the record's number in its file."""

    table: str
    file: str
    rows: ir.Table
    of_workbook: bool = False


class DeliveryMissing(DeliveryRefused):
    """There is nothing at the path, or nothing that a delivery can be."""

    says = (
        "{path} is neither a folder nor a workbook (.xlsx). Nothing was changed. Name the folder "
        "of the files, or one workbook with a sheet for each table."
    )

    def __init__(self, path: Path) -> None:
        super().__init__(path=path)


class NoKnownTable(DeliveryRefused):
    """No file or sheet is a table of the loan book."""

    says = (
        "{path} brings no table of the loan book, only: {seen}. Nothing was changed. Name the "
        "files or sheets {tables}; or give a mapping for an extract that looks different."
    )

    def __init__(self, path: Path, seen: list[str]) -> None:
        there = Listing(seen) or Phrase("nothing")
        super().__init__(path=path, seen=there, tables=Listing(FACTS))


class TableTwice(DeliveryRefused):
    """Two files bring the same table."""

    says = "{one} and {other} both bring {table}. Nothing was changed. Deliver one of them."

    def __init__(self, table: str, one: str, other: str) -> None:
        super().__init__(one=one, other=other, table=table)


def sources(path: Path, desk: Desk) -> dict[str, Raw]:
    """Read the tables of a folder or workbook, in the order in which parents come first.

    A file or sheet that is no table is the warning `unknown-file`. Raises DeliveryMissing,
    NoKnownTable, TableTwice, Unreadable.
    """
    found: dict[str, Raw] = {}
    seen = []
    for name, table, rows in _parts(path, desk):
        seen.append(name)
        if table is None or rows is None:
            desk.findings.add("unknown-file", table="", file=name, value=name)
            continue
        if table in found:
            raise TableTwice(table, found[table].file, name)
        found[table] = Raw(table, name, rows, of_workbook=path.is_file())
    if not found:
        raise NoKnownTable(path, seen)
    return {table: found[table] for table in FACTS if table in found}


def refuse_odd(file: Path, folder: Path) -> None:
    """Refuse what is no file of a delivery: a pipe, which never ends, or a link that leads out.

    Folders are left to whoever opens them. Raises Unreadable.
    """
    if file.exists() and not (file.is_file() or file.is_dir()):
        raise Unreadable(file.name, Phrase("it is neither a file nor a folder"))
    if not file.resolve().is_relative_to(folder.resolve()):
        raise Unreadable(file.name, Phrase("it is a link that leads out of the delivery"))


def _parts(path: Path, desk: Desk) -> Iterator[tuple[str, str | None, ir.Table | None]]:
    """Give each part's name, the table that it is, and its rows; None where it is no table."""
    if path.is_dir():
        with reading(path.name):
            files = sorted(path.iterdir())
        for file in files:
            refuse_odd(file, path)
            reader = READERS.get(file.suffix.lower()) if file.stem.lower() in FACTS else None
            yield file.name, file.stem.lower(), reader(file, desk) if reader else None
    elif path.is_file() and path.suffix.lower() == ".xlsx":
        yield from workbook.sheets(path, desk)
    else:
        raise DeliveryMissing(path)
