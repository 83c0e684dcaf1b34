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
