"""What somebody sees, as a file for a spreadsheet."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import xlsxwriter
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

from recobro.terms.money import amount


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of a currency in minor units."""

    minor_units: int
    currency: str

    def __str__(self) -> str:
        return str(amount(self.minor_units, self.currency))


Rows = Iterable[Sequence[object]]

_SPEAKS_TO_A_SPREADSHEET: Final = (*"=+-@＝＋－＠", "\t", "\r")
"""With what a formula begins: a text that begins so is data all the same."""


def as_csv(name: str, head: Sequence[str], rows: Rows) -> HttpResponseBase:
    """Return rows as CSV in UTF-8 with its mark, which a spreadsheet needs to know Chinese."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(head)
        for row in rows:
            yield writer.writerow([_harmless(cell) for cell in row])

    return _file(
        StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8"), f"{name}.csv"
    )


def as_workbook(name: str, head: Sequence[str], rows: Rows) -> HttpResponseBase:
    """Return rows as a workbook; amounts are numbers, texts never formulas."""
    file = BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, head, book.add_format({"bold": True}))
    money = book.add_format({"num_format": "#,##0.00"})
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, Money):
                sheet.write_number(
                    number, column, float(amount(cell.minor_units, cell.currency)), money
                )
            elif isinstance(cell, str):
                sheet.write_string(number, column, cell)
            else:
                sheet.write(number, column, cell)
    book.close()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(HttpResponse(file.getvalue(), content_type=kind), f"{name}.xlsx")


FORMS: Final[Mapping[str, Callable[[str, Sequence[str], Rows], HttpResponseBase]]] = {
    "csv": as_csv,
    "xlsx": as_workbook,
}
"""The forms of a file, by its ending."""


class _Echo:
    """Hand a written line back."""

    def write(self, line: str) -> str:
        return line


def _harmless(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_SPEAKS_TO_A_SPREADSHEET):
        return "'" + cell
    return cell


def _file(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
