import ibis
import ibis.expr.types as ir

from recobro.engine.checks.check import Ground, differing


def outstanding_in_bounds(ground: Ground) -> ir.Table:
    """Find standings whose outstanding principal is below 0, above what was disbursed, or empty."""
    loans = ground.standings
    owed = loans.outstanding_principal.fill_null(0)
    nearest = ibis.greatest(ibis.least(owed, loans.principal), ibis.literal(0, "int64"))
    return differing(
        loans.mutate(nearest=nearest),
        subject="loan_id",
        item="outstanding_principal",
        expected="nearest",
        found="outstanding_principal",
    )
