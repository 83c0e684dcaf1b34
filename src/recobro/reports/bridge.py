"""What led from the non-performing balance of one day to that of another."""

from typing import Final

from recobro.reports.document import Better, Column, Kind, Row, Section, Step, Table, Waterfall
from recobro.reports.language import Language
from recobro.reports.material import MOVEMENTS, Movement
from recobro.reports.part import Part
from recobro.reports.report import Report
from recobro.terms.codes import Source
from recobro.terms.dates import previous_year_end

_CASH = "cash:"
ENDS: Final = ("opening", "closing")
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
ORDER: Final = (*_BEFORE, *(f"{_CASH}{source}" for source in (*Source, "unspecified")), *_AFTER)

_GROUPS: dict[str, str] = {
    "moved_in": "other",
    "moved_out": "other",
    "increases": "new",
    "assets_in_kind": "other",
    "waived": "other",
    "closed_otherwise": "other",
}
"""Items that a line by institution has no room for, and under which they go there."""

COLUMNS: Final = (
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


def column_of(item: str) -> str:
    """Return the column of a line by institution in which an item stands."""
    return "cash" if item.startswith(_CASH) else _GROUPS.get(item, item)


def _movements(part: Part, institution_id: str) -> list[Movement]:
    return sorted(part.own(MOVEMENTS, institution_id), key=lambda row: ORDER.index(row.item))


def _amounts(part: Part, institution_id: str) -> dict[str, int]:
    """Return the amount of each column of a line by institution."""
    amounts = dict.fromkeys(COLUMNS, 0)
    for row in _movements(part, institution_id):
        amounts[column_of(row.item)] += row.amount
    return amounts


def label(language: Language, item: str) -> str:
    """Return what an item of the bridge is called."""
    if item.startswith(_CASH):
        return language.say(f"cash.{item.removeprefix(_CASH)}")
    return language.say(f"item.{item}")


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
        Row((label(part.language, row.item), row.loans, row.amount), strong=row.item in ENDS)
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
            label(part.language, row.item),
            row.amount,
            part.scaled(row.amount, signed=row.item not in ENDS),
            total=row.item in ENDS,
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
    shown = [name for name in COLUMNS if any(amounts[name] for amounts in lines.values())]
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
