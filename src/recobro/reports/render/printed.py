"""A document as it is printed: every value is a text, every chart a picture."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from recobro.reports.charts.draw import draw
from recobro.reports.document import (
    Better,
    Chart,
    Column,
    Document,
    Kind,
    Row,
    Section,
    Table,
    Value,
)
from recobro.reports.language import Language
from recobro.terms.grades import Grade

UNKNOWN = "—"
_UP, _DOWN = "▲\N{NO-BREAK SPACE}", "▼\N{NO-BREAK SPACE}"
_FEW = 3
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

    @property
    def narrow(self) -> bool:
        """Whether the eye would lose its line on the way across a whole page."""
        return len(self.heads) <= _FEW


@dataclass(frozen=True, slots=True)
class Picture:
    """Hold a chart as SVG."""

    title: str
    svg: str
    width: int  # in the units of the drawing


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
    pictures = tuple(_picture(chart, font) for chart in section.charts)
    table = None if section.table is None else _table(section.table, language)
    text = " ".join(filter(None, (section.text, _shortened(section.table, language))))
    return PrintedSection(section.title, text, pictures, table)


def _picture(chart: Chart, font: str) -> Picture:
    svg = draw(chart, font=font)
    return Picture(chart.title, svg, int(svg.split('width="', 1)[1].split('"', 1)[0]))


def _listed(table: Table) -> list[Row]:
    return [row for row in table.rows if not row.strong]


def _shortened(table: Table | None, language: Language) -> str:
    """Say how many rows are left out; nothing where none are."""
    if table is None or table.most is None or len(_listed(table)) <= table.most:
        return ""
    rows = language.integer(len(_listed(table)))
    return language.say("frame.most", shown=language.integer(table.most), rows=rows)


def _table(table: Table, language: Language) -> PrintedTable:
    shown = _listed(table)[: table.most]
    totals = [row for row in table.rows if row.strong]
    printed_rows = table.rows if table.most is None else (*shown, *totals)
    heads = tuple(Cell(column.title, number=is_number(column.kind)) for column in table.columns)
    rows = tuple(
        PrintedRow(
            tuple(
                written(value, column, row, table, language)
                for value, column in zip(row.cells, table.columns, strict=True)
            ),
            row.strong,
        )
        for row in printed_rows
    )
    return PrintedTable(heads, rows, table.empty)
