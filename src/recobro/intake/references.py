"""Columns that may name a row which is not there: the value is emptied, the row counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from recobro.engine.tables import FACTS
from recobro.intake.findings import Verdict
from recobro.intake.parents import key_of
from recobro.terms.codes import DeliveryKind

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from recobro.intake.contract import Contract, Parent
    from recobro.intake.desk import Desk


def resolved(rows: ir.Table, contract: Contract, desk: Desk, *, file: str) -> ir.Table:
    """Empty the references to unknown rows, each with the warning `unknown-reference`."""
    for reference in contract.references:
        named = _unknown(rows, reference, desk).mutate(parent=ibis.literal(reference.table))
        verdict = Verdict("unknown-reference", named, reference.column)
        unknown = desk.findings.report(verdict, table=contract.name, file=file)
        if unknown is None:
            continue
        marked = rows.left_join(unknown.select(emptied="row"), [("row", "emptied")])
        kept = marked.emptied.isnull().ifelse(marked[reference.column], None)
        emptied = marked.mutate(**{reference.column: kept}).select(*FACTS[contract.name])
        rows = contract.ordered(emptied)
    return rows


def left_behind(contract: Contract, desk: Desk) -> ir.Table | None:
    """Empty the references of a table that a full delivery does not bring to rows that it drops.

    Returns all rows of the table as they will stand, each change with its warning; None where
    nothing changes.
    """
    changed = {*desk.accepted, *desk.orphans}
    dropped = [each for each in contract.references if each.table in changed]
    if contract.name not in desk.current or desk.kind is DeliveryKind.DELTA or not dropped:
        return None
    rows, found = desk.after(contract.name), False
    for reference in dropped:
        named = rows.filter(rows[reference.column].notnull())
        named = named.select("load_no", "row", value=named[reference.column])
        known = desk.after(reference.table)
        unknown = named.anti_join(known.select(value=known[key_of(reference)]), "value")
        told = unknown.select(
            "row",
            "value",
            parent=ibis.literal(reference.table),
            file=ibis.literal("load ") + unknown.load_no.cast("string"),
        )
        verdict = Verdict("unknown-reference", told, reference.column)
        emptied = desk.findings.report(verdict, table=contract.name, file="")
        if emptied is None:
            continue
        gone = rows[reference.column].isin(emptied.value)
        rows = rows.mutate(**{reference.column: gone.ifelse(None, rows[reference.column])})
        found = True
    return contract.ordered(rows) if found else None


def _unknown(rows: ir.Table, reference: Parent, desk: Desk) -> ir.Table:
    named = rows.filter(rows[reference.column].notnull())
    named = named.select("row", value=named[reference.column])
    known = desk.after(reference.table)
    return named.anti_join(known.select(value=known[key_of(reference)]), "value")
