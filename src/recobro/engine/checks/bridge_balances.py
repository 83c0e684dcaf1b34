import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.checks.check import BREAKS, Ground, differing

_NODE = ("currency", "institution_id")


def bridge_balances(ground: Ground) -> ir.Table:
    """Find nodes whose bridge adds up to another closing than it or the figures show."""
    none = ground.figures.limit(0).mutate(
        subject="institution_id", item="by", expected="loans", found="loans"
    )
    found = (_breaks(one, ground.figures) for one in ground.bridges)
    return ibis.union(none.select(*BREAKS.names), *found)


def _breaks(bridge: ir.Table, figures: ir.Table) -> ir.Table:
    closing = ibis.ifelse(bridge.item == "closing", bridge.amount, 0)
    shown = figures.filter(figures.by == "all")
    rows = bridge.select(
        *_NODE, changes=bridge.amount - closing, closing=closing, nonperforming=_NOTHING
    ).union(
        shown.select(
            *_NODE, changes=_NOTHING, closing=_NOTHING, nonperforming="nonperforming_principal"
        )
    )
    ends = rows.group_by(*_NODE).aggregate(
        **{name: total(rows[name]) for name in ("changes", "closing", "nonperforming")}
    )
    return ibis.union(
        *(
            differing(ends, subject="institution_id", item=item, expected=expected, found="closing")
            for item, expected in (("changes", "changes"), ("figures", "nonperforming"))
        )
    )


_NOTHING = ibis.literal(0, "int64")
