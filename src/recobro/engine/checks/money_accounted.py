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
    reversals = ground.payments.filter(ground.payments.reverses.notnull())
    # A reversal has its payment's amount and no earlier day; only of one that came after the day
    # of the close must the payment be looked up: it may lie after that day as well.
    come, coming = (
        reversals.filter(reversals.paid_on <= ground.on),
        reversals.filter(reversals.paid_on > ground.on),
    )
    doomed = money.semi_join(coming.select(payment_id="reverses"), "payment_id")
    # Numbers alone are grouped: beside texts the grouping of all payments costs ten times as much.
    counted = ibis.union(
        money.select("loan_no", "amount"),
        come.select("loan_no", amount=-come.amount),
        doomed.select("loan_no", amount=-doomed.amount),
    )
    sums = counted.group_by("loan_no").aggregate(received=total(counted.amount))
    both = ground.standings.left_join(sums, "loan_no", rname="paid_{name}")
    return differing(
        both.mutate(received=both.received.fill_null(0)),
        subject="loan_id",
        item="paid_total",
        expected="received",
        found="paid_total",
    )
