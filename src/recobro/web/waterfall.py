"""A bridge as a page shows it: a bar for each item, a line for each institution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from recobro.book.models import Bridge, BridgeCell, Close, Institution
from recobro.book.queries import bridges as ask
from recobro.reports.bridge import COLUMNS, ENDS, ORDER, column_of, label
from recobro.reports.charts.waterfall import spans
from recobro.reports.document import Step
from recobro.reports.language import Language

_LONG: Final = 1000
"""Units of the longest bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """An item of the bridge, and from where to where its bar reaches."""

    cell: BridgeCell
    label: str
    ends: bool
    """Whether it is the opening or the closing, which stand on the ground."""
    left: int
    width: int
    comes: int | None
    """Where the bar above has led to."""
    goes: int | None

    @property
    def worse(self) -> bool:
        """Whether it adds to what is non-performing."""
        return self.cell.amount > 0


@dataclass(frozen=True, slots=True)
class Line:
    """What an institution has in each column."""

    institution: Institution
    amounts: list[tuple[str, int]]
    whole: bool


@dataclass(frozen=True, slots=True)
class Told:
    """The bridge of one currency."""

    currency: str
    sentence: str
    bars: list[Bar]
    columns: list[str]
    lines: list[Line]


def told(
    made: Bridge, node: Institution, below: Sequence[Institution], language: Language
) -> list[Told]:
    """Return the bridge of each currency, that of most loans first, with lines of those below."""
    names = {one.pk: one for one in (node, *below)}
    by_currency: dict[str, list[BridgeCell]] = {}
    for cell in ask.cells(made, [node, *below]):
        by_currency.setdefault(cell.currency, []).append(cell)
    found = [_of_currency(made, cells, node, names, language) for cells in by_currency.values()]
    return sorted(found, key=lambda one: -sum(bar.cell.loans for bar in one.bars))


def fall(
    since: Close, close: Close, node: Institution, currency: str, language: Language
) -> Told | None:
    """Return the bridge of one institution and currency; None before it is made."""
    found = ask.cells_between(since, close, node)
    cells = [cell for cell in found if cell.currency == currency]
    return _of_currency(cells[0].bridge, cells, node, {node.pk: node}, language) if cells else None


def _of_currency(
    made: Bridge,
    cells: list[BridgeCell],
    node: Institution,
    names: Mapping[str, Institution],
    language: Language,
) -> Told:
    own = sorted(
        (cell for cell in cells if cell.institution_id == node.pk),
        key=lambda cell: ORDER.index(cell.item),
    )
    sums: dict[str, dict[str, int]] = {pk: dict.fromkeys(COLUMNS, 0) for pk in names}
    for cell in cells:
        sums[cell.institution_id][column_of(cell.item)] += cell.amount
    columns = [name for name in COLUMNS if any(each[name] for each in sums.values())]
    lines = [
        Line(names[pk], [(name, each[name]) for name in columns], whole=pk == node.pk)
        for pk, each in sums.items()
        if any(each.values())
    ]
    currency = cells[0].currency
    lines = [*(one for one in lines if not one.whole), *(one for one in lines if one.whole)]
    return Told(
        currency=currency,
        sentence=_sentence(made, sums[node.pk], currency, language),
        bars=_bars(own, language),
        columns=columns,
        lines=lines if len(lines) > 1 else [],
    )


def _sentence(made: Bridge, sums: Mapping[str, int], currency: str, language: Language) -> str:
    if not any(sums.values()):
        return language.say("empty.bridge")
    return language.say(
        "sentence.bridge",
        opening=language.scaled(sums["opening"], currency),
        since=language.day(made.since.as_of),
        closing=language.scaled(sums["closing"], currency),
        day=language.day(made.close.as_of),
        change=language.scaled(sums["closing"] - sums["opening"], currency, signed=True),
        cash=language.scaled(-sums["cash"], currency),
    )


def _bars(cells: Sequence[BridgeCell], language: Language) -> list[Bar]:
    steps = tuple(Step("", cell.amount, "", total=cell.item in ENDS) for cell in cells)
    found = spans(steps)
    least = min((min(span) for span in found), default=0)
    room = (max((max(span) for span in found), default=0) - least) or 1
    places = [tuple((end - least) * _LONG // room for end in span) for span in found]
    return [
        Bar(
            cell=cell,
            label=label(language, cell.item),
            ends=cell.item in ENDS,
            left=min(place),
            width=abs(place[1] - place[0]),
            comes=places[number - 1][1] if number else None,
            goes=place[1] if number + 1 < len(places) else None,
        )
        for number, (cell, place) in enumerate(zip(cells, places, strict=True))
    ]
