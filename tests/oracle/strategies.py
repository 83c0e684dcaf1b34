"""Small loan books, policies and days for hypothesis: every oddity that the rules speak of.

Sums and days come from small sets, so that ties, exact settlements and boundary days are common.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from hypothesis import strategies as st

from recobro.terms.codes import BorrowerKind, ClosedAs, Guarantee, Source
from recobro.terms.codes import Judgement as JudgementKind
from recobro.terms.grades import Grade
from tests.oracle.book import (
    Book,
    Borrower,
    Instalment,
    Institution,
    Judgement,
    Loan,
    Payment,
    Restructuring,
)
from tests.oracle.rules import SMALL_BUSINESS, Rules, months_after

T = TypeVar("T")
Draw = st.DrawFn

TREE = (
    Institution("head", None, "head_office"),
    Institution("north", "head"),
    Institution("south", "head"),
    Institution("hill", "north", "sub_branch"),
)
CURRENCIES = ("CNY", "CNY", "JPY", "KWD")  # 2, 0 and 3 digits
FIRST_ON, LAST_ON = date(2023, 1, 31), date(2026, 12, 31)
EDGES = (-31, -1, 0, 1, 2, 7, 8, 30, 31, 32, 90, 91, 92, 180, 181, 270, 271, 272, 360, 361, 362)


def rarely(drawn: st.SearchStrategy[T], one_in: int = 5) -> st.SearchStrategy[T | None]:
    """Draw nothing most of the time."""
    return st.integers(1, one_in).flatmap(lambda n: drawn if n == one_in else st.none())


def words(codes: Iterable[StrEnum]) -> st.SearchStrategy[str]:
    """Draw a word of a closed list."""
    return st.sampled_from([code.value for code in codes])


def near(days: list[date]) -> st.SearchStrategy[date]:
    """Draw a day at or near one of the days, often where a rule changes its mind."""
    off = st.sampled_from(EDGES) | st.integers(-40, 400)
    return st.builds(lambda day, n: day + timedelta(days=n), st.sampled_from(days), off)


day_of_disbursal = st.dates(FIRST_ON, date(2024, 12, 31)) | st.sampled_from(
    [FIRST_ON, date(2023, 8, 31), date(2024, 2, 29)]
)


@st.composite
def due_days(draw: Draw, disbursed_on: date) -> list[date]:
    """Draw when a loan asks: regularly, once, after one day, or as nobody would write it."""
    shape = draw(st.sampled_from(["regular", "regular", "bullet", "one day", "ragged", "never"]))
    count = draw(st.integers(1, 8))
    step = draw(st.sampled_from([1, 1, 3, 6]))
    if shape == "regular":
        return [months_after(disbursed_on, step * n) for n in range(1, count + 1)]
    if shape == "bullet":
        return [months_after(disbursed_on, step * count)]
    if shape == "one day":
        return [disbursed_on + timedelta(days=1)]
    if shape == "ragged":
        off = st.integers(-5, 500)
        return [disbursed_on + timedelta(days=draw(off)) for _ in range(count)]
    return []


@st.composite
def schedules(draw: Draw, loan_id: str, disbursed_on: date) -> list[Instalment]:
    """Draw a schedule; an instalment may ask for nothing, numbers may be missing."""
    gaps = st.sampled_from([1, 1, 1, 2])
    n, schedule = 0, []
    for due_on in draw(due_days(disbursed_on)):
        n += draw(gaps)
        principal = draw(st.sampled_from([0, 100, 100, 250, 333, 100_001]))
        interest = draw(st.sampled_from([0, 0, 5, 17]))
        fees = draw(st.sampled_from([0, 0, 0, 3]))
        schedule.append(Instalment(loan_id, n, due_on, principal, interest, fees))
    return schedule


@st.composite
def payments(draw: Draw, loan: Loan, schedule: list[Instalment]) -> list[Payment]:
    """Draw a payer's habit (each instalment so many days late, or never) and some odd payments."""
    lateness = st.none() | st.sampled_from(EDGES)
    wanted: list[tuple[date, int]] = []
    for instalment in schedule:
        days = draw(lateness)
        if days is not None and instalment.total_due:
            wanted.append((instalment.due_on + timedelta(days=days), instalment.total_due))
    days_known = [loan.disbursed_on, *(one.due_on for one in schedule)]
    sums = st.sampled_from([1, 5, 50, 99, 100, 105, 250, 333, 1000]) | st.integers(1, 500)
    wanted += draw(st.lists(st.tuples(near(days_known), sums), max_size=3))
    return [
        Payment(f"{loan.loan_id}-{n:02}", loan.loan_id, on, amount, draw(rarely(words(Source))))
        for n, (on, amount) in enumerate(draw(st.permutations(wanted)), start=1)
    ]


@st.composite
def reversals(draw: Draw, paid: list[Payment]) -> list[Payment]:
    """Draw which payments are cancelled later."""
    found = []
    for payment in paid:
        after = draw(rarely(st.sampled_from([0, 1, 40, 200]), one_in=8))
        if after is not None:
            on = payment.paid_on + timedelta(days=after)
            reversal_id = f"{payment.payment_id}-not"
            found.append(
                replace(payment, payment_id=reversal_id, paid_on=on, reverses=payment.payment_id)
            )
    return found


@st.composite
def restructurings(draw: Draw, loan: Loan, known: list[date]) -> list[Restructuring]:
    """Draw up to two restructurings of a loan, often none."""
    days = draw(rarely(st.lists(near(known), min_size=1, max_size=2, unique=True), one_in=2)) or []
    first_due = rarely(st.integers(-5, 120).map(timedelta), one_in=2)
    changes = []
    for on in days:
        wait = draw(first_due)
        first_due_on = None if wait is None else on + wait
        eased = draw(st.integers(1, 5)) > 1
        changes.append(Restructuring(loan.loan_id, on, first_due_on, difficulty=eased))
    return changes


