import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.checks.check import Ground, differing


def money_accounted(ground: Ground) -> ir.Table:
    """Find loans whose payments up to the day are not what was settled and paid in advance.

    A reversed payment never came, whenever it was reversed: so it is taken off again.
    """
    by_then = ground.payments.filter(ground.payments.paid_on <= ground.on)
    money = by_then.filter(by_then.reverses.isnull())
    doubtful = _doubtful(ground, by_then, money)
    few = money.semi_join(doubtful.select("loan_no"), "loan_no")
    exact = few.anti_join(ground.reversals, few.payment_id == ground.reversals.reverses)
    sums = exact.group_by("loan_no").aggregate(received=total(exact.amount))
    standings = ground.standings.semi_join(doubtful, "loan_no")
    both = standings.left_join(sums, "loan_no", rname="paid_{name}")
    return differing(
        both.mutate(received=both.received.fill_null(0)),
        subject="loan_id",
        item="paid_total",
        expected="received",
        found="paid_total",
    )


def _doubtful(ground: Ground, by_then: ir.Table, money: ir.Table) -> ir.Table:
    """List the loans whose amounts do not add up, as if each reversal had its payment's.

    Such a loan is added up again payment by payment.
    """
    # Such a reversal has no earlier day either; only of one that came after the day of the close
    # must the payment be looked up: it may lie after that day as well.
    has_come = ground.reversals.paid_on <= ground.on
    come, coming = ground.reversals.filter(has_come), ground.reversals.filter(~has_come)
    doomed = money.semi_join(coming.select(payment_id="reverses"), "payment_id")
    standings = ground.standings
    # Numbers alone are grouped: beside texts the grouping of all payments costs ten times as much.
    rows = ibis.union(
        # A reversal is among them: it is taken off as well as what it reverses, and so no text is
        # read of millions of payments to tell which are reversals.
        by_then.select("loan_no", "amount"),
        come.select("loan_no", amount=-2 * come.amount),
        doomed.select("loan_no", amount=-doomed.amount),
        standings.select("loan_no", amount=-standings.paid_total),
    )
    left = rows.group_by("loan_no").aggregate(amount=total(rows.amount))
    empty = standings.filter(standings.paid_total.isnull())
    return left.filter(left.amount != 0).select("loan_no").union(empty.select("loan_no"))
