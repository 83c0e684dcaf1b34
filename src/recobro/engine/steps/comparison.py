"""The figures of a close beside those of an earlier one."""

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import product, ratio
from recobro.engine.steps.figures import MEASURES

_KEY = ("currency", "institution_id", "by", "value")


def comparison(now: ir.Table, then: ir.Table) -> ir.Table:
    """Return the figures of two closes in one row: currency, institution_id, by, value, measures.

    Each measure stands as `now`'s, as `then_…` and as `change_…`, 0 where a close has no such row;
    with nonperforming_ratio, then_nonperforming_ratio, double_reduction: the nonperforming balance
    and ratio are both lower than they were.
    """
    earlier = _all(then).rename({f"then_{name}": name for name in MEASURES})
    rows = _joined(_all(now), earlier)
    changes = {f"change_{name}": rows[name] - rows[f"then_{name}"] for name in MEASURES}
    rows = rows.mutate(
        **changes,
        nonperforming_ratio=ratio(rows.nonperforming_principal, rows.outstanding_principal),
        then_nonperforming_ratio=ratio(
            rows.then_nonperforming_principal, rows.then_outstanding_principal
        ),
        double_reduction=double_reduction(rows),
    )
    return rows.mutate(value=rows.value.nullif(""))


def double_reduction(rows: ir.Table) -> ir.BooleanValue:
    """Tell where the nonperforming balance and ratio are both lower than then; without loans: 0.

    The ratios are compared crosswise, so no digit of them is lost.
    """
    bad, then_bad = rows.nonperforming_principal, rows.then_nonperforming_principal
    loans = ibis.greatest(rows.outstanding_principal, ibis.literal(1, "int64"))
    lower = product(bad, rows.then_outstanding_principal) < product(then_bad, loans)
    return (bad < then_bad) & lower


def _all(figures: ir.Table) -> ir.Table:
    # `all` has no value, and nothing is no key to join by.
    return figures.mutate(value=figures.value.fill_null("")).select(*_KEY, *MEASURES)


def _joined(now: ir.Table, then: ir.Table) -> ir.Table:
    keys = now.select(*_KEY).union(then.select(*_KEY), distinct=True)
    rows = keys.left_join(now, list(_KEY), rname="now_{name}")
    rows = rows.left_join(then, list(_KEY), rname="old_{name}")
    measures = [*MEASURES, *(f"then_{name}" for name in MEASURES)]
    return rows.select(*_KEY, *measures).fill_null(dict.fromkeys(measures, 0))
