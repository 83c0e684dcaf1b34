import ibis.expr.types as ir

from recobro.engine.checks.check import Ground, differing


def parts_add_up(ground: Ground) -> ir.Table:
    """Find standings whose overdue parts are not the overdue amount, or are empty."""
    loans = ground.standings
    parts = loans.overdue_principal + loans.overdue_interest + loans.overdue_fees
    return differing(
        loans.mutate(parts=parts.fill_null(0)),
        subject="loan_id",
        item="overdue_amount",
        expected="parts",
        found="overdue_amount",
    )
