"""Payments: more than zero, and a reversal cancels one payment once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from recobro.intake.contract import Column, Contract, Parent, Rule
from recobro.intake.findings import Verdict
from recobro.intake.reversals import unfit
from recobro.intake.types import Amount, Code, Date, Text
from recobro.terms.codes import Source

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from recobro.intake.desk import Desk


def before_disbursement(rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Find payments made before the loan was disbursed."""
    loans = desk.after("loans").select("loan_no", value="loan_id", since="disbursed_on")
    both = rows.select("row", "loan_no", "paid_on").join(loans, "loan_no")
    early = both.filter(both.paid_on < both.since)
    return [Verdict("payment-before-disbursement", early, column="paid_on")]


def in_the_future(rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Find payments dated after the day of the delivery, where that is known."""
    if desk.on is None:
        return []
    late = rows.filter(rows.paid_on > ibis.literal(desk.on))
    parts = {"value": late.paid_on, "on": ibis.literal(desk.on)}
    return [Verdict("payment-in-the-future", late.select("row", **parts), column="paid_on")]


PAYMENTS = Contract(
    name="payments",
    key=("payment_id",),
    order=("loan_no", "paid_on", "payment_id"),
    columns={
        "payment_id": Column(Text()),
        "loan_id": Column(Text()),
        "paid_on": Column(Date()),
        "amount": Column(Amount()),
        "source": Column(Code(tuple(Source)), required=False),
        "payer": Column(Text(), required=False),
        "reverses": Column(Text(), required=False),
    },
    parents=(Parent("loan_id", "loans"),),
    money=("amount",),
    rules=(Rule("bad-amount", "amount", lambda rows: rows.amount == 0),),
    sieves=(unfit,),
    remarks=(before_disbursement, in_the_future),
)
