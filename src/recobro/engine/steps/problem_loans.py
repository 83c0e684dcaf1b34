"""Which loans of a close become rows of the workplace."""

import ibis.expr.types as ir

from recobro.terms.grades import Grade


def problem_loans(standings: ir.Table) -> ir.Table:
    """Return the standings of problem loans: not normal, late, three-six, written off and owed."""
    bad = (
        (standings.grade != Grade.NORMAL.code)
        | (standings.overdue_amount > 0)
        | standings.three_six
    )
    kept = standings.closed_on.isnull() | (standings.closed_on > standings.as_of)
    written_off = standings.written_off_on.notnull() & kept
    owed = standings.outstanding_principal > 0
    return standings.filter(
        (standings.on_balance & bad) | (~standings.on_balance & written_off & owed)
    )
