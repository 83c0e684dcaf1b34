"""Cured loans that go bad again."""

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.steps.tree import rolled_up

BAD_OVER = 90
"""More days past due than these are bad."""

WATCHED_MONTHS = 12
"""So long a cured loan is watched."""

_KEY = ("currency", "institution_id", "cured_by")

_MEASURES = ("cured_loans", "cured_principal", "relapsed_loans", "relapsed_principal")


def relapse(month_ends: ir.Table, above: ir.Table) -> ir.Table:
    """Return by node, currency and month end the loans cured by then, and those bad again since.

    `month_ends` are standings of consecutive month ends one under the other. Cured: bad at one
    month end, not bad at the next, on balance in both and not repaid. Relapsed: bad at any of the
    twelve month ends that follow, as far as they are known. Amounts as of `cured_by`.
    """
    in_order = ibis.window(group_by=month_ends.loan_no, order_by=month_ends.as_of)
    bad = month_ends.on_balance & (month_ends.days_past_due > BAD_OVER)
    seen = month_ends.mutate(bad=bad.cast("int8"))
    coming = ibis.window(group_by=seen.loan_no, order_by=seen.as_of, rows=(1, WATCHED_MONTHS))
    seen = seen.mutate(was_bad=seen.bad.lag().over(in_order), again=seen.bad.max().over(coming))
    cured = seen.filter(
        seen.was_bad == 1, seen.bad == 0, seen.on_balance, seen.outstanding_principal > 0
    )
    relapsed = (cured.again == 1).fill_null(False)  # noqa: FBT003 - ibis takes the value by position
    leaves = cured.group_by("currency", "institution_id", cured_by="as_of").aggregate(
        cured_loans=cured.count(),
        cured_principal=total(cured.outstanding_principal),
        relapsed_loans=cured.count(where=relapsed),
        relapsed_principal=total(cured.outstanding_principal, where=relapsed).fill_null(0),
    )
    nodes = rolled_up(leaves, above)
    return nodes.group_by(*_KEY).aggregate(**{name: total(nodes[name]) for name in _MEASURES})
