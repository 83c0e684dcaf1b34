"""Each instalment at the close of the day, and which payments settled it."""

from collections import defaultdict
from datetime import date, timedelta

from recobro.engine.explain.explanation import Instalment, Settled
from recobro.engine.explain.grading import Graded
from recobro.engine.explain.known import Known, Row, record
from recobro.engine.explain.scenarios import SEPARATOR
from recobro.policy import Overdue, Policy


def instalments(known: Known, graded: Graded, policy: Policy) -> tuple[Instalment, ...]:
    """List the loan's instalments in the order in which payments settle them."""
    portions = defaultdict(list)
    for portion in graded.portions:
        portions[portion["n"]].append(portion)
    paid = _by_id(known)
    return tuple(
        _instalment(row, portions[row["n"]], paid, known.on, policy.overdue)
        for row in known.schedule_of(known.loan["loan_no"])
    )


def beyond(known: Known, graded: Graded) -> tuple[Settled, ...]:
    """List the money that settled no instalment: none was left, or there is no schedule."""
    return _settled([one for one in graded.portions if one["n"] is None], _by_id(known))


def _by_id(known: Known) -> dict[str, Row]:
    return {row["payment_id"]: row for row in known.payments}


def _instalment(
    row: Row, portions: list[Row], paid: dict[str, Row], on: date, policy: Overdue
) -> Instalment:
    closing = [one for one in portions if one["closes"]]  # none where nothing is asked
    unpaid = [one for one in portions if one["paid_on"] is None]
    return Instalment(
        n=row["n"],
        due_on=row["due_on"],
        fees_due=row["fees_due"],
        interest_due=row["interest_due"],
        principal_due=row["principal_due"],
        overdue=bool(closing and unpaid) and _is_due(row["due_on"], on, policy),
        missed=any(_is_missed(one, on, policy) for one in closing),
        settled_on=closing[0]["settled_on"] if closing else None,
        unpaid=sum(one["fees"] + one["interest"] + one["principal"] for one in unpaid),
        days_late=sum(_days_late(one, on, policy) for one in closing),
        settled=_settled(portions, paid),
        record=record("instalments", row),
    )


def _is_due(day: date, on: date, policy: Overdue) -> bool:
    return day <= on if policy.count_due_day else day < on


def _is_missed(closing: Row, on: date, policy: Overdue) -> bool:
    last_day = closing["due_on"] + timedelta(days=policy.grace_days)
    settled_on = closing["settled_on"]
    return _is_due(last_day, on, policy) and (settled_on is None or settled_on > last_day)


def _days_late(closing: Row, on: date, policy: Overdue) -> int:
    settled_on = closing["settled_on"]
    last_day = on if settled_on is None else min(settled_on - timedelta(days=1), on)
    days: int = (last_day - closing["due_on"]).days + int(policy.count_due_day)
    return max(0, days)


def _settled(portions: list[Row], paid: dict[str, Row]) -> tuple[Settled, ...]:
    settling = [one for one in portions if one["paid_on"]]
    settling.sort(key=lambda one: (one["paid_on"], one["source"]))
    payments = [paid[one["source"].partition(SEPARATOR)[2]] for one in settling]
    return tuple(
        Settled(
            payment_id=payment["payment_id"],
            paid_on=one["paid_on"],
            fees=one["fees"],
            interest=one["interest"],
            principal=one["principal"],
            beyond=one["beyond"],
            record=record("payments", payment),
        )
        for one, payment in zip(settling, payments, strict=True)
    )
