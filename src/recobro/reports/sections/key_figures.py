"""The figures of the whole beside those of a month ago, the start of the year, a year ago."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from recobro.reports.document import Better, Column, Kind, Row, Section, Table, Value
from recobro.reports.material import Figure, Heading
from recobro.reports.part import Part
from recobro.terms.dates import add_months, previous_month_end


@dataclass(frozen=True, slots=True)
class Measure:
    """Name a column of the figures."""

    name: str
    kind: Kind
    better: Better = Better.LESS


MEASURES: tuple[Measure, ...] = (
    Measure("loans", Kind.INTEGER, Better.NEITHER),
    Measure("outstanding_principal", Kind.MONEY, Better.NEITHER),
    Measure("nonperforming_loans", Kind.INTEGER),
    Measure("nonperforming_principal", Kind.MONEY),
    Measure("nonperforming_ratio", Kind.RATIO),
    Measure("special_mention_principal", Kind.MONEY),
    Measure("overdue_loans", Kind.INTEGER),
    Measure("overdue_amount", Kind.MONEY),
    Measure("over_90_principal", Kind.MONEY),
    Measure("three_six_loans", Kind.INTEGER),
    Measure("provision", Kind.MONEY, Better.NEITHER),
)


def key_figures(part: Part) -> Section:
    """Return the measures of the day and their changes since earlier days."""
    as_of = part.heading.as_of
    now = part.whole(as_of)
    earlier = {
        day: figure for day in days(part.heading)[1:] if (figure := part.whole(day)) is not None
    }
    columns = (
        part.column("measure"),
        Column(_unbroken(part, as_of), kind=None),
        *(
            part.column("change", kind=None, change=True, day=_unbroken(part, day))
            for day in earlier
        ),
    )
    rows = tuple(
        Row(
            (
                part.say(f"measure.{measure.name}"),
                _value(now, measure),
                *(_change(now, then, measure) for then in earlier.values()),
            ),
            kind=measure.kind,
            better=measure.better,
            strong=measure.name.startswith("nonperforming_"),
        )
        for measure in MEASURES
    )
    table = Table(columns, rows, part.currency, part.say("empty.loans"))
    return Section(part.title("key_figures"), table)


def days(heading: Heading) -> tuple[date, ...]:
    """Return the day of the report and those it is compared with, latest first."""
    as_of = heading.as_of
    earlier = {previous_month_end(as_of), heading.since, add_months(as_of, -12)}
    return (as_of, *sorted(earlier, reverse=True))


def _unbroken(part: Part, day: date) -> str:
    return part.language.day(day).replace(" ", "\N{NO-BREAK SPACE}")


def _value(figure: Figure | None, measure: Measure) -> int | Decimal | None:
    return getattr(figure, measure.name, None)


def _change(now: Figure | None, then: Figure, measure: Measure) -> Value:
    new, old = _value(now, measure), _value(then, measure)
    return None if new is None or old is None else new - old
