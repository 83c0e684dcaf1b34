"""Payments: more than zero, and a reversal cancels one payment once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from recobro.intake.contract import Column, Contract, Parent, Rule
from recobro.intake.desk import Desk, Kind
from recobro.intake.findings import Verdict
from recobro.intake.types import Amount, Code, Date, Text
from recobro.terms.codes import Source

if TYPE_CHECKING:
    import ibis.expr.types as ir

_FACTS = ("loan_no", "paid_on", "amount", "reverses")


def reversals_without_payment(rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Reject reversals that cancel no payment of the same loan and amount, or cancel it again."""
    cancels = rows.filter(rows.reverses.notnull())
    if not desk.count(cancels):
        return []
    cancels = cancels.mutate(value=cancels.reverses)
    book = desk.before("payments").anti_join(rows, "payment_id")
    book = book.filter(ibis.literal(desk.kind is Kind.DELTA))
    told = {"target": "payment_id"} | {f"target_{name}": name for name in _FACTS}
    known = rows.select(**told).union(book.select(**told))
    both = cancels.left_join(known, cancels.value == known.target)
    both = desk.keep(both.mutate(reason=_reason(both)), "reversals")
    sound = both.filter(both.reason.isnull())
    again = _again(sound, book)
    fallen = both.filter(both.reason.notnull()).select("row", "value", "reason").union(again)
    return [Verdict("reversal-without-payment", fallen, column="reverses")]


def _reason(both: ir.Table) -> ir.StringValue:
    return ibis.cases(
        (both.target.isnull(), "there is no such payment"),
        (both.target_reverses.notnull(), "that row is a reversal itself"),
        (both.target_loan_no != both.loan_no, "that is a payment of another loan"),
        (both.target_amount != both.amount, "that payment has another amount"),
        (both.target_paid_on > both.paid_on, "that payment was made later"),
    )


def _again(sound: ir.Table, book: ir.Table) -> ir.Table:
    """Return the reversals of payments that the book, or an earlier row, has already cancelled."""
    first = sound.group_by("value").agg(first=sound.row.min())
    done = book.filter(book.reverses.notnull()).select(done="reverses").distinct()
    told = sound.join(first, "value").left_join(done, [("value", "done")])
    again = told.filter((told.row != told.first) | told.done.notnull())
    return again.select("row", "value", reason=ibis.literal("another reversal cancels it already"))


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
    sieves=(reversals_without_payment,),
    remarks=(before_disbursement, in_the_future),
)
