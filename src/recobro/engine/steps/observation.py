"""A stretch of months and instalments that a loan must come through: cure, restructuring."""

import ibis
import ibis.expr.types as ir

from recobro.engine.calendar import plus_months


def ends_on(
    begun: ir.Table, lines: ir.Table, *, begins: str, months: int, periods: int
) -> ir.Table:
    """Add `ends_on`: so many months and so many instalments after the day in column `begins`.

    The later of the two counts; where fewer instalments are left, the months alone. `begun` has
    as_of and loan_no, and no two rows equal in them and in `begins`.
    """
    key = ["as_of", "loan_no", begins]
    due = lines.filter(lines.closes).select("as_of", "loan_no", "due_on", "n")
    coming = begun.select(*key).join(due, ["as_of", "loan_no"])
    coming = coming.filter(coming.due_on > coming[begins])
    by_due = ibis.window(
        group_by=[coming[column] for column in key], order_by=[coming.due_on, coming.n]
    )
    numbered = coming.mutate(turn=ibis.row_number().over(by_due))
    last = numbered.filter(numbered.turn == periods - 1).select(*key, last_due_on="due_on")
    timed = begun.left_join(last, key, rname="period_{name}")
    after = plus_months(timed[begins], months)
    return timed.mutate(
        ends_on=ibis.greatest(after, ibis.coalesce(timed.last_due_on, after))
    ).select(*begun.columns, "ends_on")
