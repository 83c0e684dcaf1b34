"""A reversal cancels one payment of the same loan and amount, once, and goes on doing so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from recobro.intake.findings import Verdict
from recobro.terms.codes import DeliveryKind

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from recobro.intake.desk import Desk

_ASKED = ("row", "payment_id", "loan_no", "paid_on", "amount", "reverses")

_REVERSAL = {name: f"reversal_{name}" for name in _ASKED}
_PAYMENT = {name: f"payment_{name}" for name in _ASKED}


def unfit(rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Reject reversals that cancel no payment, and changes of a payment that the book cancelled.

    What is rejected leaves the book's row in force: so the others are judged again beside it.
    """
    book = _concerned(rows, desk)
    if book is None:
        return []
    verdicts: list[Verdict] = []
    while True:
        found = [_without_payment(rows, book, desk), _cancelled(rows, book, desk)]
        new = [verdict for verdict in found if desk.count(verdict.rows)]
        if not new:
            return verdicts
        verdicts += new
        rows = rows.anti_join(ibis.union(*(one.rows.select("row") for one in new)), "row")


def _concerned(rows: ir.Table, desk: Desk) -> ir.Table | None:
    """Return the book's rows that delivered ones cancel or change the payment of; None: nothing."""
    cancels = rows.filter(rows.reverses.notnull())
    book = desk.before("payments").select(*_ASKED)
    if desk.kind is DeliveryKind.FULL or "payments" not in desk.current:
        return book.limit(0) if desk.count(cancels) else None
    # The book is named once in each of two queries: named twice in one, DuckDB would hold it all.
    named = cancels.select(named="reverses")
    touched = rows.select(named="payment_id").union(named)
    reversals = book.filter(book.reverses.notnull())
    found = desk.keep(
        reversals.semi_join(touched, reversals.reverses == touched.named), "payments.reversals"
    )
    if not desk.count(cancels):
        return found if desk.count(found) else None
    paid = desk.among("payments", named.select(payment_id="named")).select(*_ASKED)
    paid = desk.keep(paid, "payments.to-be-reversed")
    return found.union(paid, distinct=True)


def _without_payment(rows: ir.Table, book: ir.Table, desk: Desk) -> Verdict:
    """Find delivered reversals of no payment of their loan and amount, or of a cancelled one."""
    stays = book.anti_join(rows, "payment_id")
    cancels = _as(rows.filter(rows.reverses.notnull()), _REVERSAL)
    known = _as(rows.select(*_ASKED).union(stays), _PAYMENT)
    pairs = cancels.left_join(known, cancels.reversal_reverses == known.payment_payment_id)
    reason = ibis.cases(
        (pairs.payment_payment_id.isnull(), "there is no such payment"),
        (pairs.payment_reverses.notnull(), "that row is a reversal itself"),
        (pairs.payment_loan_no != pairs.reversal_loan_no, "that is a payment of another loan"),
        (pairs.payment_amount != pairs.reversal_amount, "that payment has another amount"),
        (pairs.payment_paid_on > pairs.reversal_paid_on, "that payment was made later"),
    )
    told = pairs.select(row="reversal_row", value="reversal_reverses", reason=reason)
    told = desk.keep(told, "payments.judged")
    fallen = told.filter(told.reason.notnull()).union(_again(told, stays))
    rejected = desk.keep(fallen, "payments.reversal-without-payment")
    return Verdict("reversal-without-payment", rejected, column="reverses")


def _again(told: ir.Table, stays: ir.Table) -> ir.Table:
    """Return the reversals of payments that the book, or an earlier row, has already cancelled."""
    sound = told.filter(told.reason.isnull())
    first = sound.group_by("value").agg(first=sound.row.min())
    done = stays.filter(stays.reverses.notnull()).select(done="reverses").distinct()
    both = sound.join(first, "value").left_join(done, [("value", "done")])
    again = both.filter((both.row != both.first) | both.done.notnull())
    return again.select("row", "value", reason=ibis.literal("another reversal cancels it already"))


def _cancelled(rows: ir.Table, book: ir.Table, desk: Desk) -> Verdict:
    """Find delivered payments that a reversal of the book cancelled, and no longer fits."""
    stays = _as(book.anti_join(rows, "payment_id"), _REVERSAL)
    changed = _as(rows, _PAYMENT)
    pairs = stays.join(changed, stays.reversal_reverses == changed.payment_payment_id)
    reason = ibis.cases(
        (pairs.payment_reverses.notnull(), "this row is a reversal itself"),
        (pairs.payment_loan_no != pairs.reversal_loan_no, "this row is of another loan"),
        (pairs.payment_amount != pairs.reversal_amount, "this row has another amount"),
        (pairs.payment_paid_on > pairs.reversal_paid_on, "this row is dated later than that"),
    )
    told = pairs.select(
        row="payment_row",
        value="payment_payment_id",
        reversal="reversal_payment_id",
        reason=reason,
    )
    rejected = desk.keep(told.filter(told.reason.notnull()), "payments.payment-reversed")
    return Verdict("payment-reversed", rejected, column="payment_id")


def _as(rows: ir.Table, names: dict[str, str]) -> ir.Table:
    return rows.select(**{new: rows[old] for old, new in names.items()})
