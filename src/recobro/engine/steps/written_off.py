"""The stock of written-off loans: off the balance sheet, not off the debtor."""

import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.steps.tree import rolled_up

_NODE = ("as_of", "currency", "institution_id")


def written_off(standings: ir.Table, above: ir.Table) -> ir.Table:
    """Return by node and currency: loans, outstanding_principal, overdue_interest, overdue_fees.

    Of the loans written off up to as_of and not closed since, in minor units; interest and fees as
    far as they have fallen due.
    """
    kept = standings.closed_on.isnull() | (standings.closed_on > standings.as_of)
    stock = standings.filter((standings.written_off_on <= standings.as_of) & kept)
    amounts = ("outstanding_principal", "overdue_interest", "overdue_fees")
    leaves = stock.group_by(*_NODE).aggregate(
        loans=stock.count(), **{name: total(stock[name]) for name in amounts}
    )
    nodes = rolled_up(leaves, above)
    return nodes.group_by(*_NODE).aggregate(
        **{name: total(nodes[name]) for name in ("loans", *amounts)}
    )
