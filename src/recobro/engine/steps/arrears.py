"""What is overdue, since when, and in which bucket."""

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.calendar import days_between
from recobro.policy import Overdue
from recobro.terms.grades import BUCKET_DAYS, BUCKETS


def overdue(lines: ir.Table, policy: Overdue) -> ir.BooleanValue:
    """Tell which portions fell due before as_of; with `count_due_day`, on it too (RBI, India)."""
    return lines.due_on <= lines.as_of if policy.count_due_day else lines.due_on < lines.as_of


def settled(lines: ir.Table) -> ir.BooleanValue:
    """Tell which instalments were settled, but for the tolerance, by the end of as_of."""
    return (lines.settled_on <= lines.as_of).fill_null(False)  # noqa: FBT003 - ibis takes the value by position


def arrears(lines: ir.Table) -> dict[str, ir.Scalar]:
    """Measure each loan's arrears over its overdue and unpaid portions.

    Amounts (minor units) count every unpaid part of an overdue instalment, the oldest date and the
    number only instalments of which more than the tolerance is unpaid.
    """
    return {
        "overdue_principal": total(lines.principal),
        "overdue_interest": total(lines.interest),
        "overdue_fees": total(lines.fees),
        "unpaid_instalments": lines.count(where=lines.closes & ~settled(lines)),
    } | oldest(lines)


def oldest(lines: ir.Table) -> dict[str, ir.Scalar]:
    """Find each loan's earliest due date with an unsettled instalment, over portions as above."""
    return {"oldest_unpaid_due_on": lines.due_on.min(where=lines.closes & ~settled(lines))}


def days_past_due(loans: ir.Table, policy: Overdue) -> ir.IntegerValue:
    """Return the days since the oldest unpaid due date, 0 where nothing is; see `overdue`."""
    days = days_between(loans.oldest_unpaid_due_on, loans.as_of) + int(policy.count_due_day)
    return days.fill_null(0).cast("int32")


def bucket(days: ir.IntegerValue) -> ir.StringValue:
    """Return the bucket of so many days past due: thirty days each, M7 open."""
    *closed, last = BUCKETS
    cases = [(days <= index * BUCKET_DAYS, name) for index, name in enumerate(closed)]
    return ibis.cases(*cases, else_=last)
