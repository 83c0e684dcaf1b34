"""A document as it is printed: every value is a text, every chart a picture."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from recobro.reports.charts.draw import draw
from recobro.reports.document import Better, Column, Document, Kind, Row, Section, Table, Value
from recobro.reports.language import Language
from recobro.terms.grades import Grade

UNKNOWN = "—"
_UP, _DOWN = "▲\N{NO-BREAK SPACE}", "▼\N{NO-BREAK SPACE}"
_SHOWN = 4
"""Digits of a ratio that print: 0.0064 is 0.64 %."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold a text, and what its colour says."""

    text: str
    number: bool = False  # stands at the right
    tone: str = ""  # good, bad, quiet, or the code of a grade
    letter: str = ""  # of a grade


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """Hold the cells of a row."""

    cells: tuple[Cell, ...]
    strong: bool


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """Hold heads and rows; without rows, why there are none."""

    heads: tuple[Cell, ...]
    rows: tuple[PrintedRow, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Hold a chart as SVG."""

    title: str
    svg: str


@dataclass(frozen=True, slots=True)
class PrintedSection:
    """Hold a section."""

    title: str
    text: str
    pictures: tuple[Picture, ...]
    table: PrintedTable | None


def printed(document: Document, *, font: str) -> tuple[PrintedSection, ...]:
    """Return the sections of a document as texts and pictures."""
    return tuple(_section(section, document.language, font) for section in document.sections)


def written(value: Value, column: Column, row: Row, table: Table, language: Language) -> Cell:
    """Return a value as its column, or else its row, has it written."""
    match value:
        case None:
            return Cell(UNKNOWN, number=is_number(column.kind or row.kind))
        case str():
            return Cell(value)
        case Grade():
            letter = language.say(f"letter.{value.code}")
            return Cell(language.say(f"grade.{value.code}"), tone=value.code, letter=letter)
        case date():
            return Cell(language.locale.in_table(value), number=True)
        case _:
            tone = _tone(value, column, row)
            arrow = (_UP if value > 0 else _DOWN) if tone in {"good", "bad"} else ""
            text = _number(value, column, row, table, language)
            return Cell(arrow + text, number=True, tone=tone)


def is_number(kind: Kind | None) -> bool:
    """Return whether a column stands at the right; one whose rows differ in kind does."""
    return kind not in {Kind.TEXT, Kind.GRADE}


def _tone(value: int | Decimal, column: Column, row: Row) -> str:
    better = column.better if column.kind else row.better
    if not round(value, _SHOWN):
        return "quiet"
    if not column.change or better is Better.NEITHER:
        return ""
    return "good" if (value > 0) == (better is Better.MORE) else "bad"


def _number(
    value: int | Decimal, column: Column, row: Row, table: Table, language: Language
) -> str:
    if isinstance(value, Decimal):
        change = language.locale.ratio_change
        return change(value) if column.change else language.ratio(value)
    if (column.kind or row.kind) is Kind.MONEY:
        return language.money(value, table.currency, signed=column.change)
    return language.integer(value, signed=column.change)


def _section(section: Section, language: Language, font: str) -> PrintedSection:
    pictures = tuple(Picture(chart.title, draw(chart, font=font)) for chart in section.charts)
    table = None if section.table is None else _table(section.table, language)
    return PrintedSection(section.title, section.text, pictures, table)


def _table(table: Table, language: Language) -> PrintedTable:
    heads = tuple(Cell(column.title, number=is_number(column.kind)) for column in table.columns)
    rows = tuple(
        PrintedRow(
            tuple(
                written(value, column, row, table, language)
                for value, column in zip(row.cells, table.columns, strict=True)
            ),
            row.strong,
        )
        for row in table.rows
    )
    return PrintedTable(heads, rows, table.empty)
