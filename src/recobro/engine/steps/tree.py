"""The tree of institutions: a node stands for all that is below it."""

from collections.abc import Iterator, Mapping

import ibis
import ibis.expr.types as ir
import pyarrow as pa

ABOVE = ibis.schema({"institution_id": "string", "node_id": "string"})
"""Each institution with itself and every one above it."""


def above(parents: Mapping[str, str | None]) -> pa.Table:
    """Return ABOVE for the parent of each institution, None for the root.

    A bank has a few hundred institutions, so the tree is walked here; the caller puts the rows on
    its engine (`create_table`) and hands that table to the steps.
    """
    pairs = [
        {"institution_id": institution_id, "node_id": node_id}
        for institution_id in parents
        for node_id in _path(institution_id, parents)
    ]
    return pa.Table.from_pylist(pairs, schema=ABOVE.to_pyarrow())


def _path(institution_id: str, parents: Mapping[str, str | None]) -> Iterator[str]:
    node: str | None = institution_id
    while node is not None:
        yield node
        node = parents.get(node)


def rolled_up(rows: ir.Table, above: ir.Table) -> ir.Table:
    """Repeat the rows of each institution at every node above it: institution_id is the node."""
    found = rows.join(above, "institution_id")
    return found.drop("institution_id").rename(institution_id="node_id")


def root(above: ir.Table) -> ir.StringScalar:
    """Return the institution that has none above it; an empty text where there is none at all."""
    heights = above.group_by("institution_id").aggregate(nodes=above.count())
    return heights.filter(heights.nodes == 1).institution_id.max().as_scalar().fill_null("")
