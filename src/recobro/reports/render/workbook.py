"""A document as a workbook: a sheet for each section, numbers that can be counted with."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from recobro.reports import palette
from recobro.reports.document import Column, Document, Kind, Row, Section, Table, Value
from recobro.reports.render.printed import UNKNOWN, is_number, written
from recobro.terms.grades import Grade
from recobro.terms.money import amount, digits

_A4 = 9
_MOST_COLUMNS = 7
"""Upright paper has room for so many."""

_HEAD = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
_ROOM = 1.2
_WIDEST = 48
_NARROWEST = 8
"""Of columns, in letters; each has a little more room than its longest text."""

_LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def workbook(document: Document) -> bytes:
    """Return the document as an .xlsx file."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        created = datetime.combine(document.printed_on, time(), UTC)
        book.set_properties(
            {"title": document.title, "company": document.institution, "created": created}
        )
        for name, section in zip(_names(document), document.sections, strict=True):
            _Sheet(book, book.add_worksheet(name), document).write(section)
        if not document.sections:
            _Sheet(book, book.add_worksheet(), document).write(Section(document.title))
    return file.getvalue()


def _names(document: Document) -> Iterator[str]:
    """Yield a name for each sheet: short, without what a workbook forbids, each once."""
    taken: set[str] = set()
    for section in document.sections:
        plain = _FORBIDDEN.sub(" ", section.title).strip()
        name, number = plain[:_LONGEST_NAME].strip(), 1
        while name.casefold() in taken:
            number += 1
            ending = f" {number}"
            name = plain[: _LONGEST_NAME - len(ending)].strip() + ending
        taken.add(name.casefold())
        yield name


class _Sheet:
    """Write one section, top down."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Worksheet, document: Document) -> None:
        self._book, self._sheet, self._document = book, sheet, document
        self._formats: dict[tuple[str, bool, bool], Format] = {}
        self._row = 0

    def write(self, section: Section) -> None:
        """Write head, table and notes, and set the sheet up for print."""
        about = " · ".join(f"{name}: {value}" for name, value in self._document.particulars)
        self._line(f"{self._document.title} · {section.title}", {"bold": True, "font_size": 14})
        self._line(f"{self._document.institution} · {about}", {"font_color": palette.QUIET})
        for sentence in self._document.sentences:
            self._line(sentence, {})
        if section.text:
            self._line(section.text, {})
        self._row += 1
        columns = 1 if section.table is None else len(section.table.columns)
        if section.table is not None:
            self._table(section.table)
        self._row += 1
        for note in self._document.notes:
            self._line(note, {"font_color": palette.QUIET})
        self._set_up(wide=columns > _MOST_COLUMNS)

    def _line(self, text: str, look: dict[str, object]) -> None:
        self._sheet.write_string(self._row, 0, text, self._book.add_format(look))
        self._row += 1

    def _table(self, table: Table) -> None:
        for at, column in enumerate(table.columns):
            align = "right" if is_number(column.kind) else "left"
            head = self._book.add_format(_HEAD | {"align": align})
            self._sheet.write_string(self._row, at, column.title, head)
            self._sheet.set_column(at, at, self._width(at, table))
        self._sheet.repeat_rows(self._row)
        self._row += 1
        self._sheet.freeze_panes(self._row, 1)
        if not table.rows:
            self._line(table.empty, {"font_color": palette.QUIET})
        for row in table.rows:
            for at, (value, column) in enumerate(zip(row.cells, table.columns, strict=True)):
                self._cell(at, value, column, row, table)
            self._row += 1

    def _width(self, at: int, table: Table) -> float:
        """Return the room that the longest text of a column takes; its head may have two lines."""
        column, language = table.columns[at], self._document.language
        texts = (written(row.cells[at], column, row, table, language).text for row in table.rows)
        words = column.title.split() or [""]
        head = max(_letters(column.title) / 2, *map(_letters, words))
        longest = max(head, max(map(_letters, texts), default=0)) * _ROOM
        return min(max(longest, _NARROWEST), _WIDEST)

    def _cell(self, at: int, value: Value, column: Column, row: Row, table: Table) -> None:
        kind = column.kind or row.kind or Kind.TEXT
        look = self._look(
            _pattern(value, kind, column, table),
            strong=row.strong,
            right=value is None and is_number(kind),
        )
        match value:
            case None:
                self._sheet.write_string(self._row, at, UNKNOWN, look)
            case str() | Grade():
                text = written(value, column, row, table, self._document.language).text
                self._sheet.write_string(self._row, at, text, look)
            case date():
                self._sheet.write_datetime(self._row, at, value, look)
            case _:
                number = _number(value, kind, column, table)
                self._sheet.write_number(self._row, at, number, look)

    def _look(self, pattern: str, *, strong: bool, right: bool) -> Format:
        key = (pattern, strong, right)
        if key not in self._formats:
            align = {"align": "right"} if right else {}
            self._formats[key] = self._book.add_format(
                {"num_format": pattern, "bold": strong} | align
            )
        return self._formats[key]

    def _set_up(self, *, wide: bool) -> None:
        self._sheet.set_paper(_A4)
        if wide:
            self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        self._sheet.hide_gridlines(2)
        page = self._document.language.say("frame.page", page="&P", pages="&N")
        printed = self._document.printed.replace("&", "&&")
        self._sheet.set_footer(f"&L&8{printed}&R&8{page}")


def _letters(text: str) -> int:
    """Return how many Latin letters are as wide as a text."""
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)


def _number(value: int | Decimal, kind: Kind, column: Column, table: Table) -> Decimal | int:
    if kind is Kind.RATIO and column.change:
        return Decimal(value).scaleb(2)
    return amount(int(value), table.currency) if kind is Kind.MONEY else value


def _pattern(value: Value, kind: Kind, column: Column, table: Table) -> str:
    """Return the number format; a program that opens the book puts in its own points and commas."""
    if isinstance(value, str | Grade | None):
        return "@"
    if isinstance(value, date):
        return "yyyy-mm-dd"
    plain = "#,##0"
    if kind is Kind.MONEY and digits(table.currency):
        plain += "." + "0" * digits(table.currency)
    if kind is Kind.RATIO:
        plain = "0.00" if column.change else "0.00%"
    return f"+{plain};-{plain};{plain}" if column.change else plain
