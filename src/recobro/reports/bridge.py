"""What led from the non-performing balance of one day to that of another."""

from recobro.reports.document import Better, Column, Kind, Row, Section, Step, Table, Waterfall
from recobro.reports.material import MOVEMENTS, Movement
from recobro.reports.part import Part
from recobro.reports.report import Report
from recobro.terms.codes import Source
from recobro.terms.dates import previous_year_end

_CASH = "cash:"
_ENDS = ("opening", "closing")
_BEFORE = ("opening", "restated", "moved_in", "new", "increases")
_AFTER = (
    "assets_in_kind",
    "waived",
    "returned",
    "written_off",
    "sold",
    "closed_otherwise",
    "moved_out",
    "closing",
)
_ORDER = (*_BEFORE, *(f"{_CASH}{source}" for source in (*Source, "unspecified")), *_AFTER)

_GROUPS: dict[str, str] = {
    "moved_in": "other",
    "moved_out": "other",
    "increases": "new",
    "assets_in_kind": "other",
    "waived": "other",
    "closed_otherwise": "other",
}
"""Items that a line by institution has no room for, and under which they go there."""

_COLUMNS = (
    "opening",
    "restated",
    "new",
    "cash",
    "returned",
    "written_off",
    "sold",
    "other",
    "closing",
)


def _movements(part: Part, institution_id: str) -> list[Movement]:
    return sorted(part.own(MOVEMENTS, institution_id), key=lambda row: _ORDER.index(row.item))


def _amounts(part: Part, institution_id: str) -> dict[str, int]:
    """Return the amount of each column of a line by institution."""
    amounts = dict.fromkeys(_COLUMNS, 0)
    for row in _movements(part, institution_id):
        group = "cash" if row.item.startswith(_CASH) else _GROUPS.get(row.item, row.item)
        amounts[group] += row.amount
    return amounts


def _label(part: Part, item: str) -> str:
    if item.startswith(_CASH):
        return part.say(f"cash.{item.removeprefix(_CASH)}")
    return part.say(f"item.{item}")


def sentence(part: Part) -> str:
    """Return opening, closing, change, and what came in cash."""
    amounts = _amounts(part, part.node)
    if not any(amounts.values()):
        return part.say("empty.bridge")
    return part.say(
        "sentence.bridge",
        opening=part.scaled(amounts["opening"]),
        since=part.language.day(part.heading.since),
        closing=part.scaled(amounts["closing"]),
        day=part.language.day(part.heading.as_of),
        change=part.scaled(amounts["closing"] - amounts["opening"], signed=True),
        cash=part.scaled(-amounts["cash"]),
    )


def items(part: Part) -> Section:
    """Return every item of the bridge of the report's institution."""
    movements = _movements(part, part.node)
    rows = tuple(
        Row((_label(part, row.item), row.loans, row.amount), strong=row.item in _ENDS)
        for row in movements
    )
    columns = (
        part.column("item"),
        part.column("loans", Kind.INTEGER),
        part.column("amount", Kind.MONEY),
    )
    table = Table(columns, rows, part.currency, part.say("empty.bridge"))
    return Section(part.title("bridge"), table, _charts(part, movements))


def _charts(part: Part, movements: list[Movement]) -> tuple[Waterfall, ...]:
    steps = (
        Step(
            _label(part, row.item),
            row.amount,
            part.scaled(row.amount, signed=row.item not in _ENDS),
            total=row.item in _ENDS,
        )
        for row in movements
    )
    return (Waterfall(part.say("chart.bridge"), tuple(steps)),) if movements else ()


def by_institution(part: Part) -> Section | None:
    """Return a line for each institution below the report's; None where none is."""
    lines = {one.institution_id: _amounts(part, one.institution_id) for one in part.below}
    lines = {one: amounts for one, amounts in lines.items() if any(amounts.values())}
    if not lines:
        return None
    lines[part.node] = _amounts(part, part.node)
    shown = [name for name in _COLUMNS if any(amounts[name] for amounts in lines.values())]
    rows = tuple(
        Row(
            (part.name(one), *(amounts[name] for name in shown)),
            strong=one == part.node,
        )
        for one, amounts in lines.items()
    )
    columns = (
        part.column("institution"),
        *(Column(part.say(f"item.{name}"), Kind.MONEY, better=Better.LESS) for name in shown),
    )
    table = Table(columns, rows, part.currency, part.say("empty.bridge"))
    return Section(part.title("bridge_by_institution"), table)


BRIDGE = Report(
    name="bridge",
    since=previous_year_end,
    sentence=sentence,
    sections=(items, by_institution),
)
