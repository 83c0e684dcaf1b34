"""One bad loan of a company reaches its other loans."""

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.policy import Contagion
from recobro.terms.codes import BorrowerKind
from recobro.terms.grades import Grade


def contagion_floor(loans: ir.Table, policy: Contagion) -> ir.Table:
    """Return as_of, loan_no, contagion_floor of the loans that a company's bad loans reach.

    By company and currency, over the outstanding of loans on balance as `graded_alone`: where more
    than `share_above` of it is non-performing, every loan is at least substandard (order 2023
    no. 1, article 7); where any is, the others are at least special mention (article 10(4)).
    """
    own = loans.filter(loans.borrower_kind == BorrowerKind.COMPANY.value, loans.on_balance)
    bad = own.graded_alone >= int(Grade.SUBSTANDARD)
    key = ["as_of", "borrower_id", "currency"]
    company = own.group_by(key).aggregate(
        owed=total(own.outstanding_principal),
        bad=total(own.outstanding_principal, where=bad),
    )
    infected = company.filter(company.bad > 0)
    reached = own.join(infected, key)
    limit = ibis.literal(str(policy.share_above)).cast("decimal(38, 6)")
    whole = reached.bad.cast("decimal(38, 6)") > (reached.owed.cast("decimal(38, 6)") * limit)
    floor = ibis.cases(
        (whole, int(Grade.SUBSTANDARD)),
        (reached.graded_alone < int(Grade.SUBSTANDARD), int(Grade.SPECIAL_MENTION)),
        else_=int(Grade.NORMAL),
    )
    return reached.select("as_of", "loan_no", contagion_floor=floor.cast("int8"))
