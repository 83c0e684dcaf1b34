"""Where each loan stood at the end of a month: balance and days past due, without a grade."""

import ibis
import ibis.expr.types as ir

from recobro.engine.close import Facts, Money, measure
from recobro.engine.tables import PUBLISHED
from recobro.policy import Policy

MONTH_END = ibis.schema(
    {
        name: PUBLISHED[name]
        for name in (
            "as_of",
            "loan_no",
            "currency",
            "institution_id",
            "principal",
            "disbursed_on",
            "outstanding_principal",
            "days_past_due",
            "on_balance",
            "written_off_on",
            "closed_on",
            "closed_as",
        )
    }
)
"""What a published standing and one without a grade have in common."""


def stood(facts: Facts, *, on: ir.DateScalar, policy: Policy) -> ir.Table:
    """Return MONTH_END of each loan disbursed by a day: at a sixth of the price of a close."""
    views = facts.loans.filter(facts.loans.disbursed_on <= on).mutate(as_of=on)
    lines = facts.portions.mutate(as_of=on)
    money = Money.told_by(lines, policy, lambda _, tables: tables[0])
    loans = measure(views, money, facts, policy).select(*MONTH_END.names)
    return loans.cast(dict(MONTH_END.items()))
