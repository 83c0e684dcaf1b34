"""What loans owe of their principal on a day, by their instalments and payments alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir


_KEY = ("loan_no", "on")


def outstanding(loans: ir.Table, instalments: ir.Table, payments: ir.Table) -> ir.Table:
    """Return `loan_no`, `on`, `outstanding`: principal − principal settled up to that day.

    Payments settle the oldest instalment first, in it fees, interest, principal; without
    instalments all that was paid is principal. `loans`: loan_no, principal, on, a row for each
    day that is asked of a loan. Minor units.
    """
    paid = _paid(loans, payments)
    asked = _beside(loans.select("loan_no", "on", "principal"), paid)
    dues = instalments.semi_join(loans, "loan_no")
    dues = dues.select(
        "loan_no",
        "n",
        costs=dues.fees_due + dues.interest_due,
        due=dues.fees_due + dues.interest_due + dues.principal_due,
    )
    order = ibis.cumulative_window(group_by="loan_no", order_by="n")
    dues = dues.mutate(before=dues.due.sum().over(order).cast("int64") - dues.due)
    reached = dues.join(asked.select("loan_no", "on", "paid"), "loan_no")
    left = reached.paid.fill_null(0) - reached.before
    settled = ibis.greatest(ibis.least(left, reached.due) - reached.costs, 0)
    by_loan = reached.group_by(*_KEY).agg(settled=settled.sum().cast("int64"))
    all_of_it = _beside(asked, by_loan)
    gone = all_of_it.settled.coalesce(all_of_it.paid, 0)
    return all_of_it.select(*_KEY, outstanding=ibis.greatest(all_of_it.principal - gone, 0))


def _beside(loans: ir.Table, found: ir.Table) -> ir.Table:
    both = loans.left_join(found, list(_KEY), rname="found_{name}")
    return both.drop(*(f"found_{name}" for name in _KEY))


def _paid(loans: ir.Table, payments: ir.Table) -> ir.Table:
    """Return what counts as paid: neither a reversal nor what one cancels."""
    # No part is named twice, not even rows of loans: what is, DuckDB holds in memory.
    reversals = payments.filter(payments.reverses.notnull()).semi_join(loans, "loan_no")
    own = payments.filter(payments.reverses.isnull()).semi_join(loans, "loan_no")
    own = own.anti_join(reversals.select(payment_id="reverses"), "payment_id")
    counted = own.select("loan_no", "paid_on", "amount").join(loans.select(*_KEY), "loan_no")
    counted = counted.filter(counted.paid_on <= counted.on)
    return counted.group_by(*_KEY).agg(paid=counted.amount.sum().cast("int64"))
