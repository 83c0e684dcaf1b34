"""A loan restructured because the debtor was in difficulty is watched for a while."""

import ibis
import ibis.expr.types as ir

from recobro.engine.steps.missed import assessed, late
from recobro.engine.steps.observation import ends_on
from recobro.policy import Policy
from recobro.terms.grades import Grade

_KEY = ("as_of", "loan_no", "restructured_on")


def restructured_floor(observed: ir.Table, held: ir.Table) -> ir.Table:
    """Return as_of, loan_no, restructured_floor of the loans in observation.

    At least special mention; at least the grade held on the day before, if that was non-performing;
    at least substandard where restructured again inside the observation of an earlier one. `held`
    has loan_no, restructured_on, held_grade. Order 2023 no. 1, articles 16 to 20.
    """
    watched = observed.filter(observed.as_of < observed.ends_on)
    watched = watched.left_join(held, ["loan_no", "restructured_on"], rname="held_{name}")
    was = watched.held_grade.fill_null(int(Grade.NORMAL))
    floor = ibis.greatest(
        int(Grade.SPECIAL_MENTION),
        ibis.ifelse(was >= int(Grade.SUBSTANDARD), was, int(Grade.NORMAL)),
        ibis.ifelse(watched.again, int(Grade.SUBSTANDARD), int(Grade.NORMAL)),
    )
    floors = watched.mutate(floor=floor)
    return floors.group_by("as_of", "loan_no").aggregate(
        restructured_floor=floors.floor.max().cast("int8")
    )


def observations(
    loans: ir.Table, lines: ir.Table, restructurings: ir.Table, policy: Policy
) -> ir.Table:
    """Return as_of, loan_no, restructured_on, ends_on, again: each restructuring with difficulty.

    The observation starts on the first due date after the restructuring; each missed instalment
    due inside it starts it again on that due date: the last start alone says when it ends. `again`
    tells that the restructuring came inside the observation of an earlier one.
    """
    starts = _starts(loans, lines, restructurings, policy)
    timed = ends_on(
        starts.select("as_of", "loan_no", "starts_on").distinct(),
        lines,
        begins="starts_on",
        months=policy.restructuring.months,
        periods=policy.restructuring.periods,
    )
    every = starts.join(timed, ["as_of", "loan_no", "starts_on"])
    key = [every[column] for column in _KEY]
    in_order = ibis.window(group_by=key, order_by=every.starts_on)
    chained = every.mutate(previous_ends_on=every.ends_on.lag().over(in_order))
    broken = (chained.starts_on >= chained.previous_ends_on).fill_null(False)  # noqa: FBT003 - ibis takes the value by position
    so_far = ibis.window(
        group_by=[chained[column] for column in _KEY], order_by=chained.starts_on, rows=(None, 0)
    )
    chained = chained.mutate(broken=broken.cast("int8").max().over(so_far))
    unbroken = chained.filter(chained.broken == 0)
    last = unbroken.ends_on.argmax(unbroken.starts_on)
    return _marked_again(unbroken.group_by(*_KEY).aggregate(ends_on=last))


def _starts(loans: ir.Table, lines: ir.Table, restructurings: ir.Table, policy: Policy) -> ir.Table:
    """List the days on which an observation may start: its own, and each miss since."""
    known = loans.select("as_of", "loan_no").join(
        restructurings.filter(restructurings.difficulty).select(
            "loan_no", "restructured_on", "first_due_on"
        ),
        "loan_no",
    )
    known = known.filter(known.restructured_on <= known.as_of)
    due = known.join(
        lines.filter(lines.closes).select("as_of", "loan_no", "due_on"), ["as_of", "loan_no"]
    )
    first = due.group_by(*_KEY).aggregate(
        next_due_on=due.due_on.min(where=due.due_on > due.restructured_on)
    )
    own = known.left_join(first, list(_KEY), rname="first_{name}")
    own = own.select(
        *_KEY, starts_on=ibis.coalesce(own.first_due_on, own.next_due_on, own.restructured_on)
    )
    misses = lines.filter(assessed(lines, policy.overdue) & late(lines, policy.overdue))
    since = own.join(misses.select("as_of", "loan_no", "due_on"), ["as_of", "loan_no"])
    since = since.filter(since.due_on > since.starts_on)
    return own.union(since.select(*_KEY, starts_on="due_on"), distinct=True)


def _marked_again(observed: ir.Table) -> ir.Table:
    # Observations of a loan that end no earlier than an earlier one began overlap it: comparing
    # with the latest end of all earlier ones asks them all at once.
    before = ibis.window(
        group_by=[observed.as_of, observed.loan_no],
        order_by=observed.restructured_on,
        rows=(None, -1),
    )
    latest = observed.mutate(earlier_ends_on=observed.ends_on.max().over(before))
    again = (latest.restructured_on < latest.earlier_ends_on).fill_null(False)  # noqa: FBT003 - ibis takes the value by position
    return latest.mutate(again=again).drop("earlier_ends_on")
