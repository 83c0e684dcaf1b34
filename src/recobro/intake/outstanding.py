"""What loans owe of their principal on a day, by their instalments and payments alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir


def outstanding(loans: ir.Table, instalments: ir.Table, payments: ir.Table) -> ir.Table:
    """Return `loan_no`, `outstanding`: principal − principal settled up to each loan's `on`.

    Payments settle the oldest instalment first, in it fees, interest, principal; without
    instalments all that was paid is principal. `loans`: loan_no, principal, on. Minor units.
    """
    paid = _paid(loans, payments)
    dues = instalments.semi_join(loans, "loan_no").left_join(paid, "loan_no")
    dues = dues.mutate(
        paid=dues.paid.fill_null(0),
        costs=dues.fees_due + dues.interest_due,
        due=dues.fees_due + dues.interest_due + dues.principal_due,
    )
    order = ibis.cumulative_window(group_by="loan_no", order_by="n")
    reached = dues.mutate(left=dues.paid - dues.due.sum().over(order).cast("int64") + dues.due)
    settled = ibis.greatest(ibis.least(reached.left, reached.due) - reached.costs, 0)
    by_loan = reached.group_by("loan_no").agg(settled=settled.sum().cast("int64"))
    all_of_it = loans.select("loan_no", "principal").left_join(by_loan, "loan_no")
    all_of_it = all_of_it.drop("loan_no_right").left_join(paid, "loan_no")
    gone = all_of_it.settled.coalesce(all_of_it.paid, 0)
    return all_of_it.select("loan_no", outstanding=ibis.greatest(all_of_it.principal - gone, 0))


def _paid(loans: ir.Table, payments: ir.Table) -> ir.Table:
    """Return what counts as paid: neither a reversal nor what one cancels."""
    counted = payments.join(loans.select("loan_no", "on"), "loan_no")
    reversed_ids = counted.filter(counted.reverses.notnull()).select(payment_id="reverses")
    counted = counted.filter(counted.reverses.isnull()).anti_join(reversed_ids, "payment_id")
    counted = counted.filter(counted.paid_on <= counted.on)
    return counted.group_by("loan_no").agg(paid=counted.amount.sum().cast("int64"))
