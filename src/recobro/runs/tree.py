"""The bank's tree of institutions, for a backend."""

import ibis.expr.types as ir

from recobro.engine.backends.duck import Duck
from recobro.engine.steps import tree


def above(duck: Duck, institutions: ir.Table) -> ir.Table:
    """Return each institution with itself and every node above it (engine tree.ABOVE)."""
    rows = duck.connection.to_pyarrow(institutions.select("institution_id", "parent_id"))
    return duck.put("above", tree.above(rows))
