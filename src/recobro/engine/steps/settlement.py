"""Which money settled which part of which instalment, and when: true for every date."""

from datetime import date

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.calendar import days_between
from recobro.engine.steps.missed import late
from recobro.engine.tables import PORTIONS
from recobro.policy import Overdue, Policy
from recobro.terms.money import DIGITS

_DUE = {"fees": "fees_due", "interest": "interest_due", "principal": "principal_due"}

UNSPECIFIED = "unspecified"
"""The source of money whose delivery names none."""


def settlement(
    loans: ir.Table,
    instalments: ir.Table,
    payments: ir.Table,
    *,
    load_no: int | ir.IntegerScalar,
    policy: Policy,
) -> ir.Table:
    """Settle payments against instalments oldest first and return the portions (PORTIONS).

    Lay what a loan asks along a line of money in the order of n, and what was paid along the same
    line in the order of paid_on. Cut the line wherever an instalment or a day's payment ends:
    between two cuts lies a portion, asked by one instalment (or by none: money beyond the schedule)
    and paid from one source on one day (or by none: not paid). No portion depends on the day one
    looks from.
    """
    asked, received = _asked(instalments), _received(payments)
    pieces = _cut(asked, received, scheduled=instalments.select("loan_no").distinct())
    portions = _split(pieces, order=policy.allocation.order)
    if policy.overdue.tolerance:
        portions = _settled_within(portions, asked, received, tolerances(loans, policy))
    portions = remembering(portions, policy.overdue)
    return portions.mutate(load_no=load_no).cast({"load_no": "int32"}).select(*PORTIONS.names)


def _due(instalments: ir.Table) -> ir.IntegerValue:
    return instalments.fees_due + instalments.interest_due + instalments.principal_due


def _asked(instalments: ir.Table) -> ir.Table:
    """Lay the instalments along the line; one that asks nothing has no place on it."""
    asking = instalments.mutate(due=_due(instalments)).filter(lambda one: one.due > 0)
    by_n = ibis.window(group_by=asking.loan_no, order_by=asking.n)
    so_far = ibis.window(group_by=asking.loan_no, order_by=asking.n, rows=(None, 0))
    return asking.select(
        "loan_no",
        "n",
        "due_on",
        "due",
        **{part: asking[column] for part, column in _DUE.items()},
        position=(ibis.row_number().over(by_n) + 1).cast("int32"),
        asked_to=total(asking.due).over(so_far),
        previous_due_on=asking.due_on.lag().over(by_n),
    )


def _received(payments: ir.Table) -> ir.Table:
    """Lay the money of each day and source along the line; what was reversed never came."""
    reversals = payments.filter(payments.reverses.notnull()).select(payment_id="reverses")
    valid = payments.filter(payments.reverses.isnull()).anti_join(reversals, "payment_id")
    paid = valid.mutate(source=valid.source.fill_null(UNSPECIFIED))
    order = [paid.paid_on, paid.source]
    by_day = ibis.window(group_by=paid.loan_no, order_by=order)
    # RANGE, not ROWS: payments of one day and source all end where the last of them does.
    so_far = ibis.window(group_by=paid.loan_no, order_by=order, range=(None, 0))
    return paid.select(
        "loan_no",
        "paid_on",
        "source",
        turn=(ibis.row_number().over(by_day) + 1).cast("int32"),
        paid_to=total(paid.amount).over(so_far),
    )


def _cut(asked: ir.Table, received: ir.Table, *, scheduled: ir.Table) -> ir.Table:
    """Cut the line at every end; each piece belongs to the next instalment and payment to end.

    Ends are counted along the line: before the third instalment's, if it is the fifth of all, two
    payments have ended. Beyond the last instalment, or payment, the next one is none that there is.
    """
    ends = asked.select("loan_no", "position", to=asked.asked_to, turn=ibis.null("int32")).union(
        received.select(
            "loan_no", position=ibis.null("int32"), to=received.paid_to, turn=received.turn
        )
    )
    order = [ends.to, ends.turn]  # where two ends meet, one of the two pieces is empty: either
    along = ibis.window(group_by=ends.loan_no, order_by=order)
    counted = ends.mutate(
        start=ends.to.lag(default=0).over(along),
        next=(ibis.row_number().over(along) + 2).cast("int32"),  # of both kinds together
    )
    pieces = counted.filter(counted.to > counted.start).select(
        "loan_no",
        "to",
        "start",
        position=counted.position.coalesce(counted.next - counted.turn),
        turn=counted.turn.coalesce(counted.next - counted.position),
    )
    return (
        pieces.left_join(
            asked.drop("previous_due_on"), ["loan_no", "position"], rname="asked_{name}"
        )
        .left_join(received, ["loan_no", "turn"], rname="received_{name}")
        .left_join(_marked(scheduled, "scheduled"), "loan_no", rname="scheduled_{name}")
        .left_join(_marked(_disordered(asked), "disordered"), "loan_no", rname="disordered_{name}")
    )


