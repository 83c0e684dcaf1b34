"""What is over by a day is brought forward: summed up in one row a loan, as in a ledger.

Every close from that day on finds the same in it: money that came by then pays for the same parts,
and an instalment that was due long before and is paid is neither overdue nor the newest. Most of an
old book is over.
"""

from collections.abc import Callable
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.calendar import month_of, plus_days
from recobro.engine.tables import PORTIONS, SETTLED
from recobro.policy import Overdue

EVER = date(1900, 1, 1)
"""Read from the first day on."""

ALWAYS = date(9999, 12, 31)
"""Read to the last day."""

_PARTS = ("fees", "interest", "principal", "beyond")

_SO_FAR = (
    *("paid_on", "line_end", "position", "missed_so_far", "kept_position", "worst_late_days"),
    "load_no",
)
"""What only grows along the line of a loan that is brought forward: where the line stands."""


def dated(portions: ir.Table, policy: Overdue, *, over_by: ir.DateScalar | None) -> ir.Table:
    """Say on which days each portion is read (SETTLED): until `over_by` if it is over by then."""
    until = ibis.literal(ALWAYS)
    if over_by is not None:
        until = ibis.ifelse(_over(portions, policy, over_by), over_by, until)
    due_on, paid_on = portions.due_on, portions.paid_on
    asked = ibis.least(ibis.coalesce(due_on, paid_on), ibis.coalesce(paid_on, due_on))
    return portions.mutate(
        read_from=ibis.literal(EVER), read_until=until, asked_from=asked.fill_null(EVER)
    ).select(*SETTLED.names)


def brought_forward(rows: ir.Table, *, over_by: ir.DateScalar) -> ir.Table:
    """Sum up what is over by a day, one row a loan that is read from then on (SETTLED).

    It says also where the loan's line stands then: a settlement can be taken up from there.
    """
    over = rows.filter(rows.read_until == over_by)
    sums = over.group_by("loan_no").aggregate(
        **{part: total(over[part]) for part in _PARTS},
        **{column: over[column].max() for column in _SO_FAR},
    )
    known = {
        "closes": ibis.literal(False, "boolean"),  # noqa: FBT003 - ibis takes the value by position
        "read_from": over_by,
        "read_until": ibis.literal(ALWAYS),
        "asked_from": over_by,
    }
    return sums.select(
        **{
            name: sums[name]
            if name in sums.columns
            else known.get(name, ibis.null(kind(nullable=True)))
            for name, kind in SETTLED.items()
        }
    )


def one_by_one(rows: ir.Table) -> ir.Table:
    """Return every portion of a settlement, and nothing that sums some up (PORTIONS)."""
    return rows.filter(rows.read_from == ibis.literal(EVER)).select(*PORTIONS.names)


def read_on(
    rows: ir.Table,
    day: date,
    *,
    since: date | None = None,
    named: Callable[[date], ir.DateScalar] = ibis.literal,
) -> ir.Table:
    """Return what a close of a day reads of a settlement, looking back `since` one (PORTIONS).

    `named` names a day as the engine does that is to read.
    """
    # Looked back to may be a day before the first or after the last that a row is read on.
    looked_back_to = min(max(since or day, EVER), ALWAYS - timedelta(days=1))
    first, last = named(looked_back_to), named(day)
    read = (rows.read_from <= first) & (rows.read_until > first) & (rows.asked_from <= last)
    return rows.filter(read).select(*PORTIONS.names)


def at_rest(rows: ir.Table) -> ir.Table:
    """Order rows so that a scan skips what is over, and what no close has asked for yet (SETTLED).

    What is left lies by month, and in a month by loan, along its line.
    """
    month = ibis.ifelse(rows.read_until < ALWAYS, ibis.literal(EVER), month_of(rows.asked_from))
    return rows.order_by(rows.read_until, month, rows.loan_no, rows.line_end)


def _over(portions: ir.Table, policy: Overdue, day: ir.DateScalar) -> ir.BooleanValue:
    """Tell what no close from a day on looks at alone: the beginning of each loan's line.

    It is paid, its instalment has been assessed by then, and where it closes that one a newer one
    too. Where due dates run backwards every instalment is looked at, and so is what was paid beyond
    a schedule.
    """
    assessed = plus_days(day, -policy.grace_days - 1)
    unplanned = portions.due_on.isnull() & (portions.beyond == 0)
    open_until = ibis.ifelse(portions.closes, portions.due_until, portions.due_on)
    past = unplanned | (open_until <= assessed)
    paid = portions.paid_on <= day
    return (paid & past & ~portions.disordered.fill_null(False)).fill_null(False)  # noqa: FBT003 - ibis takes the value by position
