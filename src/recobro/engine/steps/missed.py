"""Missed instalments: so many in a row, so many ever (the three-six rule)."""

import ibis
import ibis.expr.types as ir

from recobro.engine.calendar import plus_days, plus_months
from recobro.engine.steps.arrears import settled
from recobro.policy import Missed, Overdue


def assessed(lines: ir.Table, policy: Overdue) -> ir.BooleanValue:
    """Tell which portions close an instalment whose days of grace are over at as_of."""
    last_day = plus_days(lines.as_of, -policy.grace_days)
    due = lines.due_on <= last_day if policy.count_due_day else lines.due_on < last_day
    return (lines.closes & due).fill_null(False)  # noqa: FBT003 - ibis takes the value by position


def late(lines: ir.Table, policy: Overdue) -> ir.BooleanValue:
    """Tell which instalments were settled after their days of grace, or never."""
    return lines.late_days.isnull() | (lines.late_days > policy.grace_days)


def missed(lines: ir.Table, overdue_policy: Overdue, policy: Missed) -> dict[str, ir.Scalar]:
    """Measure what each loan missed at as_of; `missed_in_a_row` concludes from it."""
    due = assessed(lines, overdue_policy)
    miss = due & late(lines, overdue_policy)
    counted = miss
    if policy.window_months is not None:
        counted = miss & (lines.due_on > plus_months(lines.as_of, -policy.window_months))
    return {
        "missed_ever": lines.count(where=counted),
        "assessed_instalments": lines.count(where=due),
        "assessed_unsettled": lines.count(where=due & ~settled(lines)),
        "last_kept_position": lines.position.max(where=due & ~miss),
    }


def both(loans: ir.Table) -> ir.Table:
    """Put together what was measured over paid and (found_…) over unpaid portions."""
    added = ("missed_ever", "assessed_instalments", "assessed_unsettled")
    highest = ("last_kept_position", "worst_delay")
    together = {name: loans[name] + loans[f"found_{name}"] for name in added}
    together |= {name: ibis.greatest(loans[name], loans[f"found_{name}"]) for name in highest}
    return loans.mutate(**together).drop(*(f"found_{name}" for name in together))


def missed_in_a_row(loans: ir.Table, runs: ir.Table) -> ir.Table:
    """Add missed_in_a_row: the unbroken run of missed instalments ending with the last assessed.

    While due dates run forwards the assessed instalments are the first ones, and the run is what
    follows the last one kept; `runs` has the loans whose due dates do not (`disordered_runs`).
    """
    joined = loans.left_join(runs, ["as_of", "loan_no"], rname="disordered_{name}")
    run = ibis.coalesce(joined.run, joined.assessed_instalments - joined.last_kept_position)
    return joined.mutate(missed_in_a_row=ibis.ifelse(joined.assessed_unsettled > 0, run, 0)).drop(
        "run", "disordered_as_of", "disordered_loan_no"
    )


def disordered_runs(lines: ir.Table, policy: Overdue) -> ir.Table:
    """Count the run loan by loan where due dates run backwards: as_of, loan_no, run."""
    due = lines.filter(lines.disordered & assessed(lines, policy))
    kept = due.group_by("as_of", "loan_no").aggregate(
        last_kept=due.position.max(where=~late(due, policy))
    )
    after = due.join(kept, ["as_of", "loan_no"])
    return after.group_by("as_of", "loan_no").aggregate(
        run=after.count(where=after.position > after.last_kept.fill_null(0))
    )
