"""A Parquet file, delivered or staged, as columns with the names of its header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recobro.intake.refusals import DeliveryRefused, reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import ibis.expr.types as ir

    from recobro.intake.desk import Desk

ROW = "_row"
"""The record's number in its file; a mapping may hand on that of its source under this name."""


class ColumnTwice(DeliveryRefused):
    """Two columns of one file have the same name."""

    def __init__(self, file: str, column: str) -> None:
        super().__init__(
            f"{file} has two columns called {column!r}. Nothing was changed. "
            "Rename or remove one of them (upper and lower case are the same)."
        )


def rows(path: Path, desk: Desk) -> ir.Table:
    """Read a delivered Parquet file, with `_row`: 2 for its first record, as in a CSV file.

    Raises Unreadable, ColumnTwice.
    """
    with reading(path.name):
        return numbered(path, desk, file=path.name)


def numbered(
    path: Path, desk: Desk, *, file: str, header: Sequence[str] | None = None, first: int = 2
) -> ir.Table:
    """Give the columns of a Parquet file the names of its header, in lower case, and `_row`.

    Raises ColumnTwice.
    """
    found = desk.opened(path, file_row_number=True)
    names: dict[str, str] = {}
    for n, name in enumerate(header or found.columns[:-1]):
        plain = name.strip().lower() or f"column {n + 1}"
        if plain in names:
            raise ColumnTwice(file, plain)
        names[plain] = found.columns[n]
    if ROW in names:
        return found.select(**{name: found[column] for name, column in names.items()})
    number = found[found.columns[-1]] + first
    return found.select(**{name: found[c] for name, c in names.items()}, **{ROW: number})
