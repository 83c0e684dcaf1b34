"""Whether a loan stands on the balance sheet."""

import ibis.expr.types as ir


def on_balance(loans: ir.Table) -> ir.BooleanValue:
    """Tell which loans are neither written off nor closed at as_of; wholly paid is not closed."""
    kept = loans.written_off_on.isnull() | (loans.written_off_on > loans.as_of)
    return kept & (loans.closed_on.isnull() | (loans.closed_on > loans.as_of))
