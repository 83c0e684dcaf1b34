"""The loans that fall in the coming days if nothing is paid, and what keeps each from it."""

from datetime import timedelta
from functools import partial

from recobro.reports.document import Bar, Bars, Kind, Row, Section, Table, Value
from recobro.reports.lists import BORROWER, INSTITUTION, LOAN, OUTSTANDING, REASONS, Told, listing
from recobro.reports.material import FALLING, Falling
from recobro.reports.part import Part
from recobro.reports.report import Report
from recobro.terms.grades import GRADE_OF_CODE

_HORIZONS = (7, 15, 30)
_FALLS = ("nonperforming", "special_mention")
_MOST = 40
"""So many of the loans that fall into special mention are printed: what is due soon is a book."""

_FALLS_ON: Told[Falling] = Told("falls_on", Kind.DATE, lambda _, loan: loan.falls_on)
_TO_PAY: Told[Falling] = Told("to_pay", Kind.MONEY, lambda _, loan: loan.to_pay)
_NOW: Told[Falling] = Told("grade_now", Kind.GRADE, lambda _, loan: GRADE_OF_CODE[loan.grade])

_TOLD = (LOAN, BORROWER, INSTITUTION, _NOW, _FALLS_ON, REASONS, _TO_PAY, OUTSTANDING)


def _loans(
    part: Part, falls_to: str, within: int = _HORIZONS[-1], institution_id: str | None = None
) -> list[Falling]:
    return [
        loan
        for loan in part.ask(FALLING)
        if loan.falls_to == falls_to
        and loan.within <= within
        and institution_id in {None, loan.institution_id}
    ]


def _balance(loans: list[Falling]) -> int:
    return sum(loan.outstanding_principal for loan in loans)


def _to_pay(loans: list[Falling]) -> int:
    return sum(loan.to_pay or 0 for loan in loans)


def sentence(part: Part) -> str:
    """Return how many fall to non-performing, what prevents it, and how many to special mention."""
    bad, watched = (_loans(part, falls_to) for falls_to in _FALLS)
    said = part.say(
        "sentence.look_ahead",
        day=part.language.day(part.heading.as_of + timedelta(days=_HORIZONS[-1])),
        bad=_phrase(part, bad),
        watched=_phrase(part, watched),
    )
    return (
        part.say("sentence.look_ahead_pay", said=said, amount=part.scaled(_to_pay(bad)))
        if bad
        else said
    )


def _phrase(part: Part, loans: list[Falling]) -> str:
    if not loans:
        return part.say("phrase.no_loan")
    balance = part.scaled(_balance(loans))
    if len(loans) == 1:
        return part.say("phrase.loan", balance=balance)
    return part.say("phrase.loans", loans=part.language.integer(len(loans)), balance=balance)


def horizons(part: Part) -> Section:
    """Return loans, balance and what is to be paid by each horizon; a later one has the earlier."""
    rows = tuple(
        Row(
            (
                part.say(f"falls.{falls_to}"),
                days,
                part.heading.as_of + timedelta(days=days),
                len(loans := _loans(part, falls_to, days)),
                _balance(loans),
                _to_pay(loans),
            ),
            strong=days == _HORIZONS[-1],
        )
        for falls_to in _FALLS
        for days in _HORIZONS
    )
    columns = (
        part.column("falls_to"),
        part.column("within", Kind.INTEGER),
        part.column("until", Kind.DATE),
        part.column("loans", Kind.INTEGER),
        part.column("outstanding", Kind.MONEY),
        part.column("to_pay", Kind.MONEY),
    )
    table = Table(columns, rows, part.currency, part.say("empty.look_ahead"))
    return Section(part.title("horizons"), table, _charts(part), part.say("note.look_ahead"))


def _charts(part: Part) -> tuple[Bars, ...]:
    bars = tuple(
        Bar(part.name(one), amount, part.money(amount))
        for one in _ranked(part)
        if (amount := _balance(_loans(part, _FALLS[0], institution_id=one)))
    )
    return (Bars(part.say("chart.look_ahead"), bars),) if len(bars) > 1 else ()


def _ranked(part: Part) -> list[str]:
    """Return the institutions of which a loan falls, the most at stake first."""
    found = {loan.institution_id for falls_to in _FALLS for loan in _loans(part, falls_to)}
    return sorted(
        found, key=lambda one: (-_balance(_loans(part, _FALLS[0], institution_id=one)), one)
    )


def by_institution(part: Part) -> Section | None:
    """Return the balance by horizon of each institution, the most at stake first; None of one."""
    ranked = _ranked(part)
    if len(ranked) < 2:  # noqa: PLR2004 - one institution needs no comparison
        return None
    rows = [Row((part.name(one), *_amounts(part, one))) for one in ranked]
    rows.append(part.total(*_amounts(part, None)))
    columns = (
        part.column("institution"),
        *(
            part.column(f"{falls_to}_within", Kind.MONEY, days=str(days))
            for falls_to in _FALLS
            for days in _HORIZONS
        ),
        part.column("to_pay_nonperforming", Kind.MONEY),
    )
    table = Table(columns, tuple(rows), part.currency, part.say("empty.look_ahead"))
    return Section(part.title("look_ahead_by_institution"), table)


def _amounts(part: Part, institution_id: str | None) -> list[Value]:
    balances: list[Value] = [
        _balance(_loans(part, falls_to, days, institution_id))
        for falls_to in _FALLS
        for days in _HORIZONS
    ]
    return [*balances, _to_pay(_loans(part, _FALLS[0], institution_id=institution_id))]


def listed(part: Part, *, falls_to: str, most: int | None = None) -> Section:
    """Return the loans that fall, the first to fall first."""
    loans = sorted(_loans(part, falls_to), key=_soonest)
    table = listing(part, loans, _TOLD, empty=f"falls_{falls_to}", most=most)
    return Section(part.title(f"falls_{falls_to}"), table)


def _soonest(loan: Falling) -> tuple[bool, int, int, str]:
    day = loan.falls_on.toordinal() if loan.falls_on else 0
    return (loan.falls_on is None, day, -loan.outstanding_principal, loan.loan_id)


LOOK_AHEAD = Report(
    name="look-ahead",
    sentence=sentence,
    sections=(
        horizons,
        by_institution,
        partial(listed, falls_to="nonperforming"),
        partial(listed, falls_to="special_mention", most=_MOST),
    ),
    debtors=True,
)
