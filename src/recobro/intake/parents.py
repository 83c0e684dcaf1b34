"""Rows must name parents that exist: in this delivery, or in the book that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from recobro.engine.tables import FACTS, KEYS
from recobro.intake.desk import named, units_of
from recobro.intake.types import YES

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from recobro.intake.contract import Contract, Parent
    from recobro.intake.desk import Desk


_LOANS = ibis.schema(
    {
        "loan_no": "int64",
        "currency": "string",
        "disbursed_on": "date",
        "parent_key": "string",
        "known": "boolean",
        "units": "int16",
    }
)
"""What a row learns of the loan that it names."""


def look_up(contract: Contract, desk: Desk) -> None:
    """Have the parents at hand that rows of a table may name."""
    for parent in contract.parents:
        desk.after(parent.table)
    if contract.of_a_loan:
        desk.name("known loans", _loans(desk).select(*_LOANS))


def joined(cells: ir.Table, contract: Contract) -> ir.Table:
    """Look up each parent: `known_<column>` is true where it exists and empty where not.

    Rows of a loan get its number, its currency, that currency's minor `units`, and `disbursed_on`.
    """
    for parent in contract.parents:
        if parent.table == "loans":
            known = named("known loans", _LOANS)
        else:
            rows = named(f"after {parent.table}", FACTS[parent.table])
            known = rows.select(parent_key=rows[key_of(parent)], known=YES)
        known = known.rename({f"known_{parent.column}": "known"})
        cells = cells.left_join(known, [(f"cell_{parent.column}", "parent_key")])
        cells = cells.drop("parent_key")
    return cells


def _loans(desk: Desk) -> ir.Table:
    """Return the loans of the book; of rejected ones the currency, to add up amounts in."""
    rows = desk.after("loans")
    known = rows.select("loan_no", "currency", "disbursed_on", parent_key=rows.loan_id, known=YES)
    if desk.other_money is not None:
        fallen = desk.other_money.select("currency", parent_key="loan_id")
        known = _with_unknown(known.anti_join(fallen, "parent_key"), fallen)
    if "loans" in desk.faulty:
        faulty = desk.faulty["loans"].group_by(parent_key="cell_loan_id")
        faulty = faulty.agg(currency=ibis._.cell_currency.max()).anti_join(known, "parent_key")
        known = _with_unknown(known, faulty)
    return known.mutate(units=units_of(known.currency))


def _with_unknown(known: ir.Table, others: ir.Table) -> ir.Table:
    """Add loans of which only the currency counts."""
    nothing = {"loan_no": ibis.null("int64"), "disbursed_on": ibis.null("date")}
    others = others.mutate(known=ibis.null("boolean"), **nothing).select(*known.columns)
    return known.cast(others.schema()).union(others)


def blame(faulty: ir.Table, contract: Contract, desk: Desk) -> ir.Table:
    """Tell a parent that was rejected with this delivery from one that never came."""
    for parent in contract.parents:
        rejected = desk.turned_away.get(parent.table)
        if rejected is None:
            continue
        cell, problem = f"cell_{parent.column}", f"problem_{parent.column}"
        keys = rejected.select(rejected_key=rejected.key).distinct()
        told = faulty.left_join(keys, faulty[cell] == keys.rejected_key)
        cause = ibis.cases(
            (told.rejected_key.notnull() & (told[problem] == "parent-missing"), "parent-rejected"),
            else_=told[problem],
        )
        faulty = told.mutate(**{problem: cause}).drop("rejected_key")
    return faulty


def key_of(parent: Parent) -> str:
    """Return the column of the parent table that a row names."""
    return "loan_id" if parent.table == "loans" else KEYS[parent.table][0]
