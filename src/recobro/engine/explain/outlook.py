"""What payments would do: ways back to a better grade, and the next fall if nothing is paid.

Told from the end of `on`: that day's close is past, so the first day on which money can still come
in is the next. What later facts say is left out. "Nothing is paid" goes for all loans of a company;
on a way back each of them is paid what it asks on its due dates, its arrears stay as they are.

A payment lifts a grade only where it settles one more instalment or leaves no principal, so the
least payment that does is one of few. More may be worse: principal repaid on a good loan of a
company raises the share of its bad ones.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from recobro.engine.explain.account import Account
from recobro.engine.explain.days import DAY, falling, returning
from recobro.engine.explain.explanation import Coming, Fall, Outlook, Return
from recobro.engine.explain.grading import Graded
from recobro.engine.explain.known import Known
from recobro.engine.explain.scenarios import Scenario
from recobro.engine.steps.classification import FLOORS
from recobro.policy import Policy
from recobro.terms.grades import Grade


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The scenarios to grade: each single payment, then all arrears with what comes due after.

    `amounts` are the single payments on `first`, 0 among them, in rising order; their scenarios
    come first. The last two scenarios pay all `arrears`, and one minor unit less.
    """

    first: date
    amounts: tuple[int, ...]
    arrears: int
    coming: tuple[Coming, ...]
    scenarios: tuple[Scenario, ...]

    @property
    def kept(self) -> int:
        """The number of the scenario in which the arrears and all that comes due are paid."""
        return len(self.amounts)


def plan(known: Known, accounts: dict[int, Account], policy: Policy) -> Plan:
    """Choose the payments and the days that may make a difference."""
    first, own = known.on + DAY, known.loan["loan_no"]
    account = accounts[own]
    falls = falling(known, accounts, policy)
    last = max(falls | {first})
    wanted = account.settling(due_until=last) | {0, account.to_repay or 0}
    amounts = tuple(sorted(wanted))
    days = {known.on, first, *falls}
    arrears = account.arrears(due_until=known.on)
    later = [
        (loan_no, one.due_on, one.amount)
        for loan_no, each in accounts.items()
        for one in each.coming(due_after=known.on)
    ]
    returns = returning(known, accounts, policy) | {first}
    return Plan(
        first=first,
        amounts=amounts,
        arrears=arrears,
        coming=tuple(account.coming(due_after=known.on)),
        scenarios=(
            *(Scenario(payments=_paid(own, first, amount), days=days) for amount in amounts),
            *(
                Scenario(payments=[*_paid(own, first, amount), *later], days=returns)
                for amount in (arrears, max(0, arrears - 1))
            ),
        ),
    )


def _paid(loan_no: int, on: date, amount: int) -> list[tuple[int, date, int]]:
    return [(loan_no, on, amount)] if amount else []


def outlook(known: Known, planned: Plan, graded: Graded) -> Outlook:
    """Return what the graded scenarios show; nothing for a loan that has left the balance sheet."""
    if not known.on_balance:
        return Outlook(returns=(), fall=None)
    today = _rank(graded, 0, known.on)
    ways = [*_at_once(planned, graded), *_in_time(planned, graded)]
    better = [way for way in ways if way.grade < today]
    return Outlook(returns=tuple(_best(better)), fall=_fall(known, planned, graded))


def _at_once(planned: Plan, graded: Graded) -> Iterable[Return]:
    for index, amount in enumerate(planned.amounts):
        grade = _rank(graded, index, planned.first)
        yield Return(amount, planned.first, grade, planned.first, ())


def _in_time(planned: Plan, graded: Graded) -> Iterable[Return]:
    """Yield the lasting improvements once arrears are paid, unless less than them would do."""
    later = planned.scenarios[planned.kept].days - {planned.first}
    worst_after = Grade.NORMAL
    for day in sorted(later, reverse=True):
        grade = _rank(graded, planned.kept, day)
        worst_after = max(worst_after, grade)
        enough = planned.arrears == 0 or _rank(graded, planned.kept + 1, day) > grade
        if grade == worst_after and enough:
            coming = tuple(one for one in planned.coming if one.due_on <= day)
            yield Return(planned.arrears, planned.first, grade, day, coming)


def _best(ways: Sequence[Return]) -> Iterable[Return]:
    """Keep the ways of which no other is as cheap, as soon and leads as far."""
    kept: list[Return] = []
    for way in sorted(ways, key=lambda one: (one.amount, one.on, one.grade, len(one.coming))):
        if not any(one.on <= way.on and one.grade <= way.grade for one in kept):
            kept.append(way)
            yield way


def _fall(known: Known, planned: Plan, graded: Graded) -> Fall | None:
    today = _rank(graded, 0, known.on)
    days = sorted(planned.scenarios[0].days)
    on = next((day for day in days if _rank(graded, 0, day) > today), None)
    if on is None:
        return None
    least = (
        amount for index, amount in enumerate(planned.amounts) if _rank(graded, index, on) <= today
    )
    fallen = graded.ahead[0, on]
    return Fall(
        on=on,
        grade=Grade(fallen["grade_rank"]),
        reasons=tuple(reason for reason, floor in FLOORS.items() if fallen[floor] > today),
        amount=next(least, None),
        by=max(on - DAY, planned.first),
    )


def _rank(graded: Graded, scenario: int, day: date) -> Grade:
    return Grade(graded.ahead[scenario, day]["grade_rank"])
