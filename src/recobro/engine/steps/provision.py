"""The specific provision that a grade asks for."""

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import share_of
from recobro.policy import Provision
from recobro.terms.grades import Grade


def provision(loans: ir.Table, policy: Provision) -> ir.IntegerValue:
    """Return outstanding × the grade's rate; 0 off balance (PBoC 2002 no. 98)."""
    rates = [
        (int(grade), ibis.literal(str(getattr(policy, grade.code))).cast("decimal(38, 6)"))
        for grade in Grade
    ]
    needed = share_of(
        loans.outstanding_principal, loans.grade_rank.cases(*rates, else_=rates[-1][1])
    )
    return ibis.ifelse(loans.on_balance, needed, ibis.literal(0, "int64"))
