"""Once non-performing, a grade is held until the debtor has kept to the contract for a while."""

import ibis
import ibis.expr.types as ir

from recobro.engine.calendar import days_between, plus_days
from recobro.engine.steps.ladder import ladder
from recobro.engine.steps.observation import ends_on
from recobro.policy import Policy
from recobro.terms.grades import Grade


def cure_hold_floor(loans: ir.Table, lines: ir.Table, policy: Policy) -> ir.Table:
    """Return as_of, loan_no, cure_hold_floor: the grade of each episode not yet lived down.

    An episode is an unbroken stretch of days on which something was unsettled; its grade is the
    ladder at the largest lateness in it. A non-performing one holds until so many months and
    instalments after it was cured (order 2023 no. 1, article 14); kinds of borrower that the policy
    does not name follow the days.
    """
    held = loans.filter(
        loans.borrower_kind.isin(policy.cure.applies_to), loans.outstanding_principal > 0
    ).select("as_of", "loan_no")
    own = lines.semi_join(held, ["as_of", "loan_no"])
    bad = episodes(own, policy)
    bad = bad.filter(bad.grade >= int(Grade.SUBSTANDARD))
    timed = ends_on(
        bad, own, begins="cured_on", months=policy.cure.months, periods=policy.cure.periods
    )
    # An episode still open has cured_on after as_of, so it holds too.
    holding = timed.filter(timed.as_of < timed.ends_on)
    return holding.group_by("as_of", "loan_no").aggregate(
        cure_hold_floor=holding.grade.max().cast("int8")
    )


def episodes(lines: ir.Table, policy: Policy) -> ir.Table:
    """Return as_of, loan_no, cured_on, grade: a row for each episode begun by as_of."""
    counted = policy.overdue.count_due_day
    spans = lines.filter(lines.closes).select(
        "as_of",
        "loan_no",
        begins_on=plus_days(lines.due_on, int(not counted)),
        cured_on=ibis.least(
            ibis.coalesce(lines.settled_on, plus_days(lines.as_of, 1)), plus_days(lines.as_of, 1)
        ),
    )
    spans = spans.filter(spans.begins_on < spans.cured_on)
    spans = spans.mutate(lateness=days_between(spans.begins_on, spans.cured_on))
    key = [spans.as_of, spans.loan_no]
    before = ibis.window(group_by=key, order_by=[spans.begins_on, spans.cured_on], rows=(None, -1))
    reaching = spans.mutate(reached_on=spans.cured_on.max().over(before))
    begins = reaching.reached_on.isnull() | (reaching.begins_on > reaching.reached_on)
    in_order = ibis.window(
        group_by=[reaching.as_of, reaching.loan_no],
        order_by=[reaching.begins_on, reaching.cured_on],
        rows=(None, 0),
    )
    numbered = reaching.mutate(episode=begins.cast("int32").sum().over(in_order).cast("int32"))
    merged = numbered.group_by("as_of", "loan_no", "episode").aggregate(
        cured_on=numbered.cured_on.max(), lateness=numbered.lateness.max()
    )
    return merged.select(
        "as_of", "loan_no", "cured_on", grade=ladder(merged.lateness, policy.grades)
    )
