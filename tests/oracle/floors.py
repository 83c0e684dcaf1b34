"""The grade (§3): every floor that can hold a loan down, and the worst of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from recobro.terms.grades import GRADE_OF_CODE, Grade
from tests.oracle.account import Account, account
from tests.oracle.book import Book, Judgement, Loan, Restructuring
from tests.oracle.rules import Rules

DAY = timedelta(days=1)
TECHNICAL_DAYS = 7


@dataclass(frozen=True)
class View:
    """One loan of a book, looked at on one day under one policy."""

    book: Book
    loan_id: str
    on: date
    rules: Rules

    @property
    def account(self) -> Account:
        """The loan's settled account."""
        return account(self.book, self.loan_id, self.rules)

    @property
    def loan(self) -> Loan:
        """The loan."""
        return self.account.loan

    @property
    def outstanding(self) -> int:
        """The principal that is left."""
        return self.account.outstanding(self.on)

    @property
    def on_balance(self) -> bool:
        """Whether the loan is on the bank's books."""
        left = (self.loan.written_off_on, self.loan.closed_on)
        return all(day is None or day > self.on for day in left)

    def judged(self, *kinds: str) -> list[Judgement]:
        """Return the judgements of these kinds in force."""
        return [one for one in self.book.judgements_on(self.loan, self.on) if one.kind in kinds]


def days_for_grading(view: View) -> int:
    """Return the days past due, or none where a short delay is judged technical."""
    days = view.account.days_past_due(view.on)
    excused = days <= TECHNICAL_DAYS and view.judged("technical_delay")
    return 0 if excused else days


def days_past_due_floor(view: View) -> Grade:
    """The ladder of days past due."""
    return view.rules.ladder(days_for_grading(view))


def guarantee_matrix_floor(view: View) -> Grade:
    """The matrix of guarantee × days, where the policy has one."""
    return view.rules.cell(view.loan.guarantee, days_for_grading(view))


def observation_end(account: Account, change: Restructuring, on: date) -> date:
    """Return the first day after the observation of a restructuring, as known on a day.

    It waits for months and instalments from its start; an instalment missed inside it starts it
    again at that instalment's due date.
    """
    rules = account.rules
    start = (
        change.first_due_on
        or account.nth_due_after(change.restructured_on, 1)
        or change.restructured_on
    )
    for due_on in sorted(one.due_on for one in account.missed(on)):
        if start <= due_on < _observed_until(account, start, rules):
            start = due_on
    return _observed_until(account, start, rules)


def _observed_until(account: Account, start: date, rules: Rules) -> date:
    return account.waits_until(start, rules.restructuring_months, rules.restructuring_periods)


def restructured_floor(view: View) -> Grade:
    """The floor of a debtor in difficulty whose contract was eased, while it is observed."""
    changes = [
        one
        for one in view.book.restructurings_of(view.loan_id)
        if one.difficulty and one.restructured_on <= view.on
    ]
    ends = {one: observation_end(view.account, one, view.on) for one in changes}
    floor = Grade.NORMAL
    for change in changes:
        if view.on < ends[change]:
            before = [one for one in changes if one.restructured_on < change.restructured_on]
            again = any(change.restructured_on < ends[one] for one in before)
            least = Grade.SUBSTANDARD if again else Grade.SPECIAL_MENTION
            floor = max(floor, least, _held_before(view, change.restructured_on))
    return floor


def _held_before(view: View, restructured_on: date) -> Grade:
    eve = restructured_on - DAY
    if eve < view.loan.disbursed_on:
        return Grade.NORMAL
    held = grade(view.book, view.loan_id, eve, view.rules)
    return held if held.nonperforming else Grade.NORMAL


def renewal_floor(view: View) -> Grade:
    """The floor of a loan that repays an older one."""
    renews = view.loan.replaces_loan_id is not None and view.on_balance
    if renews and not view.judged("renewal_qualified"):
        return Grade.SPECIAL_MENTION
    return Grade.NORMAL


def judgement_floor(view: View) -> Grade:
    """The worst of what the risk department decided."""
    return max(map(judged_grade, view.judged(*JUDGED)), default=Grade.NORMAL)


def judged_grade(judgement: Judgement) -> Grade:
    """Return the least grade that one judgement asks for."""
    return JUDGED[judgement.kind](judgement.value or "")


def _of_share(value: str) -> Grade:
    share = Decimal(value)
    if share >= Decimal("0.90"):
        return Grade.LOSS
    return Grade.DOUBTFUL if share >= Decimal("0.50") else Grade.NORMAL


