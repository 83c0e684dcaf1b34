"""The days on which a grade can change: the engine grades each, so too many do no harm."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from recobro.engine.explain.account import Account
from recobro.engine.explain.known import Known
from recobro.policy import Policy
from recobro.terms.dates import add_months

DAY = timedelta(days=1)


def falling(known: Known, accounts: Mapping[int, Account], policy: Policy) -> set[date]:
    """List the days after `on` on which a grade can fall while nothing is paid."""
    days = _judgements_end(known)
    grace = timedelta(days=policy.overdue.grace_days) + DAY
    for account in accounts.values():
        unsettled = [one.due_on for one in account.unsettled()]
        days |= _crossings(unsettled and [min(unsettled)], policy)
        # Judged missed only now: that lengthens an observation, and a later one may lie inside it.
        days |= {due_on + grace for due_on in unsettled if due_on <= known.on}
    return {day for day in days if day > known.on}


def returning(known: Known, accounts: Mapping[int, Account], policy: Policy) -> set[date]:
    """List the days after `on` on which a grade can rise while what comes due is paid in time.

    That is where a hold or an observation may end and, for the other loans of a company, where
    arrears that stay as they are reach a number of days.
    """
    dues = {number: sorted({one.due_on for one in each.asked}) for number, each in accounts.items()}
    last = max(_last(known, number, found, policy) for number, found in dues.items())
    every = {due_on for found in dues.values() for due_on in found}
    begins = every | {known.on + DAY} | {row["paid_on"] for row in known.payments}
    begins |= {day for number in accounts for day in _changes(known, number)}
    months = {policy.cure.months, policy.restructuring.months}
    days = every | {add_months(day, count) for day in begins for count in months}
    for number, account in accounts.items():
        if number != known.loan["loan_no"]:
            days |= _crossings((one.due_on for one in account.unsettled()), policy)
    return {day for day in days if known.on < day <= last} | {
        day for day in _judgements_end(known) if known.on < day
    }


def _last(known: Known, loan_no: int, dues: list[date], policy: Policy) -> date:
    """Return the last day on which a hold or observation of a loan can end that begins by then."""
    begins = known.on + DAY
    for day in _changes(known, loan_no):
        begins = max(begins, day, min((due_on for due_on in dues if due_on > day), default=day))
    months = max(policy.cure.months, policy.restructuring.months)
    periods = max(policy.cure.periods, policy.restructuring.periods)
    coming = [due_on for due_on in dues if due_on > begins]
    return max([add_months(begins, months), *coming[:periods]])


def _changes(known: Known, loan_no: int) -> Iterable[date]:
    for row in known.of(known.restructurings, loan_no):
        yield row["restructured_on"]
        yield row["first_due_on"] or row["restructured_on"]


def _judgements_end(known: Known) -> set[date]:
    return {row["until_on"] for row in known.judgements if row["until_on"]}


def _crossings(dues: Iterable[date], policy: Policy) -> set[date]:
    """Return the days on which these due dates reach a number of days past due that matters."""
    grades = policy.grades
    firsts = {
        grades.special_mention_from,
        grades.substandard_from,
        grades.doubtful_from,
        grades.loss_from,
        grades.technical_delay_days + 1,
        *(grades.matrix.from_days if grades.matrix.enabled else ()),
    }
    counted = int(policy.overdue.count_due_day)
    return {due_on + timedelta(days=first - counted) for due_on in dues for first in firsts}
