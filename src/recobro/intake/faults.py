"""Rows that could not be taken as they are: what is kept of them, and what is said."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import ibis

from recobro.intake.findings import Verdict
from recobro.intake.parents import blame
from recobro.intake.types import NO

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from recobro.intake.contract import Contract
    from recobro.intake.desk import Desk

_OF_A_LOAN = ("loan_no", "disbursed_on")


def named_cell(column: str) -> str:
    """Return the name under which a column's cell stands beside its value."""
    return f"cell_{column}"


def named_said(column: str) -> str:
    """Return the name under which it stands what a cell says, however it is written."""
    return f"said_{column}"


def is_fine(column: str) -> str:
    """Return the name under which it stands whether a cell is as it must be."""
    return f"fine_{column}"


def problem(column: str) -> str:
    """Return the name under which the code of what is wrong with a cell stands."""
    return f"problem_{column}"


def record(rows: ir.Table, contract: Contract, desk: Desk, *, file: str) -> None:
    """Keep faulty rows (`faulty`) on the desk, and report each of their faulty cells."""
    found = desk.keep(blame(desk.keep(rows, contract.name), contract, desk), contract.name)
    desk.faulty[contract.name] = found
    desk.turn_away(contract.name, found, tuple(map(named_cell, contract.key)))
    counts = found.agg(**{name: found[problem(name)].count() for name in contract.columns})
    for name, number in desk.fetch(counts)[0].items():
        if number:
            _report(found, name, contract, desk, file)


def faulty(rows: ir.Table, contract: Contract) -> ir.Table:
    """Return cells, what they say, and problems of faulty rows, and their amount, if `readable`."""
    amounts = [rows[name] for name in contract.money]
    # Less than nothing is an amount; what the currency has no units for cannot be added up.
    unclear = [
        a.isnull() | (rows[problem(n)] == "too-many-decimals").fill_null(NO)
        for a, n in zip(amounts, contract.money, strict=True)
    ]
    cells = {name: rows[named_cell(name)].cast("string") for name in contract.columns}
    extra = [name for name in _OF_A_LOAN if name in rows.columns]
    return rows.select(
        "row",
        *extra,
        *(problem(name) for name in contract.columns),
        **{named_cell(name): cell for name, cell in cells.items()},
        **{
            named_said(name): rows[is_fine(name)].ifelse(rows[name].cast("string"), cell)
            for name, cell in cells.items()
        },
        currency=rows.currency if "currency" in rows.columns else ibis.null("string"),
        money=sum(amounts, ibis.literal(0, "int64")),
        readable=~reduce(or_, unclear, NO),
    )


def _report(found: ir.Table, name: str, contract: Contract, desk: Desk, file: str) -> None:
    parents = {parent.column: parent.table for parent in contract.parents}
    words = getattr(contract.columns[name].type, "words", ())
    codes = found.select(code=found[problem(name)]).distinct().drop_null().order_by("code")
    for code in (each["code"] for each in desk.fetch(codes)):
        rows = found.filter(found[problem(name)] == code)
        parts = {
            "value": rows[named_cell(name)],
            "parent": ibis.literal(parents.get(name, "")),
            "allowed": ibis.literal(", ".join(words)),
            "since": rows.disbursed_on if contract.of_a_loan else ibis.null("date"),
        }
        verdict = Verdict(code, rows.select("row", **parts), column=name)
        desk.findings.report(verdict, table=contract.name, file=file)
