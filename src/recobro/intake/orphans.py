"""Rows of tables that a full delivery does not bring, whose parents it takes out of the book."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import ibis

from recobro.intake.findings import Verdict
from recobro.intake.parents import key_of
from recobro.intake.types import NO
from recobro.terms.codes import DeliveryKind

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from recobro.intake.contract import Contract, Parent
    from recobro.intake.desk import Desk


def orphaned(contract: Contract, desk: Desk) -> None:
    """Find rows of a table that is not in this full delivery whose parent leaves the book.

    They lie on the desk, for the book to drop, and each is a finding.
    """
    if contract.name not in desk.current or desk.kind is DeliveryKind.DELTA:
        return
    changed = [
        parent
        for parent in contract.parents
        if parent.table in desk.accepted or parent.table in desk.orphans
    ]
    if not changed:
        return
    lost = [_without(parent, contract, desk) for parent in changed]
    gone = desk.keep(reduce(lambda a, b: a.union(b), lost), f"{contract.name}.orphans")
    if not desk.count(gone):
        return
    for parent in changed:
        _report(gone, parent, contract, desk)
    desk.orphans[contract.name] = gone


def _without(parent: Parent, contract: Contract, desk: Desk) -> ir.Table:
    """Return the rows whose parent is not there any more."""
    rows = desk.before(contract.name)
    key = "loan_no" if parent.table == "loans" else parent.column
    there = "loan_no" if parent.table == "loans" else key_of(parent)
    known = desk.after(parent.table)
    named = rows.filter(rows[key].notnull()).mutate(parent_column=ibis.literal(parent.column))
    return named.anti_join(known.select(**{key: known[there]}), key)


def _report(gone: ir.Table, parent: Parent, contract: Contract, desk: Desk) -> None:
    rows = gone.filter(gone.parent_column == parent.column)
    if parent.table == "loans":
        loans = desk.before("loans").select("loan_no", parent_value="loan_id")
        rows = rows.join(loans, "loan_no")
    else:
        rows = rows.mutate(parent_value=rows[parent.column])
    rejected = desk.turned_away.get(parent.table)
    blamed = NO if rejected is None else rows.parent_value.isin(rejected.key)
    for code, told in (("parent-rejected", blamed), ("parent-missing", ~blamed)):
        chosen = rows.filter(told)
        parts = {
            "value": chosen.parent_value,
            "parent": ibis.literal(parent.table),
            "file": ibis.literal("load ") + chosen.load_no.cast("string"),
        }
        verdict = Verdict(code, chosen.select("row", **parts), column=parent.column)
        desk.findings.report(verdict, table=contract.name, file="")
