"""The specific provision that a grade asks for."""

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import share_of
from recobro.policy import Provision
from recobro.terms.grades import Grade


def provision(loans: ir.Table, policy: Provision) -> ir.IntegerValue:
    """Return outstanding × the grade's rate; 0 off balance (PBoC 2002 no. 98)."""
    rates = {grade: getattr(policy, grade.code) for grade in Grade}
    free = [int(grade) for grade, rate in rates.items() if not rate]
    cells = [
        (int(grade), ibis.literal(str(rate)).cast("decimal(38, 6)"))
        for grade, rate in rates.items()
    ]
    needed = share_of(
        loans.outstanding_principal, loans.grade_rank.cases(*cells, else_=cells[-1][1])
    )
    # Most loans are normal, and most policies ask nothing of them: multiplying decimals is slow.
    asked = loans.on_balance & loans.grade_rank.notin(free) if free else loans.on_balance
    return ibis.ifelse(asked, needed, ibis.literal(0, "int64"))
