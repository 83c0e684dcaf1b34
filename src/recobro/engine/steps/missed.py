"""Missed instalments: so many in a row, so many ever (the three-six rule)."""

from datetime import date

import ibis
import ibis.expr.types as ir

from recobro.engine.calendar import plus_days, plus_months
from recobro.engine.steps.arrears import settled
from recobro.policy import Missed, Overdue
from recobro.terms.dates import add_months


def assessed(lines: ir.Table, policy: Overdue) -> ir.BooleanValue:
    """Tell which portions close an instalment whose days of grace are over at as_of."""
    due = _by(lines, lines.due_on, policy)
    return (lines.closes & due).fill_null(False)  # noqa: FBT003 - ibis takes the value by position


def _by(lines: ir.Table, day: ir.DateValue, policy: Overdue) -> ir.BooleanValue:
    """Tell of which portions a day is no later than the last due date that is assessed at as_of.

    Its days of grace are over then.
    """
    # What is compared with as_of itself a scan of the settlement can tell before it joins.
    last = plus_days(lines.as_of, -policy.grace_days)
    return day <= last if policy.count_due_day else day < last


def late(lines: ir.Table, policy: Overdue) -> ir.BooleanValue:
    """Tell which instalments were settled after their days of grace, or never."""
    return lines.late_days.isnull() | (lines.late_days > policy.grace_days)


def missed(lines: ir.Table, overdue_policy: Overdue, policy: Missed) -> ir.Table:
    """Look up what each loan has missed at as_of; `missed_in_a_row` concludes from it.

    Columns as_of, loan_no, missed_ever, assessed_instalments, last_kept_position, worst_delay (the
    most days by which one was late); a loan without assessed instalments has no row.
    """
    fell_due = _by(lines, lines.due_on, overdue_policy)
    newest = lines.filter(fell_due, ~_by(lines, lines.due_until, overdue_policy))
    found = newest.select(
        "as_of",
        "loan_no",
        assessed_instalments="position",
        missed_ever="missed_so_far",
        last_kept_position="kept_position",
        worst_delay="worst_late_days",
    )
    if policy.window_months is None:
        return found
    day = plus_months(lines.as_of, -policy.window_months)
    before = lines.filter(lines.due_on <= day, lines.due_until > day)
    before = before.select("as_of", "loan_no", too_old="missed_so_far")
    both = found.left_join(before, ["as_of", "loan_no"], rname="before_{name}")
    counted = ibis.greatest(both.missed_ever - both.too_old.fill_null(0), 0)
    return both.mutate(missed_ever=counted).select(*found.columns)


def looks_back_to(on: date, policy: Missed) -> date:
    """Return the earliest day of which a close asks what had been missed."""
    return on if policy.window_months is None else add_months(on, -policy.window_months)


def unsettled(lines: ir.Table, policy: Overdue) -> dict[str, ir.Scalar]:
    """Count each loan's assessed instalments that are unsettled, over its unpaid portions."""
    return {"assessed_unsettled": lines.count(where=assessed(lines, policy) & ~settled(lines))}


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
