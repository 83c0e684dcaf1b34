"""What stands in the cells of a list: made here, because a template takes five times as long."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from recobro.reports.language import Language
from recobro.web.columns import Column, Kind

UNKNOWN: Final = "—"
"""What is not known; zero is a number."""

Months = Sequence[tuple[date, str]]
"""Days and the grade at each, earliest first; an empty one is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What of a row several of its cells need to know."""

    currency: str
    three_six: bool
    on_balance: bool


class Squares:
    """Months as little squares; of many loans each day and grade is said once."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._known: dict[tuple[date, str], tuple[str, str]] = {}

    def of(self, months: Months) -> SafeString:
        """Return the squares of a loan, and for who cannot see them its grades as letters."""
        told = [self._one(on, grade) for on, grade in months]
        letters = " ".join(letter for letter, _ in told)
        squares = "".join(square for _, square in told)
        return mark_safe(f'<span class="run" role="img" aria-label="{letters}">{squares}</span>')  # noqa: S308 - escaped in its parts

    def _one(self, on: date, grade: str) -> tuple[str, str]:
        if (on, grade) not in self._known:
            self._known[on, grade] = self._made(on, grade)
        return self._known[on, grade]

    def _made(self, on: date, grade: str) -> tuple[str, str]:
        day = self._language.locale.in_table(on)
        letter, name = (_word(self._language, table, grade) for table in ("letter", "grade"))
        css = f"g-{escape(grade)}" if grade else "none"
        return letter, f'<span class="sq {css}" title="{day}: {name}"></span>'


@dataclass(frozen=True)
class Cells:
    """The cells of a list's columns, but for the first, which leads somewhere.

    `picked`: somebody has chosen the columns. `mixed`: its amounts are in several currencies.
    """

    columns: Sequence[Column[Any]]
    language: Language
    on: date
    picked: bool
    mixed: bool
    _squares: Squares = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_squares", Squares(self.language))

    def of(self, row: Any, aside: Aside) -> SafeString:  # noqa: ANN401 - whatever a list has
        """Return the cells of a row."""
        parts = []
        for column, opening, inside in self._ready:
            value = column.of(row)
            title = self._title(column, value)
            parts.append(f"{opening}{title}>{inside(self, column, value, aside)}</td>")
        return mark_safe("".join(parts))  # noqa: S308 - escaped in its parts

    @cached_property
    def _ready(self) -> list[tuple[Column[Any], str, "_Inside"]]:
        return [
            (column, self._opening(column), _INSIDE.get(column.kind, _plain))
            for column in self.columns[1:]
        ]

    def _opening(self, column: Column[Any]) -> str:
        also = " also" if self.picked and not column.slot else ""
        labelled = column.labelled and (self.picked or bool(column.slot))
        label = f' data-label="{self.word("column", column.name)}"' if labelled else ""
        return f'<td class="{column.css}{also}"{label}'

    def _title(self, column: Column[Any], value: Any) -> str:  # noqa: ANN401 - see Column
        """Say in full what a narrow cell may cut off."""
        match column.kind:
            case Kind.TEXT:
                return f' title="{"" if value is None else escape(value)}"'
            case Kind.REASONS:
                return f' title="{self.reasons(value)}"'
            case _:
                return ""

    def word(self, table: str, code: str) -> str:
        """Return what a code is called."""
        return _word(self.language, table, code)

    def reasons(self, codes: str) -> str:
        """Return what codes that semicolons join are called."""
        return ", ".join(self.word("reason", code) for code in codes.split(";") if code)

    def squares(self, months: Months) -> str:
        """Return the squares of a loan."""
        return self._squares.of(months)


_Inside = Callable[[Cells, Column[Any], Any, Aside], str]


def _word(language: Language, table: str, code: str) -> str:
    return escape(language.texts.get(f"{table}.{code}", code)) if code else UNKNOWN


def _plain(_: Cells, column: Column[Any], value: Any, aside: Aside) -> str:  # noqa: ANN401, ARG001 - as all of them
    return escape(value or UNKNOWN)


def _money(cells: Cells, _: Column[Any], value: int | None, aside: Aside) -> str:
    told = UNKNOWN if value is None else cells.language.money(value, aside.currency)
    return f'{told} <span class="unit">{escape(aside.currency)}</span>' if cells.mixed else told


def _whole(cells: Cells, _: Column[Any], value: int | None, aside: Aside) -> str:  # noqa: ARG001 - as all of them
    return UNKNOWN if value is None else cells.language.integer(value)


def _day(cells: Cells, _: Column[Any], value: date | None, aside: Aside) -> str:  # noqa: ARG001 - as all of them
    return UNKNOWN if value is None else cells.language.locale.in_table(value)


def _due(cells: Cells, column: Column[Any], value: date | None, aside: Aside) -> str:
    told = _day(cells, column, value, aside)
    if value is None or value >= cells.on:
        return f"<span>{told}</span>"
    late = escape(cells.language.say("case.late"))
    mark = f'<span aria-hidden="true">●</span><span class="unseen">{late}</span>'
    return f'<span class="bad">{told} {mark}</span>'


def _named(cells: Cells, column: Column[Any], value: str, aside: Aside) -> str:  # noqa: ARG001 - as all of them
    return cells.word(column.words, value)


def _grade(cells: Cells, _: Column[Any], value: str, aside: Aside) -> str:
    name, letter = cells.word("grade", value), cells.word("letter", value)
    told = f'<span class="grade g-{escape(value)}" title="{name}">{letter}</span>'
    if aside.three_six:
        told += f' <span class="flag bad" title="{cells.word("state", "three_six")}">3/6</span>'
    if not aside.on_balance:
        off = escape(cells.language.say("ledger.off"))
        told += f' <span class="flag" title="{cells.word("state", "written_off")}">{off}</span>'
    return told


def _months(cells: Cells, _: Column[Any], value: Months, aside: Aside) -> str:  # noqa: ARG001 - as all of them
    return cells.squares(value)


def _reasons(cells: Cells, _: Column[Any], value: str, aside: Aside) -> str:  # noqa: ARG001 - as all of them
    return cells.reasons(value) or UNKNOWN


_INSIDE: Final[Mapping[Kind, _Inside]] = {
    Kind.MONEY: _money,
    Kind.WHOLE: _whole,
    Kind.DAY: _day,
    Kind.DUE: _due,
    Kind.WORD: _named,
    Kind.GRADE: _grade,
    Kind.MONTHS: _months,
    Kind.REASONS: _reasons,
}
