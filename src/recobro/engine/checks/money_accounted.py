import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.checks.check import Ground, differing


def money_accounted(ground: Ground) -> ir.Table:
    """Find loans whose payments up to the day are not what was settled and paid in advance.

    A reversed payment never came, whenever it was reversed: so it is taken off again.
    """
    money = ground.payments.filter(
        ground.payments.reverses.isnull(), ground.payments.paid_on <= ground.on
    )
    quick = _received(ground.standings, _quickly(money, ground))
    doubtful = quick.filter(~quick.received.identical_to(quick.paid_total))
    few = money.semi_join(doubtful, "loan_no")
    exact = few.anti_join(ground.reversals, few.payment_id == ground.reversals.reverses)
    standings = doubtful.drop("received")
    return differing(
        _received(standings, exact.select("loan_no", "amount")),
        subject="loan_id",
        item="paid_total",
        expected="received",
        found="paid_total",
    )


def _quickly(money: ir.Table, ground: Ground) -> ir.Table:
    """List the amounts that count, wherever a reversal has its payment's loan and amount.

    Elsewhere they do not add up, and that loan is added up again payment by payment.
    """
    # Such a reversal has no earlier day either; only of one that came after the day of the close
    # must the payment be looked up: it may lie after that day as well.
    has_come = ground.reversals.paid_on <= ground.on
    come, coming = ground.reversals.filter(has_come), ground.reversals.filter(~has_come)
    doomed = money.semi_join(coming.select(payment_id="reverses"), "payment_id")
    # Numbers alone are grouped: beside texts the grouping of all payments costs ten times as much.
    return ibis.union(
        money.select("loan_no", "amount"),
        come.select("loan_no", amount=-come.amount),
        doomed.select("loan_no", amount=-doomed.amount),
    )


def _received(standings: ir.Table, counted: ir.Table) -> ir.Table:
    """Add to standings what was received for the loan."""
    sums = counted.group_by("loan_no").aggregate(received=total(counted.amount))
    both = standings.left_join(sums, "loan_no", rname="paid_{name}").drop("paid_loan_no")
    return both.mutate(received=both.received.fill_null(0))
