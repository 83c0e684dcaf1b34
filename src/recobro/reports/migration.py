"""Where the loans of each grade went, and those of each bucket."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Literal, TypeAlias

from recobro.reports.document import Column, Heat, Kind, Row, Section, Table, Value, Warmth
from recobro.reports.labels import LADDERS, label
from recobro.reports.material import (
    BY_BUCKET,
    BY_GRADE,
    FLOWS,
    RATIOS,
    ROLLS,
    Heading,
    Transition,
)
from recobro.reports.part import Part
from recobro.reports.ratios import ratio
from recobro.reports.report import Report
from recobro.terms.dates import previous_month_end, previous_year_end
from recobro.terms.grades import BUCKETS

By: TypeAlias = Literal["grade", "bucket"]
Cells: TypeAlias = dict[tuple[str, str], int]

_LEFT = ("paid", "written_off", "sold", "repossessed", "waived", "closed", "gone")
_PLACES = ("new", *_LEFT)
_NEWS = {"paid": -1, "written_off": 1}
"""Whether it is worse or better that a loan left so."""


def _transitions(part: Part, by: By) -> list[Transition]:
    return part.own(BY_GRADE if by == "grade" else BY_BUCKET)


def _summed(rows: list[Transition], amount: Callable[[Transition], int]) -> Cells:
    cells: Cells = {}
    for row in rows:
        key = (row.origin, row.destination)
        cells[key] = cells.get(key, 0) + amount(row)
    return {key: value for key, value in cells.items() if value}


def _sides(cells: Cells, by: By) -> tuple[list[str], list[str]]:
    """Return the origins and the destinations that have anything, best first."""
    origins, destinations = {key[0] for key in cells}, {key[1] for key in cells}
    order = (*LADDERS[by], *_PLACES)
    return [one for one in order if one in origins], [one for one in order if one in destinations]


def _name(part: Part, by: By, place: str) -> str:
    return part.say(f"place.{place}") if place in _PLACES else label(part.language, by, place)


def _short(part: Part, by: By, place: str) -> str:
    if place in _PLACES:
        return part.say(f"place.{place}")
    return place if by == "bucket" else part.say(f"grade.{place}")


def sentence(part: Part) -> str:
    """Return what was formed and what was cured."""
    found = part.own(FLOWS)
    formed, cured = (found[0].formation_rate, found[0].cure_rate) if found else (None, None)
    clean = cured is None and formed is not None
    return part.say(
        "sentence.migration_clean" if clean else "sentence.migration",
        day=part.language.day(part.heading.since),
        formed=_rate(part, formed),
        cured=_rate(part, cured),
    )


def _rate(part: Part, rate: Decimal | None) -> str:
    return "—" if rate is None else part.language.ratio(rate)


def balance(part: Part, *, by: By) -> Section:
    """Return the opening balance of each row by where it is now."""
    cells = _summed(_transitions(part, by), lambda row: row.opening_principal)
    charts = (_heat(part, by, cells),) if cells else ()
    table = _table(part, by, cells, Kind.MONEY)
    return Section(part.title(f"{by}_balance"), table, charts)


def loans(part: Part, *, by: By) -> Section:
    """Return the number of loans of each row by where they are now."""
    cells = _summed(_transitions(part, by), lambda row: row.loans)
    return Section(part.title(f"{by}_loans"), _table(part, by, cells, Kind.INTEGER))


def _table(part: Part, by: By, cells: Cells, kind: Kind) -> Table:
    origins, destinations = _sides(cells, by)
    columns = (
        part.column("origin"),
        *(Column(_short(part, by, place), kind) for place in destinations),
        part.column("total", kind),
    )
    rows = [_row(part, by, cells, origin, destinations) for origin in origins]
    sums = [sum(cells.get((origin, place), 0) for origin in origins) for place in destinations]
    if rows:
        rows.append(part.total(*sums, sum(sums)))
    return Table(columns, tuple(rows), part.currency, part.say("empty.migration"))


def _row(part: Part, by: By, cells: Cells, origin: str, destinations: list[str]) -> Row:
    amounts = [cells.get((origin, place), 0) for place in destinations]
    head: Value = _name(part, by, origin)
    return Row((head, *amounts, sum(amounts)))


def _heat(part: Part, by: By, cells: Cells) -> Heat:
    origins, destinations = _sides(cells, by)
    return Heat(
        part.say("chart.migration"),
        tuple(_name(part, by, origin) for origin in origins),
        tuple(_short(part, by, place) for place in destinations),
        tuple(
            tuple(_warmth(part, by, cells, origin, place) for place in destinations)
            for origin in origins
        ),
    )


def _warmth(part: Part, by: By, cells: Cells, origin: str, place: str) -> Warmth:
    whole = sum(amount for (first, _), amount in cells.items() if first == origin)
    share = ratio(cells.get((origin, place), 0), whole)
    ladder = LADDERS[by]
    moved = ladder.index(place) - ladder.index(origin) if place in ladder else _NEWS.get(place, 0)
    text = part.language.locale.number(share.scaleb(2), places=1) if share else ""
    return Warmth(share, text, moved)


def ratios(part: Part) -> Section | None:
    """Return the regulator's migration ratios; None where nothing migrated."""
    found = part.own(RATIOS)
    rows = tuple(
        Row(
            (
                part.say(f"migrated.{row.name}"),
                row.remaining_principal,
                row.migrated_principal,
                row.ratio,
            )
        )
        for name in ("normal", "special_mention", "substandard", "doubtful")
        for row in found
        if row.name == name
    )
    columns = (
        part.column("measure"),
        part.column("remaining", Kind.MONEY),
        part.column("migrated", Kind.MONEY),
        part.column("migration_ratio", Kind.RATIO),
    )
    table = Table(columns, rows, part.currency, part.say("empty.migration"))
    return Section(part.title("migration_ratios"), table) if rows else None


def rolls(part: Part) -> Section | None:
    """Return what moved one bucket further in a month; None where there was nothing to move."""
    found = sorted(part.own(ROLLS), key=lambda row: BUCKETS.index(row.bucket))
    rows = tuple(
        Row(
            (
                label(part.language, "bucket", row.bucket),
                row.opening_principal,
                row.rolled_principal,
                row.roll_rate,
            )
        )
        for row in found
    )
    columns = (
        part.column("origin"),
        part.column("opening", Kind.MONEY),
        part.column("rolled", Kind.MONEY),
        part.column("roll_rate", Kind.RATIO),
    )
    table = Table(columns, rows, part.currency, part.say("empty.migration"))
    since = part.language.day(previous_month_end(part.heading.as_of))
    text = part.say("note.rolls", day=since)
    return Section(part.title("roll_rates"), table, text=text) if rows else None


def days(heading: Heading) -> tuple[date, ...]:
    """Return the day of the report, that it is compared with, and the month end before it."""
    return (heading.as_of, heading.since, previous_month_end(heading.as_of))


MIGRATION = Report(
    name="migration",
    since=previous_year_end,
    days=days,
    sentence=sentence,
    sections=(
        partial(balance, by="grade"),
        partial(loans, by="grade"),
        ratios,
        partial(balance, by="bucket"),
        partial(loans, by="bucket"),
        rolls,
    ),
)
