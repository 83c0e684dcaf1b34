import ibis.expr.types as ir

from recobro.engine.checks.check import Ground, differing


def balance_differs_from_core(ground: Ground) -> ir.Table:
    """Find loans of which core banking says another outstanding principal at this very day."""
    loans = ground.loans
    told = loans.filter(
        loans.outstanding_principal.notnull(), loans.delivered_on == ground.on
    ).select("loan_no", core="outstanding_principal")
    both = ground.standings.join(told, "loan_no")
    return differing(
        both,
        subject="loan_id",
        item="outstanding_principal",
        expected="core",
        found="outstanding_principal",
    )
