"""Which rows of a table are in force: the newest load's of those that take each other's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir


def replaced_table(table: str) -> str:
    """Return the name of the table that lists which rows of `table` a later load replaced.

    It has the columns that make rows of `table` replace each other, the loan_no of the row replaced
    where each has one, and `load_no`: rows of loads before it are no longer in force. So a day's
    delivery adds small files and rewrites none.
    """
    return f"{table}_replaced"


def current(rows: ir.Table, replaced: ir.Table | None) -> ir.Table:
    """Return the rows in force: those that no later load replaced."""
    if replaced is None:
        return rows
    if "kept_to" in replaced.columns:
        return _in_force_along(rows, replaced)
    key = [column for column in replaced.columns if column != "load_no"]
    if "loan_no" not in key or not any(replaced[column].type().is_string() for column in key):
        return _in_force(rows, replaced, key)
    # Most loans have no such row: found by their number, they need not be looked up by a text.
    loans = replaced.select("loan_no").distinct()
    few = _in_force(rows.semi_join(loans, "loan_no"), replaced, key)
    return rows.anti_join(loans, "loan_no").union(few)


def _in_force(rows: ir.Table, replaced: ir.Table, key: list[str]) -> ir.Table:
    newest = replaced.group_by(key).aggregate(replaced_by=replaced.load_no.max())
    joined = rows.left_join(newest, key, rname="newest_{name}")
    in_force = joined.replaced_by.isnull() | (joined.load_no >= joined.replaced_by)
    return joined.filter(in_force).select(*rows.columns)


def _in_force_along(rows: ir.Table, replaced: ir.Table) -> ir.Table:
    """Return the rows in force where some of one load were replaced beyond a place on a line."""
    key = ("loan_no", "load_no")
    nearest = replaced.group_by(*key).aggregate(kept_to=replaced.kept_to.min())
    joined = rows.left_join(nearest, key, rname="nearest_{name}")
    in_force = joined.kept_to.isnull() | (joined.line_end <= joined.kept_to)
    return joined.filter(in_force).select(*rows.columns)
