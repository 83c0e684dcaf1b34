import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.checks.check import Ground, differing


def schedule_adds_up(ground: Ground) -> ir.Table:
    """Find loans on balance whose instalments ask for another principal than was disbursed."""
    lines = ground.portions.filter(ground.portions.n.notnull())
    asked = lines.group_by("loan_no").aggregate(asked=total(lines.principal))
    loans = ground.standings.filter(ground.standings.on_balance).join(asked, "loan_no")
    return differing(
        loans, subject="loan_id", item="principal", expected="principal", found="asked"
    )