JUDGED: dict[str, Callable[[str], Grade]] = {
    "grade": GRADE_OF_CODE.__getitem__,
    "ecl_share": _of_share,
    "evasion": lambda _: Grade.DOUBTFUL,
    "liquidation": lambda _: Grade.LOSS,
    "use_changed": lambda _: Grade.SPECIAL_MENTION,
    "evergreening_confirmed": lambda _: Grade.SPECIAL_MENTION,
}


@dataclass(frozen=True)
class Episode:
    """An unbroken stretch of days on which something is unsettled."""

    most_days: int
    cured_on: date | None  # empty: it lasts


def episodes(account: Account, on: date) -> list[Episode]:
    """Walk through the loan's life day by day and return its episodes up to a day."""
    found = []
    worst = 0
    day = min((one.due_on for one in account.claims), default=on)
    while day <= on:
        days = account.days_past_due(day)
        if worst and not days:
            found.append(Episode(worst, day))
            worst = 0
        worst = max(worst, days)
        day += DAY
    return [*found, Episode(worst, None)] if worst else found


def cure_hold_floor(view: View) -> Grade:
    """The floor of a past default until good payment has been shown for long enough."""
    kind = view.book.borrower_of(view.loan).kind
    if kind not in view.rules.cure_applies_to or view.outstanding == 0:
        return Grade.NORMAL
    held = [
        view.rules.ladder(episode.most_days)
        for episode in episodes(view.account, view.on)
        if episode.cured_on is None or view.on < _held_until(view, episode.cured_on)
    ]
    return max((one for one in held if one.nonperforming), default=Grade.NORMAL)


def _held_until(view: View, cured_on: date) -> date:
    return view.account.waits_until(cured_on, view.rules.cure_months, view.rules.cure_periods)


OWN_FLOORS: dict[str, Callable[[View], Grade]] = {
    "days-past-due": days_past_due_floor,
    "guarantee-matrix": guarantee_matrix_floor,
    "restructured": restructured_floor,
    "renewal": renewal_floor,
    "judgement": judgement_floor,
    "cure-hold": cure_hold_floor,
}
REASONS = (
    "days-past-due",
    "guarantee-matrix",
    "restructured",
    "renewal",
    "contagion",
    "judgement",
    "cure-hold",
)
"""The order in which reasons of one grade are named."""


@lru_cache(maxsize=8192)
def own_grade(book: Book, loan_id: str, on: date, rules: Rules) -> Grade:
    """Return the grade before contagion."""
    view = View(book, loan_id, on, rules)
    return max(floor(view) for floor in OWN_FLOORS.values())


def contagion_floor(view: View) -> Grade:
    """The floor that a company's bad loans lay on its other loans of that currency."""
    if view.book.borrower_of(view.loan).kind != "company" or not view.on_balance:
        return Grade.NORMAL
    siblings = [
        one
        for one in (View(view.book, loan.loan_id, view.on, view.rules) for loan in view.book.loans)
        if (one.loan.borrower_id, one.loan.currency) == (view.loan.borrower_id, view.loan.currency)
        and one.loan.disbursed_on <= view.on
        and one.on_balance
    ]
    total = sum(one.outstanding for one in siblings)
    bad = sum(one.outstanding for one in siblings if _own(one).nonperforming)
    if bad > Fraction(view.rules.contagion_share_above) * total:
        return Grade.SUBSTANDARD
    if bad > 0 and not _own(view).nonperforming:
        return Grade.SPECIAL_MENTION
    return Grade.NORMAL


def _own(view: View) -> Grade:
    return own_grade(view.book, view.loan_id, view.on, view.rules)


def floors(book: Book, loan_id: str, on: date, rules: Rules) -> dict[str, Grade]:
    """Return every floor above normal by its reason, the worst first."""
    view = View(book, loan_id, on, rules)
    laid = {reason: floor(view) for reason, floor in OWN_FLOORS.items()}
    laid["contagion"] = contagion_floor(view)
    named = sorted(laid, key=lambda reason: (-laid[reason], REASONS.index(reason)))
    return {reason: laid[reason] for reason in named if laid[reason] > Grade.NORMAL}


@lru_cache(maxsize=8192)
def grade(book: Book, loan_id: str, on: date, rules: Rules) -> Grade:
    """Return the worst of all floors."""
    return max(floors(book, loan_id, on, rules).values(), default=Grade.NORMAL)
