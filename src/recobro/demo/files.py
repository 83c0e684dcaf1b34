"""A delivery as files: a folder of Parquet or CSV, or a workbook with a sheet per table."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from pyarrow import csv, parquet

from recobro.demo.deliveries import COLUMNS, Row, Tables
from recobro.terms.money import amount

_MONEY: Final = pa.decimal128(18, 2)
_FEN: Final = pa.scalar(Decimal("0.01"))
_RATE: Final = pa.decimal128(9, 6)
_TYPES: Final[dict[str, pa.DataType]] = (
    dict.fromkeys(
        (
            "principal", "outstanding_principal", "principal_due", "interest_due", "fees_due",
            "amount", "value", "secured_amount",
        ),
        _MONEY,
    )
    | dict.fromkeys(
        (
            "disbursed_on", "matures_on", "written_off_on", "closed_on", "delivered_on", "due_on",
            "paid_on", "restructured_on", "first_due_on", "guaranteed_until", "valued_on",
            "insured_until", "registered_on", "registered_until", "from_on", "until_on", "on",
        ),
        pa.date32(),
    )
    | dict.fromkeys(("annual_rate", "share"), _RATE)
    | dict.fromkeys(("latitude", "longitude"), pa.float64())
    | dict.fromkeys(("n", "rank"), pa.int32())
    | dict.fromkeys(("active", "difficulty"), pa.bool_())
)  # fmt: skip
"""Type by column; any other column is text. A judgement's value is text as well."""

_UTF8: Final = "utf-8"
_EPOCH: Final = datetime(2025, 1, 1, tzinfo=UTC)  # a workbook's own date would differ each time


def write_parquet(folder: Path, tables: Tables) -> None:
    """Write a file per table."""
    folder.mkdir(parents=True)
    for name, rows in tables.items():
        parquet.write_table(_typed(name, rows), folder / f"{name}.parquet")


def write_csv(
    folder: Path,
    tables: Tables,
    mistakes: Iterable[tuple[str, Mapping[str, str]]],
    *,
    encoding: str = _UTF8,
    separator: str = ",",
) -> None:
    """Write a file per table, with the rows that are typed badly at the end."""
    folder.mkdir(parents=True)
    spoilt: dict[str, list[Mapping[str, str]]] = {}
    for name, row in mistakes:
        spoilt.setdefault(name, []).append(row)
    for name in COLUMNS:
        if name in tables or name in spoilt:
            text = _text(name, tables.get(name, []), spoilt.get(name, []))
            options = csv.WriteOptions(delimiter=separator, quoting_style="needed")
            sink = pa.BufferOutputStream()
            csv.write_csv(text, sink, options)
            content = sink.getvalue().to_pybytes()
            if encoding != _UTF8:
                content = content.decode(_UTF8).encode(encoding)
            (folder / f"{name}.csv").write_bytes(content)


def write_workbook(path: Path, tables: Tables) -> None:
    """Write a sheet per table, with numbers and dates as a spreadsheet has them."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        workbook.set_properties({"created": _EPOCH})
        for name, rows in tables.items():
            sheet = workbook.add_worksheet(name)
            sheet.write_row(0, 0, COLUMNS[name])
            for number, row in enumerate(rows, start=1):
                sheet.write_row(number, 0, _cells(name, row))


def _typed(name: str, rows: Sequence[Row]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ((),) * len(COLUMNS[name])
    return pa.table(
        {
            column: _array(cells, _type(name, column))
            for column, cells in zip(COLUMNS[name], columns, strict=True)
        }
    )


def _type(name: str, column: str) -> pa.DataType:
    if name == "judgements" and column == "value":
        return pa.string()
    return _TYPES.get(column, pa.string())


def _array(cells: Sequence[object], kind: pa.DataType) -> pa.Array:
    if kind == _MONEY:
        fen = pa.array(cells, pa.int64()).cast(pa.decimal128(19, 0))
        return pc.multiply(fen, _FEN).cast(_MONEY)
    return pa.array(cells, kind)


def _text(name: str, rows: Sequence[Row], spoilt: Sequence[Mapping[str, str]]) -> pa.Table:
    text = pa.schema([(column, pa.string()) for column in COLUMNS[name]])
    return pa.concat_tables(
        [_typed(name, rows).cast(text), pa.Table.from_pylist(list(spoilt), schema=text)]
    )


def _cells(name: str, row: Row) -> list[object]:
    return [
        amount(cell, "CNY") if isinstance(cell, int) and _type(name, column) == _MONEY else cell
        for column, cell in zip(COLUMNS[name], row, strict=True)
    ]
