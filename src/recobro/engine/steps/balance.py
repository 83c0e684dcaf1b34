"""What has been paid and what principal is left."""

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total


def balance(lines: ir.Table) -> dict[str, ir.IntegerScalar]:
    """Measure what each loan has been paid, over its paid portions, in minor units.

    Paid portions lie side by side from the line's beginning: the last one ends at their sum.
    """
    return {"paid_total": lines.line_end.max()} | settled(lines)


def settled(lines: ir.Table) -> dict[str, ir.IntegerScalar]:
    """Measure what principal each loan has been paid, over its paid portions, in minor units."""
    return {"settled_principal": total(lines.principal)}


def outstanding(loans: ir.Table) -> ir.IntegerValue:
    """Return principal − principal settled, never below 0."""
    return ibis.greatest(loans.principal - loans.settled_principal, ibis.literal(0, "int64"))
