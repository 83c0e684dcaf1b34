"""What the general ledger says of each node of the tree."""

import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.steps.tree import rolled_up
from recobro.terms.codes import LedgerItem

_KEY = ("institution_id", "currency", "item")


def ledger_of_nodes(ledger: ir.Table, above: ir.Table) -> ir.Table:
    """Return institution_id, currency and a column for each item, in minor units; null: not told.

    `ledger` has the rows of one day. A row speaks for its institution with all that is below it; a
    node without a row has the sum of the nearest rows below.
    """
    told = ledger.select(*_KEY, "amount", source_id="institution_id")
    reached = rolled_up(told, above)
    between = reached.filter(reached.institution_id != reached.source_id).semi_join(told, _KEY)
    hidden = rolled_up(between, above)
    nearest = reached.anti_join(hidden, [*_KEY, "source_id"])
    return nearest.group_by("institution_id", "currency").aggregate(
        **{
            item.value: total(nearest.amount, where=nearest.item == item.value)
            for item in LedgerItem
        }
    )


def not_told_whole(ledger: ir.Table, held: ir.Table, above: ir.Table) -> ir.Table:
    """Return the nodes (institution_id, currency) of which the ledger tells a part alone.

    Below such a node something is held (institution_id, currency) for which no row speaks that is
    the node's or of one below it. `ledger` has the rows of one day and one item.
    """
    places = held.select("institution_id", "currency", held_id="institution_id")
    under = rolled_up(places, above)
    told = under.semi_join(ledger, ["institution_id", "currency"])
    spoken_for = rolled_up(told, above)
    lacking = under.anti_join(spoken_for, ["institution_id", "currency", "held_id"])
    return lacking.select("institution_id", "currency").distinct()
