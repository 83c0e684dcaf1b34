"""Which loans fall if nothing more is paid."""

from datetime import date

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.calendar import plus_days
from recobro.engine.steps.settlement import remembering, tolerances
from recobro.policy import Policy
from recobro.terms.grades import Grade

HORIZONS: tuple[int, ...] = (7, 15, 30)
"""Days that the look-ahead looks ahead."""

NONPERFORMING = "nonperforming"

LOOK_AHEAD = ibis.schema(
    {
        "as_of": "date",  # the day looked ahead to
        "loan_no": "int64",
        "loan_id": "string",
        "household_id": "string",
        "borrower_id": "string",
        "institution_id": "string",
        "currency": "string",
        "falls_to": "string",  # `special_mention` or `nonperforming`
        "grade": "string",  # now
        "grade_then": "string",
        "grade_reasons_then": "array<string>",
        "days_past_due_then": "int32",
        "oldest_unpaid_due_on_then": "date",
        "outstanding_principal": "int64",
        "overdue_amount": "int64",  # now
        "overdue_amount_then": "int64",  # with what falls due until then
    }
)
"""A loan that falls, column by column."""


def as_known_on(portions: ir.Table, loans: ir.Table, *, on: date, policy: Policy) -> ir.Table:
    """Return the portions as if nothing had been paid after a day.

    A close of a later day with them looks ahead. Only money is forgotten: what was reversed since
    then never came. `loans` tell the currency of the tolerance.
    """
    day = ibis.literal(on)
    known = portions.mutate(at_once=ibis.literal(False, "boolean"))  # noqa: FBT003 - ibis takes the value by position
    if policy.overdue.tolerance:
        known = _marked(portions, _asking_little(portions, tolerances(loans, policy), day))
    paid_since = known.paid_on > day
    settled_since = (known.settled_on > day) & ~known.at_once
    touched = known.filter(paid_since | settled_since).select("loan_no").distinct()
    forgotten = known.mutate(
        paid_on=ibis.ifelse(paid_since, ibis.null("date"), known.paid_on),
        source=ibis.ifelse(paid_since, ibis.null("string"), known.source),
        settled_on=ibis.ifelse(settled_since, ibis.null("date"), known.settled_on),
    ).select(*portions.columns)
    anew = remembering(forgotten.semi_join(touched, "loan_no"), policy.overdue)
    return portions.anti_join(touched, "loan_no").union(anew.select(*portions.columns))


def _asking_little(portions: ir.Table, tolerances: ir.Table, day: ir.DateScalar) -> ir.Table:
    """Name the instalments that are settled on their due date because nobody chases so little."""
    likely = portions.filter(portions.settled_on > day, portions.settled_on == portions.due_on)
    lines = likely.select("loan_no", last="position").join(portions, "loan_no")
    lines = lines.filter(lines.position <= lines.last)
    asked = lines.group_by("loan_no", position=lines["last"]).aggregate(
        asked=total(lines.fees + lines.interest + lines.principal)
    )
    little = asked.join(tolerances, "loan_no")
    return little.filter(little.asked <= little.tolerance).select("loan_no", "position")


def _marked(portions: ir.Table, few: ir.Table) -> ir.Table:
    marked = portions.left_join(few, ["loan_no", "position"], rname="few_{name}")
    return marked.mutate(at_once=marked.few_loan_no.notnull())


def look_ahead(now: ir.Table, later: ir.Table) -> ir.Table:
    """Return LOOK_AHEAD: the loans on balance that newly fall into special mention or worse.

    `now` are the standings of a close, `later` those of a later day with the portions as known on
    the day of the close.
    """
    then = later.rename(lambda name: f"{name}_then")
    both = now.join(then, [("loan_no", "loan_no_then")])
    both = both.filter(both.on_balance, both.on_balance_then)
    newly_bad = both.nonperforming_then & ~both.nonperforming
    normal = both.grade == Grade.NORMAL.code
    newly_watched = normal & (both.grade_then == Grade.SPECIAL_MENTION.code)
    falls_to = ibis.cases((newly_bad, NONPERFORMING), (newly_watched, Grade.SPECIAL_MENTION.code))
    found = both.mutate(as_of=both.as_of_then, falls_to=falls_to)
    return found.filter(found.falls_to.notnull()).select(*LOOK_AHEAD.names)


def kept_by(falling: ir.Table, known: ir.Table, *, on: date, policy: Policy) -> ir.Table:
    """Add to LOOK_AHEAD falls_on and to_pay: when days past due fell a loan, and what prevents it.

    to_pay are the unpaid parts of all instalments that would be so many days past due by `as_of`;
    paid on the day after `on`, the days stay below. Both are empty where the days are not the
    cause; falls_on also where a judgement has held it off so far. `known` are the portions as known
    on the day of the close.
    """
    days = (
        (NONPERFORMING, policy.grades.substandard_from),
        (Grade.SPECIAL_MENTION.code, policy.grades.special_mention_from),
    )
    counted = int(policy.overdue.count_due_day)

    def reached(due_on: ir.DateValue, falls_to: ir.StringValue) -> ir.DateValue:
        return falls_to.cases(*((name, plus_days(due_on, many - counted)) for name, many in days))

    unpaid = known.filter(known.paid_on.isnull()).join(
        falling.select("as_of", "loan_no", "falls_to"), "loan_no"
    )
    late = unpaid.filter(reached(unpaid.due_on, unpaid.falls_to) <= unpaid.as_of)
    sums = late.group_by("as_of", "loan_no", "falls_to").aggregate(
        to_pay=total(late.fees + late.interest + late.principal)
    )
    found = falling.left_join(sums, ["as_of", "loan_no", "falls_to"], rname="sums_{name}")
    falls_on = reached(found.oldest_unpaid_due_on_then, found.falls_to)
    caused = (falls_on > ibis.literal(on)) & (falls_on <= found.as_of)
    return found.mutate(falls_on=ibis.ifelse(caused, falls_on, ibis.null("date"))).select(
        *falling.columns, "falls_on", "to_pay"
    )
