"""A settlement is taken up where a loan's line was brought forward to, not at its beginning.

What is over stays as it was settled while nothing changes that came before. So what is left of the
schedule and of the money is laid along a line of its own, which begins there.
"""

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.steps.brought_forward import EVER

ROWS = (
    *("loan_no", "n", "due_on", "paid_on", "source", "fees", "interest", "principal", "beyond"),
    *("position", "line_end", "missed_so_far", "kept_position", "worst_late_days"),
    *("load_no", "read_from"),
)
"""What must be known of a settlement at rest to take it up: of SETTLED, what is not over."""

SUMS = 6
"""Rows that sum up what is over of a loan, each from where the last one ended, at most."""


def begun(rows: ir.Table, changed: ir.Table) -> ir.Table:
    """Return where the lines of loans that change from a day on (loan_no, day) are taken up.

    Columns loan_no, begins, missed, kept and worst, from the last row that sums up what is over; a
    loan of which nothing is over yet begins at 0. One that changes earlier, or more than payments
    (EVER), is missing, and so is one that was never settled: they are settled whole. So is a loan
    of which many rows sum up what is over (SUMS): every close reads them, and has one then.
    """
    sums = rows.filter(rows.read_from > ibis.literal(EVER))
    of_loan = ibis.window(group_by=sums.loan_no)
    sums = sums.mutate(last=sums.line_end.max().over(of_loan), sums=sums.count().over(of_loan))
    last = sums.filter(sums.line_end == sums.last)
    known = rows.select("loan_no").distinct().left_join(last, "loan_no", rname="last_{name}")
    asked = known.join(changed, "loan_no")
    after = asked.day > asked.paid_on.coalesce(ibis.literal(EVER))
    return asked.filter(after, asked.sums.fill_null(0) < SUMS).select(
        "loan_no",
        begins=asked.line_end.fill_null(0),
        missed="missed_so_far",
        kept="kept_position",
        worst="worst_late_days",
    )


def beyond(rows: ir.Table, begun: ir.Table) -> ir.Table:
    """Return the portions of some loans that lie beyond where their lines are taken up."""
    one_by_one = rows.filter(rows.read_from == ibis.literal(EVER))
    begins = one_by_one.join(begun.select("loan_no", "begins"), "loan_no")
    return begins.filter(begins.line_end > begins.begins)


def asked(portions: ir.Table) -> ir.Table:
    """Return what is left of the schedules that portions are of, as instalments."""
    of_schedule = portions.filter(portions.n.notnull())
    return of_schedule.group_by("loan_no", "n", "due_on").aggregate(
        principal_due=total(of_schedule.principal),
        interest_due=total(of_schedule.interest),
        fees_due=total(of_schedule.fees),
    )


def received(portions: ir.Table) -> ir.Table:
    """Return the money that portions were paid with, as payments of a day and source."""
    paid = portions.filter(portions.paid_on.notnull())
    paid = paid.mutate(amount=paid.fees + paid.interest + paid.principal + paid.beyond)
    return paid.group_by("loan_no", "paid_on", "source").aggregate(amount=total(paid.amount))


def places(begun: ir.Table, left: ir.Table) -> ir.Table:
    """Add to where lines are taken up how many instalments lie before, by the portions beyond.

    Column before; and surplus, what was paid beyond a schedule.
    """
    of_loan = left.group_by("loan_no").aggregate(
        before=left.position.min() - 1, surplus=total(left.beyond)
    )
    joined = begun.left_join(of_loan, "loan_no", rname="left_{name}")
    return joined.select(*begun.columns, "before", "surplus")


def taken_up(settled: ir.Table, places: ir.Table) -> ir.Table:
    """Put portions that were settled beyond where lines are taken up in their place on them.

    Loans that were settled whole stay as they are.
    """
    rows = settled.left_join(places, "loan_no", rname="begun_{name}")
    before = rows.before.fill_null(0)
    # A schedule that asks for nothing is on no line; what was paid is beyond it all the same.
    surplus = rows.n.isnull() & (rows.surplus.fill_null(0) > 0)
    unasked = ibis.ifelse(surplus, rows.principal, 0)
    return rows.mutate(
        line_end=rows.line_end + rows.begins.fill_null(0),
        position=(rows.position + before).cast("int32"),
        missed_so_far=(rows.missed_so_far + rows.missed.fill_null(0)).cast("int32"),
        kept_position=(rows.kept_position + before).coalesce(rows.kept).cast("int32"),
        worst_late_days=ibis.greatest(rows.worst_late_days, rows.worst),
        beyond=rows.beyond + unasked,
        principal=rows.principal - unasked,
    ).select(*settled.columns)
