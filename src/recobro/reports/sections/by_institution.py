"""The institutions below the report's, worst ratio first."""

from decimal import Decimal

from recobro.reports.document import Bar, Bars, Better, Column, Kind, Row, Section, Table, Value
from recobro.reports.material import Figure
from recobro.reports.part import Part
from recobro.reports.ratios import double_reduction

_NONE = Decimal(0)


def by_institution(part: Part) -> Section | None:
    """Return balance and ratio of each institution, and their change; None where none is below."""
    found = [part.whole(part.heading.as_of, one.institution_id) for one in part.below]
    rows = sorted((row for row in found if row is not None), key=_worst_first)
    whole = part.whole(part.heading.as_of)
    if not rows or whole is None:
        return None
    lines = [Row(_cells(part, row)) for row in rows]
    lines.append(part.total(*_cells(part, whole)[1:]))
    table = Table(_columns(part), tuple(lines), part.currency, part.say("empty.loans"))
    return Section(part.title("institution"), table, (_chart(part, rows),))


def _worst_first(row: Figure) -> tuple[Decimal, str]:
    return -(row.nonperforming_ratio or _NONE), row.institution_id


def _columns(part: Part) -> tuple[Column, ...]:
    less = Better.LESS
    return (
        part.column("institution"),
        part.column("outstanding", Kind.MONEY),
        part.column("nonperforming", Kind.MONEY),
        part.column("ratio", Kind.RATIO),
        part.column("balance_change", Kind.MONEY, change=True, better=less),
        part.column("ratio_change", Kind.RATIO, change=True, better=less),
        part.column("double_reduction"),
    )


def _cells(part: Part, now: Figure) -> tuple[Value, ...]:
    then = part.whole(part.heading.since, now.institution_id)
    stock = (now.outstanding_principal, now.nonperforming_principal, now.nonperforming_ratio)
    return (part.name(now.institution_id), *stock, *_changes(part, now, then))


def _changes(part: Part, now: Figure, then: Figure | None) -> tuple[Value, ...]:
    if then is None or now.nonperforming_ratio is None or then.nonperforming_ratio is None:
        return (None, None, None)
    bad, bad_then = now.nonperforming_principal, then.nonperforming_principal
    lower = double_reduction(
        (bad, now.outstanding_principal), (bad_then, then.outstanding_principal)
    )
    return (
        bad - bad_then,
        now.nonperforming_ratio - then.nonperforming_ratio,
        part.say("answer.yes" if all(lower) else "answer.no"),
    )


def _chart(part: Part, rows: list[Figure]) -> Bars:
    bars = (
        Bar(
            part.name(row.institution_id),
            int((row.nonperforming_ratio or _NONE).scaleb(6)),
            part.language.ratio(row.nonperforming_ratio or _NONE),
        )
        for row in rows
    )
    return Bars(part.say("chart.institution"), tuple(bars))
