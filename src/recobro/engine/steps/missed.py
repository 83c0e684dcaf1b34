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
    due = lines.due_on <= _last_assessed(lines, policy)
    return (lines.closes & due).fill_null(False)  # noqa: FBT003 - ibis takes the value by position


def _last_assessed(lines: ir.Table, policy: Overdue) -> ir.DateValue:
    """Return the last due date whose days of grace are over at as_of."""
    return plus_days(lines.as_of, -policy.grace_days - (0 if policy.count_due_day else 1))


def late(lines: ir.Table, policy: Overdue) -> ir.BooleanValue:
    """Tell which instalments were settled after their days of grace, or never."""
    return lines.late_days.isnull() | (lines.late_days > policy.grace_days)


def missed(lines: ir.Table, overdue_policy: Overdue, policy: Missed) -> ir.Table:
    """Look up what each loan has missed at as_of; `missed_in_a_row` concludes from it.

    Columns as_of, loan_no, missed_ever, assessed_instalments, last_kept_position, worst_delay (the
    most days by which one was late); a loan without assessed instalments has no row.
    """
    newest = _newest(lines, _last_assessed(lines, overdue_policy))
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
    before = _newest(lines, plus_months(lines.as_of, -policy.window_months))
    before = before.select("as_of", "loan_no", too_old="missed_so_far")
    both = found.left_join(before, ["as_of", "loan_no"], rname="before_{name}")
    counted = ibis.greatest(both.missed_ever - both.too_old.fill_null(0), 0)
    return both.mutate(missed_ever=counted).select(*found.columns)


def looks_back_to(on: date, policy: Missed) -> date:
    """Return the earliest day of which a close asks what had been missed."""
    return on if policy.window_months is None else add_months(on, -policy.window_months)


def _newest(lines: ir.Table, day: ir.DateValue) -> ir.Table:
    """Return the portion of each loan that closes the last instalment due by a day."""
    return lines.filter(lines.due_on <= day, lines.due_until > day)


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
