"""What an extract looks like: so that a changed one is told apart from a bad one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from recobro.intake import csv, workbook
from recobro.intake.refusals import DeliveryRefused, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping as ReadOnly
    from pathlib import Path

    from recobro.intake.mapping import Mapping

    Layout = ReadOnly[str, tuple[str, ...]]
    """The columns of each file or sheet, in lower case."""


class LayoutChanged(DeliveryRefused):
    """The extract looks different from the one that the mapping was written for."""

    def __init__(self, mapping: str, changes: list[str]) -> None:
        super().__init__(
            f"The extract's layout changed since {mapping} was written: {'; '.join(changes)}. "
            "Nothing was changed. Adapt the mapping, or have the extract as it was."
        )


def layout(path: Path, mapping: Mapping | None = None) -> Layout:
    """Return the columns of each file of a folder, or sheet of a workbook, by its name.

    With a mapping only the files that it reads. Raises Unreadable.
    """
    if path.is_file():
        with workbook.opened(path) as book:
            return {
                name: _plain(next(workbook.records(book, name, path), []))
                for name in book.sheet_names
            }
    found = {}
    for file in sorted(path.iterdir()):
        source = source_of(file, mapping) if mapping else file.stem
        if file.is_file() and source is not None:
            found[file.name] = _columns(file, form_of(mapping, source))
    return found


def layout_changes(before: Layout, now: Layout) -> list[str]:
    """Say in plain words which files and columns are gone or new."""
    changes = [f"{file} is gone" for file in before if file not in now]
    for file, columns in now.items():
        gone = [name for name in before.get(file, ()) if name not in columns]
        new = [name for name in columns if name not in before.get(file, ())]
        told = [f"column {n} gone" for n in gone] + [f"column {n} new" for n in new]
        if told:
            changes.append(f"{file}: {', '.join(told)}")
    return changes


def refuse_changed(before: Layout, now: Layout, mapping: str) -> None:
    """Refuse an extract in which a file or column is gone; new ones are no harm.

    Raises LayoutChanged.
    """
    gone = [file for file in before if set(before[file]) - set(now.get(file, ()))]
    if gone:
        raise LayoutChanged(mapping, layout_changes(before, now))


def form_of(mapping: Mapping | None, source: str) -> csv.Format:
    """Return how a mapping says that a source is written."""
    if mapping is None or source not in mapping.files:
        return csv.Format()
    return mapping.files[source].form


def source_of(file: Path, mapping: Mapping) -> str | None:
    """Return the name under which a mapping reads a file; nothing where it does not."""
    for table in mapping.tables.values():
        for name in table.sources:
            told = mapping.files[name].file if name in mapping.files else None
            if file.name == told or (told is None and file.stem.lower() == name.lower()):
                return name
    return None


def _columns(file: Path, form: csv.Format) -> tuple[str, ...]:
    if file.suffix.lower() != ".parquet":
        return _plain(csv.header(file, form))
    try:
        return _plain(pq.read_schema(file).names)
    except (pa.ArrowInvalid, OSError) as error:
        raise Unreadable(file.name, str(error)) from error


def _plain(names: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in names if name.strip())