def _disordered(asked: ir.Table) -> ir.Table:
    """Name the loans whose due dates run backwards somewhere: few, if any."""
    return asked.filter(asked.due_on < asked.previous_due_on).select("loan_no").distinct()


def _marked(loans: ir.Table, mark: str) -> ir.Table:
    return loans.mutate(**{mark: ibis.literal(True, "boolean")})  # noqa: FBT003 - ibis takes the value by position


def _split(pieces: ir.Table, *, order: tuple[str, ...]) -> ir.Table:
    """Share each piece among fees, interest and principal of its instalment, in the order given.

    Money that no instalment asks for is beyond the schedule, or principal where there is none.
    """
    asked = pieces.asked_to.notnull()
    before = pieces.asked_to - pieces.due
    begins: ir.Value = before
    shares: dict[str, ir.Value] = {}
    for part in order:
        ends = begins + pieces[part]
        share = ibis.least(pieces.to, ends) - ibis.greatest(pieces.start, begins)
        shares[part] = ibis.ifelse(asked, ibis.greatest(share, 0), 0).cast("int64")
        begins = ends
    unasked = ibis.ifelse(asked, 0, pieces.to - pieces.start)
    planned = pieces.scheduled.fill_null(False)  # noqa: FBT003 - ibis takes the value by position
    closes = (pieces.to == pieces.asked_to).fill_null(False)  # noqa: FBT003 - ibis takes the value by position
    shares["principal"] += ibis.ifelse(planned, 0, unasked)
    return pieces.select(
        "loan_no",
        "n",
        "due_on",
        "paid_on",
        "source",
        position="asked_position",
        disordered=ibis.ifelse(asked, pieces.disordered.fill_null(False), None),  # noqa: FBT003 - ibis takes the value by position
        closes=closes,
        line_end="to",
        settled_on=ibis.ifelse(closes, pieces.paid_on, ibis.null("date")),
        beyond=ibis.ifelse(planned, unasked, 0).cast("int64"),
        **shares,
    )


def _settled_within(
    portions: ir.Table, asked: ir.Table, received: ir.Table, tolerances: ir.Table
) -> ir.Table:
    """Date each instalment on the first day on which all but the tolerance has been paid.

    Where not even the tolerance is asked so far, that day is the due date.
    """
    wanted = asked.join(tolerances, "loan_no")
    wanted = wanted.mutate(to=wanted.asked_to - wanted.tolerance)
    at_once = wanted.filter(wanted.to <= 0).select("loan_no", "position", reached_on="due_on")
    later = wanted.filter(wanted.to > 0)
    marks = later.select("loan_no", "to", "position", paid_on=ibis.null("date")).union(
        received.select(
            "loan_no",
            to=received.paid_to,
            position=ibis.null("int32"),
            paid_on=received.paid_on,
        )
    )
    # RANGE, not ROWS: a payment that ends just at the mark reaches it.
    onwards = ibis.window(group_by=marks.loan_no, order_by=marks.to, range=(0, None))
    reached = marks.mutate(reached_on=marks.paid_on.min().over(onwards))
    reached = reached.filter(reached.position.notnull()).select("loan_no", "position", "reached_on")
    dated = portions.left_join(
        reached.union(at_once), ["loan_no", "position"], rname="within_{name}"
    )
    return dated.mutate(settled_on=ibis.ifelse(dated.closes, dated.reached_on, ibis.null("date")))


def remembering(portions: ir.Table, policy: Overdue) -> ir.Table:
    """Add to each instalment what had been missed when it fell due, and how long it is the newest.

    Columns late_days, due_until, missed_so_far, kept_position and worst_late_days, from settled_on.
    What a loan has missed at a date then stands in one row: nothing needs to be counted. In the
    order of due dates, because that is how instalments come to be assessed.
    """
    portions = portions.mutate(late_days=days_between(portions.due_on, portions.settled_on))
    order = [portions.due_on.coalesce(_FAR), portions.line_end]
    by_due = ibis.window(group_by=portions.loan_no, order_by=order)
    so_far = ibis.window(group_by=portions.loan_no, order_by=order, rows=(None, 0))
    miss = portions.closes & late(portions, policy)
    kept = ibis.ifelse(portions.closes & ~late(portions, policy), portions.position, None)
    return portions.mutate(
        due_until=ibis.ifelse(
            portions.closes, portions.due_on.lead().over(by_due).coalesce(_FAR), ibis.null("date")
        ),
        missed_so_far=miss.cast("int32").sum().over(so_far).cast("int32"),
        kept_position=kept.max().over(so_far).cast("int32"),
        worst_late_days=portions.late_days.max().over(so_far).cast("int32"),
    )


_FAR = date(9999, 12, 31)
"""No instalment follows."""


def tolerances(loans: ir.Table, policy: Policy) -> ir.Table:
    """Return loan_no, tolerance: the policy's amount in minor units of each loan's currency."""
    minor = [
        (code, int(policy.overdue.tolerance.scaleb(digits))) for code, digits in DIGITS.items()
    ]
    tolerance = loans.currency.cases(*minor, else_=0).cast("int64")
    return loans.select("loan_no", tolerance=tolerance)
