"""The loans parted by grade, days past due, product, guarantee or segment."""

from collections.abc import Callable

from recobro.reports.document import Bar, Bars, Kind, Row, Section, Table, Value
from recobro.reports.labels import label, ordered
from recobro.reports.material import Figure
from recobro.reports.part import Part
from recobro.reports.ratios import ratio
from recobro.terms.grades import BUCKETS, GRADE_OF_CODE, Grade

_BEST = {"grade": Grade.NORMAL.code, "bucket": BUCKETS[0]}
"""What a chart leaves out: beside it nothing else could be seen."""

_PARTED: dict[str, tuple[str, ...]] = {
    "grade": ("loans", "outstanding", "share", "overdue", "provision")
}
_OTHERS = ("loans", "outstanding", "share", "nonperforming", "ratio", "overdue")

_COLUMNS: dict[str, tuple[Kind, Callable[[Figure, Figure], Value]]] = {
    "loans": (Kind.INTEGER, lambda row, _: row.loans),
    "outstanding": (Kind.MONEY, lambda row, _: row.outstanding_principal),
    "share": (
        Kind.RATIO,
        lambda row, whole: ratio(row.outstanding_principal, whole.outstanding_principal),
    ),
    "nonperforming": (Kind.MONEY, lambda row, _: row.nonperforming_principal),
    "ratio": (Kind.RATIO, lambda row, _: row.nonperforming_ratio),
    "overdue": (Kind.MONEY, lambda row, _: row.overdue_amount),
    "provision": (Kind.MONEY, lambda row, _: row.provision),
}
"""A column's kind, and its value of a group beside the whole."""


def breakdown(part: Part, *, by: str) -> Section | None:
    """Return a row for each group and the total; None where the loans are not parted so."""
    whole, groups = part.whole(part.heading.as_of), ordered(part.groups(by), by)
    if whole is None or not groups:
        return None
    names = _PARTED.get(by, _OTHERS)
    first = part.column(by, Kind.GRADE if by == "grade" else Kind.TEXT)
    columns = (first, *(part.column(name, _COLUMNS[name][0]) for name in names))
    rows = [Row((_head(part, by, row), *_values(names, row, whole))) for row in groups]
    rows.append(part.total(*_values(names, whole, whole)))
    table = Table(columns, tuple(rows), part.currency, part.say("empty.loans"))
    return Section(part.title(by), table, _charts(part, by, groups))


def _values(names: tuple[str, ...], row: Figure, whole: Figure) -> tuple[Value, ...]:
    return tuple(_COLUMNS[name][1](row, whole) for name in names)


def _head(part: Part, by: str, row: Figure) -> Value:
    value = row.value or ""
    return GRADE_OF_CODE[value] if by == "grade" else label(part.language, by, value)


def _lettered(part: Part, by: str, value: str) -> str:
    name = label(part.language, by, value)
    return f"{part.say(f'letter.{value}')} {name}" if by == "grade" else name


def _charts(part: Part, by: str, groups: list[Figure]) -> tuple[Bars, ...]:
    shown = [row for row in groups if by in _BEST and row.value != _BEST[by]]
    bars = tuple(
        Bar(
            _lettered(part, by, row.value or ""),
            row.outstanding_principal,
            part.money(row.outstanding_principal),
            GRADE_OF_CODE.get(row.value or ""),
        )
        for row in shown
    )
    return (Bars(part.say(f"chart.{by}"), bars),) if bars else ()