VALUES = {
    "grade": st.sampled_from([one.code for one in Grade]),
    "ecl_share": st.sampled_from(["0", "0.3", "0.499999", "0.5", "0.50", "0.89", "0.9", "1"]),
}


@st.composite
def judgements(draw: Draw, loans: list[Loan], known: list[date]) -> list[Judgement]:
    """Draw a few decisions on loans or on borrowers."""
    found = []
    for n in range(draw(st.sampled_from([0, 0, 1, 2, 3]))):
        loan = draw(st.sampled_from(loans))
        kind = draw(words(JudgementKind))
        on_loan = draw(st.booleans())
        from_on = draw(near(known))
        length = draw(st.none() | st.integers(0, 300).map(timedelta))
        found.append(
            Judgement(
                f"j{n}",
                kind,
                from_on,
                loan_id=loan.loan_id if on_loan else None,
                borrower_id=None if on_loan else loan.borrower_id,
                value=draw(VALUES.get(kind, st.none())),
                until_on=None if length is None else from_on + length,
            )
        )
    return found


@st.composite
def loans(draw: Draw, loan_id: str, borrower_id: str, older: list[Loan]) -> Loan:
    """Draw a loan whose principal and maturity its schedule decides later."""
    disbursed_on = draw(day_of_disbursal)
    replaced = draw(rarely(st.sampled_from(older))) if older else None
    leaving = near([disbursed_on, months_after(disbursed_on, 18)])
    closed_on = draw(rarely(leaving))
    return Loan(
        loan_id,
        borrower_id,
        draw(st.sampled_from([one.institution_id for one in TREE])),
        principal=draw(st.sampled_from([1, 100, 999, 1000])),
        disbursed_on=disbursed_on,
        matures_on=disbursed_on,
        currency=draw(st.sampled_from(CURRENCIES)),
        product=draw(st.sampled_from(["farm", "shop"])),
        guarantee=draw(words(Guarantee)),
        replaces_loan_id=replaced.loan_id if replaced else None,
        written_off_on=draw(rarely(leaving, one_in=6)),
        closed_on=closed_on,
        closed_as=draw(words(ClosedAs)) if closed_on else None,
    )


@st.composite
def borrowers(draw: Draw) -> list[Borrower]:
    """Draw one to three borrowers; companies are frequent, some share a household."""
    kinds = words(BorrowerKind) | st.just("company")
    return [
        Borrower(f"B{n}", draw(kinds), draw(rarely(st.just("house"), one_in=3)))
        for n in range(1, draw(st.integers(1, 3)) + 1)
    ]


@st.composite
def books(draw: Draw) -> Book:
    """Draw a book of one to six loans."""
    owed_by = draw(borrowers())
    lent: list[Loan] = []
    asked: list[Instalment] = []
    paid: list[Payment] = []
    eased: list[Restructuring] = []
    for n in range(1, draw(st.integers(1, 6)) + 1):
        loan = draw(loans(f"L{n}", draw(st.sampled_from(owed_by)).borrower_id, lent))
        schedule = draw(schedules(loan.loan_id, loan.disbursed_on))
        known = [loan.disbursed_on, *(one.due_on for one in schedule)]
        adds_up = sum(one.principal_due for one in schedule) if draw(st.integers(0, 4)) else 0
        lent.append(replace(loan, principal=adds_up or loan.principal, matures_on=max(known)))
        mine = draw(payments(loan, schedule))
        asked += schedule
        paid += mine + draw(reversals(mine))
        eased += draw(restructurings(loan, known))
    judged = draw(judgements(lent, [one.disbursed_on for one in lent]))
    facts = (owed_by, lent, asked, paid, eased, judged)
    return Book(TREE, *map(tuple, facts))  # type: ignore[arg-type]  # in the order of Book


def days(book: Book) -> st.SearchStrategy[date]:
    """Draw a day on which at least one loan has a standing, often where a rule changes its mind."""
    first = min(one.disbursed_on for one in book.loans)
    known = [one.disbursed_on for one in book.loans]
    known += [one.due_on for one in book.instalments]
    known += [one.paid_on for one in book.payments]
    known += [one.restructured_on for one in book.restructurings]
    known += [one.closed_on for one in book.loans if one.closed_on]
    known += [one.written_off_on for one in book.loans if one.written_off_on]
    return st.one_of(near(known), st.dates(first, LAST_ON)).map(lambda day: max(first, day))


@st.composite
def policies(draw: Draw) -> Rules:
    """Draw a policy: each number the preset's or a telling other one."""

    def usual(value: T, *others: T) -> T:
        return draw(st.sampled_from([value, value, *others]))

    return Rules(
        grace_days=usual(0, 3, 30),
        tolerance=usual(Decimal("0.00"), Decimal("0.05"), Decimal("1.009")),
        count_due_day=usual(False, True),  # noqa: FBT003 -- the values drawn
        allocation=tuple(draw(st.permutations(["fees", "interest", "principal"]))),
        missed_in_a_row=usual(3, 2),
        missed_ever=usual(6, 4),
        window_months=usual(None, 6, 24),
        matrix=usual((), SMALL_BUSINESS),
        contagion_share_above=usual(Decimal("0.10"), Decimal("0.333333")),
        restructuring_months=usual(12, 6),
        restructuring_periods=usual(2, 1, 3),
        cure_months=usual(6, 3),
        cure_periods=usual(2, 1, 3),
        cure_applies_to=usual(("company", "village_group"), ("person", "company"), ()),
        old_before=usual(None, date(2024, 1, 1)),
    )
