"""Old and new loans apart: "lock the old, forbid the new"."""

import ibis
import ibis.expr.types as ir

from recobro.policy import Segments

OLD, NEW = "old", "new"


def segment(loans: ir.Table, policy: Segments) -> ir.StringValue:
    """Return old for a loan disbursed before the policy's day, else new; empty without a day."""
    if policy.old_before is None:
        return ibis.null("string")
    return ibis.ifelse(loans.disbursed_on < ibis.literal(policy.old_before), OLD, NEW)
