import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.checks.check import Ground, differing


def money_accounted(ground: Ground) -> ir.Table:
    """Find loans whose payments up to the day are not what was settled and paid in advance.

    A reversed payment never came, whenever it was reversed: so it is taken off again.
    """
    received = ground.payments.filter(ground.payments.paid_on <= ground.on)
    money = received.filter(received.reverses.isnull())
    reversals = ground.payments.filter(ground.payments.reverses.notnull())
    # By loan first: only few payments are compared by their texts.
    likely = money.semi_join(reversals, "loan_no")
    reversed_money = likely.semi_join(reversals.select(payment_id="reverses"), "payment_id")
    rows = ibis.union(
        _expected(money, money.amount),
        _expected(reversed_money, -reversed_money.amount),
        ground.standings.select(
            "loan_no", "loan_id", "currency", expected=ibis.literal(0, "int64"), found="paid_total"
        ),
    )
    sums = rows.group_by("loan_no").aggregate(
        loan_id=rows.loan_id.max(),
        currency=rows.currency.max(),
        expected=total(rows.expected),
        found=total(rows.found),
    )
    disbursed = sums.filter(sums.loan_id.notnull())
    return differing(
        disbursed, subject="loan_id", item="paid_total", expected="expected", found="found"
    )


def _expected(payments: ir.Table, amount: ir.IntegerValue) -> ir.Table:
    return payments.select(
        "loan_no",
        loan_id=ibis.null("string"),
        currency=ibis.null("string"),
        expected=amount,
        found=ibis.literal(0, "int64"),
    )
