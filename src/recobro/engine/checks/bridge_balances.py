import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.checks.check import Bridge, differing

_NODE = ("currency", "institution_id")


def bridge_balances(bridge: Bridge) -> ir.Table:
    """Find nodes whose bridge does not lead from what was published to what the figures show."""
    return _ends(bridge).union(_opening(bridge))


def _ends(bridge: Bridge) -> ir.Table:
    cells, figures = bridge.cells, bridge.figures
    closing = ibis.ifelse(cells.item == "closing", cells.amount, 0)
    shown = figures.filter(figures.by == "all")
    rows = cells.select(
        *_NODE, changes=cells.amount - closing, closing=closing, nonperforming=_NOTHING
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


def _opening(bridge: Bridge) -> ir.Table:
    """Compare the opening of the whole bank: below it the tree may be another one since."""
    cells, begun, above = bridge.cells, bridge.begun, bridge.above
    heights = above.group_by("institution_id").aggregate(nodes=above.count())
    top = heights.filter(heights.nodes == 1).select("institution_id")
    opening = cells.filter(cells.item == "opening").semi_join(top, "institution_id")
    bad = begun.filter(begun.on_balance, begun.nonperforming)
    rows = opening.select("currency", opening="amount", published=_NOTHING).union(
        bad.select("currency", opening=_NOTHING, published="outstanding_principal")
    )
    sums = rows.group_by("currency").aggregate(
        **{name: total(rows[name]) for name in ("opening", "published")}
    )
    return differing(
        sums.cross_join(top),
        subject="institution_id",
        item="opening",
        expected="published",
        found="opening",
    )


_NOTHING = ibis.literal(0, "int64")
