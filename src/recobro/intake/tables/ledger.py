"""The general ledger, to tie out with the loans below each institution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from recobro.intake.contract import Column, Contract, Parent
from recobro.intake.desk import shown
from recobro.intake.findings import Verdict
from recobro.intake.outstanding import outstanding
from recobro.intake.types import CURRENCY, Amount, Code, Date, Text
from recobro.terms.codes import LedgerItem

if TYPE_CHECKING:
    from datetime import date

    import ibis.expr.types as ir

    from recobro.intake.desk import Desk


def differs_from_loans(rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Compare the ledger's item `loans` of its latest day with the loans below each institution.

    Earlier days were compared when they were delivered. Nonperforming loans and the allowance are
    known to a close only.
    """
    told = rows.filter(rows.item == LedgerItem.LOANS)
    on = desk.one(told.on.max())
    if on is None:
        return []
    told = desk.view("told by ledger", told.filter(told.on == ibis.literal(on, "date")))
    owed = _owed_below(desk, on).rename(owing="institution_id", owing_in="currency")
    both = told.left_join(
        owed, (told.institution_id == owed.owing) & (told.currency == owed.owing_in)
    )
    both = both.mutate(owed=both.owed.fill_null(0))
    differs = both.filter(both.owed != both.amount)
    parts = {
        "value": differs.institution_id,
        "told": shown(differs.amount, differs.currency),
        "outstanding": shown(differs.owed, differs.currency),
    }
    verdict = differs.select("row", "currency", "on", **parts)
    return [Verdict("ledger-differs", verdict, column="amount")]


def _owed_below(desk: Desk, on: date) -> ir.Table:
    """Return what the loans on balance owe, by institution with all that is below it."""
    day = ibis.literal(on, "date")
    loans = desk.after("loans").mutate(on=day)
    for gone_on in ("written_off_on", "closed_on"):
        loans = loans.filter(loans[gone_on].isnull() | (loans[gone_on] > day))
    loans = desk.view("loans on balance", loans.filter(loans.disbursed_on <= day))
    found = outstanding(loans, desk.after("instalments"), desk.after("payments"))
    owed = loans.join(found, "loan_no").group_by("institution_id", "currency")
    owed = owed.agg(owed=ibis._.outstanding.sum().cast("int64"))
    below = owed.join(_ancestors(desk), "institution_id").drop("institution_id")
    below = below.group_by(institution_id="ancestor", currency="currency")
    return below.agg(owed=ibis._.owed.sum().cast("int64"))


def _ancestors(desk: Desk) -> ir.Table:
    """Return each institution with itself and every one above it."""
    found = desk.fetch(desk.after("institutions").select("institution_id", "parent_id"))
    parents = {row["institution_id"]: row["parent_id"] for row in found}
    pairs = []
    for name in parents:
        above: str | None = name
        while above is not None:
            pairs.append({"institution_id": name, "ancestor": above})
            above = parents.get(above)
    return desk.few(pairs, ibis.schema({"institution_id": "string", "ancestor": "string"}))


LEDGER = Contract(
    name="ledger",
    key=("institution_id", "on", "currency", "item"),
    order=("institution_id", "on", "currency", "item"),
    columns={
        "institution_id": Column(Text()),
        "on": Column(Date()),
        "currency": Column(CURRENCY),
        "item": Column(Code(tuple(LedgerItem))),
        "amount": Column(Amount(signed=True)),
    },
    parents=(Parent("institution_id", "institutions"),),
    remarks=(differs_from_loans,),
)
