"""How the loans of each quarter went bad as they grew older; and whether cured ones stay cured."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from math import ceil
from typing import Literal, TypeAlias

from recobro.reports.document import (
    Bar,
    Bars,
    Chart,
    Heat,
    Kind,
    Line,
    Lines,
    Row,
    Section,
    Table,
    Value,
    Warmth,
)
from recobro.reports.material import COHORTS, MONTH_ENDS, RELAPSES, Cohort, Relapse
from recobro.reports.part import Part
from recobro.reports.ratios import ratio
from recobro.reports.report import Report

Over: TypeAlias = Literal[30, 90]
Quarter: TypeAlias = tuple[int, int]
Curve: TypeAlias = dict[int, list[Cohort]]

_APART = 3
_WORST = 90
_AGE = 12
"""The age at which cohorts and institutions are compared."""

_WATCHED = 12
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
"""What the marks of a scale may be apart, in ten-thousandths; four or five of them are enough."""


def _quarter(day: date) -> Quarter:
    return day.year, (day.month + 2) // 3


def _called(part: Part, quarter: Quarter) -> str:
    return part.say("frame.quarter", year=str(quarter[0]), quarter=str(quarter[1]))


def _curves(part: Part) -> dict[Quarter, Curve]:
    """Return the cohorts of each whole quarter by age, as far as all its months have come."""
    months: dict[Quarter, list[Cohort]] = {}
    for row in part.own(COHORTS):
        months.setdefault(_quarter(row.disbursed_in), []).append(row)
    first = min((one.on for one in part.material.ask(MONTH_ENDS)), default=part.heading.as_of)
    return {
        quarter: curve
        for quarter, rows in sorted(months.items())
        if date(quarter[0], 3 * quarter[1] - 2, 1) >= first.replace(day=1)
        and (curve := _curve(rows))
    }


def _curve(rows: list[Cohort]) -> Curve:
    months = {row.disbursed_in for row in rows}
    ages: Curve = {}
    for row in rows:
        ages.setdefault(row.months_on_book, []).append(row)
    return {age: found for age, found in sorted(ages.items()) if len(found) == len(months)}


def _ages(curves: dict[Quarter, Curve]) -> tuple[int, ...]:
    """Return the ages that a table has room for, as far as one of the cohorts has come."""
    oldest = max((max(curve) for curve in curves.values()), default=0)
    return tuple(range(_APART, oldest + 1, _APART))


def _share(rows: list[Cohort] | None, over: Over) -> Decimal | None:
    if not rows:
        return None
    late = sum(getattr(row, f"over_{over}_principal") for row in rows)
    return ratio(late, sum(row.disbursed_principal for row in rows))


def sentence(part: Part) -> str:
    """Return how the youngest cohort of twelve months compares with the last, and relapses."""
    curves = _curves(part)
    known = [(quarter, curve[_AGE]) for quarter, curve in curves.items() if _AGE in curve]
    if not known:
        return part.say("sentence.vintage_none", months=str(_AGE))
    quarter, rows = known[-1]
    said = part.say(
        "sentence.vintage",
        quarter=_called(part, quarter),
        months=str(_AGE),
        share=part.language.ratio(_share(rows, 90) or Decimal(0)),
    )
    if len(known) > 1:
        before, earlier = known[-2]
        share = part.language.ratio(_share(earlier, 90) or Decimal(0))
        said = part.say(
            "sentence.vintage_before", said=said, quarter=_called(part, before), share=share
        )
    return said + _relapsed(part)


def _relapsed(part: Part) -> str:
    rows = part.own(RELAPSES)
    cured = sum(row.cured_loans for row in rows)
    again = part.language.integer(sum(row.relapsed_loans for row in rows))
    said = part.say("sentence.relapse", cured=part.language.integer(cured), again=again)
    return said if cured else ""


def over(part: Part, *, days: Over) -> Section:
    """Return the share of what was disbursed that is so many days past due, or lost, by age."""
    curves = _curves(part)
    ages = _ages(curves)
    rows = tuple(
        Row(
            (
                _called(part, quarter),
                sum(row.loans for row in curve[max(curve)]),
                sum(row.disbursed_principal for row in curve[max(curve)]),
                *(_share(curve.get(age), days) for age in ages),
            )
        )
        for quarter, curve in curves.items()
    )
    columns = (
        part.column("cohort"),
        part.column("loans", Kind.INTEGER),
        part.column("disbursed", Kind.MONEY),
        *(part.column("age", Kind.RATIO, months=str(age)) for age in ages),
    )
    table = Table(columns, rows, part.currency, part.say("empty.vintage"))
    charts = (_lines(part, curves, days), _heat(part, curves, days)) if curves else ()
    return Section(
        part.title(f"over_{days}"), table, charts, text=_seen(part) if days == _WORST else ""
    )


def _seen(part: Part) -> str:
    """Say from which month ends the figures are made."""
    days = part.material.ask(MONTH_ENDS)
    anew = [one.on for one in days if one.recomputed]
    if not anew:
        return part.say("note.months_published")
    return part.say(
        "note.months_recomputed",
        recomputed=part.language.integer(len(anew)),
        months=part.language.integer(len(days)),
        first=part.language.day(min(anew)),
        last=part.language.day(max(anew)),
    )


def _lines(part: Part, curves: dict[Quarter, Curve], days: Over) -> Chart:
    oldest = max(max(curve) for curve in curves.values())
    lines = tuple(
        Line(
            _called(part, quarter), tuple(_share(curve.get(age), days) for age in range(oldest + 1))
        )
        for quarter, curve in curves.items()
    )
    most = max((share for line in lines for share in line.heights if share), default=Decimal(0))
    steps = tuple(str(age) if age % _APART == 0 else "" for age in range(oldest + 1))
    return Lines(part.say(f"chart.over_{days}"), lines, steps, _scale(part, most))


def _scale(part: Part, most: Decimal) -> tuple[tuple[Decimal, str], ...]:
    """Return a few round heights from 0 to the first above the highest."""
    hundredths = most.scaleb(4)
    apart = next(step for step in _STEPS if hundredths <= 5 * step)
    marks = range(max(ceil(hundredths / apart), 1) + 1)
    heights = (Decimal(apart * mark).scaleb(-4) for mark in marks)
    places = max(0, 3 - len(str(apart)))
    locale = part.language.locale
    return tuple(
        (height, locale.number(height.scaleb(2), places=places) + locale.percent)
        for height in heights
    )


def _heat(part: Part, curves: dict[Quarter, Curve], days: Over) -> Chart:
    ages = _ages(curves)
    shares = [[_share(curve.get(age), days) for age in ages] for curve in curves.values()]
    most = max((share for row in shares for share in row if share), default=Decimal(1))
    return Heat(
        part.say("chart.ages"),
        tuple(_called(part, quarter) for quarter in curves),
        tuple(str(age) for age in ages),
        tuple(tuple(_warmth(part, share, most) for share in row) for row in shares),
    )


def _warmth(part: Part, share: Decimal | None, most: Decimal) -> Warmth:
    if share is None:
        return Warmth(None, "")
    return Warmth(share / most, part.language.locale.number(share.scaleb(2), places=2), 1)


def by_institution(part: Part) -> Section | None:
    """Return the shares at twelve months of each institution, the worst first; None of one."""
    found = {one.institution_id: _at_age(part, one.institution_id) for one in part.below}
    lines = {one: rows for one, rows in found.items() if rows}
    if len(lines) < 2:  # noqa: PLR2004 - one institution needs no comparison
        return None
    ranked = sorted(lines, key=lambda one: (-(_share(lines[one], 90) or 0), one))
    rows = [Row((part.name(one), *_at(lines[one]))) for one in ranked]
    rows.append(part.total(*_at(_at_age(part, part.node))))
    columns = (
        part.column("institution"),
        part.column("loans", Kind.INTEGER),
        part.column("disbursed", Kind.MONEY),
        part.column("over_30", Kind.RATIO),
        part.column("over_90", Kind.RATIO),
    )
    bars = tuple(
        Bar(part.name(one), int(share.scaleb(6)), part.language.ratio(share))
        for one in ranked
        if (share := _share(lines[one], 90)) is not None
    )
    chart = Bars(part.say("chart.vintage_by_institution"), bars)
    table = Table(columns, tuple(rows), part.currency, part.say("empty.vintage"))
    return Section(part.title("vintage_by_institution"), table, (chart,))


def _at_age(part: Part, institution_id: str) -> list[Cohort]:
    rows = part.own(COHORTS, institution_id)
    return [row for row in rows if row.months_on_book == _AGE]


def _at(rows: list[Cohort]) -> tuple[Value, ...]:
    disbursed = sum(row.disbursed_principal for row in rows)
    return (sum(row.loans for row in rows), disbursed, _share(rows, 30), _share(rows, 90))


def relapses(part: Part) -> Section:
    """Return the loans cured in each quarter, and those of them that went bad again in a year."""
    quarters: dict[Quarter, list[Relapse]] = {}
    for row in sorted(part.own(RELAPSES), key=lambda row: row.cured_by):
        quarters.setdefault(_quarter(row.cured_by), []).append(row)
    rows = [
        Row((_called(part, quarter), *_sums(found), _watched(part, found)))
        for quarter, found in quarters.items()
    ]
    if len(rows) > 1:
        every = [row for found in quarters.values() for row in found]
        rows.append(part.total(*_sums(every), ""))
    columns = (
        part.column("cured_in"),
        part.column("cured_loans", Kind.INTEGER),
        part.column("cured", Kind.MONEY),
        part.column("relapsed_loans", Kind.INTEGER),
        part.column("relapsed", Kind.MONEY),
        part.column("relapse_rate", Kind.RATIO),
        part.column("watched", Kind.INTEGER),
    )
    table = Table(columns, tuple(rows), part.currency, part.say("empty.relapse"))
    return Section(part.title("relapse"), table, text=part.say("note.relapse"))


def _sums(rows: list[Relapse]) -> tuple[Value, ...]:
    def summed(amount: Callable[[Relapse], int]) -> int:
        return sum(map(amount, rows))

    cured, relapsed = (
        summed(lambda row: row.cured_principal),
        summed(lambda row: row.relapsed_principal),
    )
    return (
        summed(lambda row: row.cured_loans),
        cured,
        summed(lambda row: row.relapsed_loans),
        relapsed,
        ratio(relapsed, cured),
    )


def _watched(part: Part, rows: list[Relapse]) -> int:
    """Return for how many months the youngest of a quarter's cures has been watched."""
    last, as_of = max(row.cured_by for row in rows), part.heading.as_of
    months = (as_of.year - last.year) * 12 + as_of.month - last.month
    return min(months, _WATCHED)


VINTAGE = Report(
    name="vintage",
    sentence=sentence,
    sections=(partial(over, days=90), partial(over, days=30), by_institution, relapses),
    notes=("note.vintage",),
)
