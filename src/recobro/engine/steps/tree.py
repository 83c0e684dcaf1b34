"""The tree of institutions: a node stands for all that is below it."""

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

ABOVE = ibis.schema({"institution_id": "string", "node_id": "string"})
"""Each institution with itself and every one above it."""


def above(institutions: pa.Table) -> pa.Table:
    """Return ABOVE for the institutions (institution_id, parent_id), without a parent the root.

    A bank has a few hundred institutions, so the tree is climbed here; the caller puts the rows on
    its engine (`put`) and hands that table to the steps.
    """
    named = institutions["institution_id"].combine_chunks()
    parents = institutions["parent_id"].combine_chunks()
    height, nodes = [], named
    while nodes.null_count < len(nodes):
        reached = pa.Table.from_arrays([named, nodes], schema=ABOVE.to_pyarrow())
        height.append(reached.filter(nodes.is_valid()))
        nodes = parents.take(pc.index_in(nodes, named))
    return pa.concat_tables(height) if height else pa.Table.from_batches([], ABOVE.to_pyarrow())


def rolled_up(rows: ir.Table, above: ir.Table) -> ir.Table:
    """Repeat the rows of each institution at every node above it: institution_id is the node."""
    found = rows.join(above, "institution_id")
    return found.drop("institution_id").rename(institution_id="node_id")


def root(above: ir.Table) -> ir.StringScalar:
    """Return the institution that has none above it; an empty text where there is none at all."""
    heights = above.group_by("institution_id").aggregate(nodes=above.count())
    return heights.filter(heights.nodes == 1).institution_id.max().as_scalar().fill_null("")
