"""A loan that repays an old one."""

import ibis
import ibis.expr.types as ir

from recobro.terms.grades import Grade


def renewal_floor(loans: ir.Table) -> ir.IntegerValue:
    """Return special mention for a renewal on balance, unless judged to qualify (article 10(3))."""
    renewed = loans.replaces_loan_id.notnull() & loans.on_balance & ~loans.renewal_qualified
    return ibis.ifelse(renewed, int(Grade.SPECIAL_MENTION), int(Grade.NORMAL))
