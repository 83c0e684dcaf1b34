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
    import ibis.expr.types as ir

    from recobro.intake.desk import Desk


_OWED = ("institution_id", "on", "currency")


def differs_from_loans(rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Compare the ledger's item `loans` of each day with the loans below each institution.

    Rows that the book has already were compared when they came, but for those of the latest day.
    Nonperforming loans and the allowance are known to a close only.
    """
    loans = rows.filter(rows.item == LedgerItem.LOANS)
    known = desk.before("ledger").select(*LEDGER.key, "amount")
    new = loans.anti_join(known, [*LEDGER.key, "amount"])
    told = desk.keep(new.union(loans.filter(loans.on == loans.on.max()), distinct=True), "ledger")
    if not desk.count(told):
        return []
    told = desk.name("told by ledger", told)
    both = told.left_join(_owed_below(desk, told.select("on").distinct()), list(_OWED))
    both = both.mutate(owed=both.owed.fill_null(0))
    differs = both.filter(both.owed != both.amount)
    parts = {
        "value": differs.institution_id,
        "told": shown(differs.amount, differs.currency),
        "outstanding": shown(differs.owed, differs.currency),
    }
    verdict = differs.select("row", "currency", "on", **parts)
    return [Verdict("ledger-differs", verdict, column="amount")]


def _owed_below(desk: Desk, days: ir.Table) -> ir.Table:
    """Return what the loans on balance owe on some days, by institution with all below it."""
    loans = desk.after("loans").cross_join(days)
    for gone_on in ("written_off_on", "closed_on"):
        loans = loans.filter(loans[gone_on].isnull() | (loans[gone_on] > loans.on))
    loans = desk.name("loans on balance", loans.filter(loans.disbursed_on <= loans.on))
    found = outstanding(loans, desk.after("instalments"), desk.after("payments"))
    owed = loans.join(found, ["loan_no", "on"]).group_by(*_OWED)
    owed = owed.agg(owed=ibis._.outstanding.sum().cast("int64"))
    below = owed.join(_ancestors(desk), "institution_id").drop("institution_id")
    below = below.group_by(institution_id="ancestor", on="on", currency="currency")
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
