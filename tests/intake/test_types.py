"""Columns of cells as they are read, against Python's own decimals and dates."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.backends import BaseBackend

from recobro.intake.desk import shown, units_of
from recobro.intake.types import Amount, Date, Text
from recobro.terms.money import AMOUNT, DIGITS, digits

CURRENCIES = st.sampled_from(sorted(DIGITS))
CELLS = st.one_of(
    st.from_regex(AMOUNT, fullmatch=True).filter(str.isascii),
    st.decimals(-(10**16), 10**16, places=3).map(str),
    st.text("0123456789.-+e ,", max_size=18),
)


@pytest.fixture(scope="module")
def connection() -> Iterator[BaseBackend]:
    made = ibis.duckdb.connect()
    yield made
    made.disconnect()


def expected(cell: str, currency: str) -> tuple[int | None, str | None]:
    if not AMOUNT.fullmatch(cell):
        return None, "bad-amount"
    if Decimal(cell) != round(Decimal(cell), 3):
        return None, "too-many-decimals"
    if Decimal(cell) < 0:
        return None, "negative-amount"
    minor = Decimal(cell).scaleb(digits(currency))
    return (int(minor), None) if minor == int(minor) else (None, "too-many-decimals")


@settings(max_examples=15)
@given(st.lists(st.tuples(CELLS, CURRENCIES), min_size=1, max_size=50))
def test_amounts(connection: BaseBackend, rows: list[tuple[str, str]]) -> None:
    cells, currencies = zip(*rows, strict=True)
    table = ibis.memtable(pa.table({"cell": cells, "currency": currencies, "at": range(len(rows))}))
    read = Amount().read(table.cell, units_of(table.currency))
    found = table.select("at", sound=read.sound, value=read.value, problem=read.problem)
    told = connection.to_pyarrow(found.order_by("at")).to_pylist()
    assert [(row["value"] if row["sound"] else None, row["problem"]) for row in told] == [
        expected(*row) for row in rows
    ]


def test_characters_of_a_text(connection: BaseBackend) -> None:
    """What may be written is taken; what commands a terminal is not, in one byte or in two."""
    taken = ["Li Wei", "李\n伟", "a\tb\r\nc", "\u00a0", "Łódź", "\U0001f3e6"]
    refused = ["\x00", "a\x07", "\x1b[2J", "\x7f", "\x80", "\x9b2J", "x\x9f"]
    rows = {"cell": [*taken, *refused], "at": range(len(taken + refused))}
    cells = ibis.memtable(pa.table(rows))
    read = Text().read(cells.cell, ibis.null("int16"))
    found = cells.select("at", sound=read.sound, problem=read.problem).order_by("at")
    assert [(row["sound"], row["problem"]) for row in connection.to_pyarrow(found).to_pylist()] == [
        *[(True, None)] * len(taken),
        *[(False, "bad-text")] * len(refused),
    ]


def test_the_first_and_the_last_day(connection: BaseBackend) -> None:
    """From 1900 on, as text or as a date of Parquet; year 0 is one before the calendar's."""
    days = ["1900-01-01", "9999-12-31", "1899-12-31", "0206-03-01", "00000101"]
    rows = {"cell": days, "at": range(len(days))}
    texts = ibis.memtable(pa.table(rows))
    dates = texts.filter(texts["at"] < 4).mutate(cell=texts.cell.cast("date"))
    for cells in (texts, dates):
        read = Date().read(cells.cell, ibis.null("int16"))
        found = cells.select("at", sound=read.sound, problem=read.problem).order_by("at")
        told = [(row["sound"], row["problem"]) for row in connection.to_pyarrow(found).to_pylist()]
        assert told == [(True, None)] * 2 + [(False, "bad-date")] * (len(told) - 2)


@settings(max_examples=15)
@given(st.lists(st.dates(date(1927, 5, 18), date(2173, 10, 13)), min_size=1, max_size=50))
def test_dates_in_three_ways(connection: BaseBackend, days: list[date]) -> None:
    """A workbook's day number has five digits from 1927 to 2173."""
    ways = {
        "plain": [day.isoformat() for day in days],
        "packed": [f"{day:%Y%m%d}" for day in days],
        "serial": [str((day - date(1899, 12, 30)).days) for day in days],
    }
    table = ibis.memtable(pa.table({**ways, "at": range(len(days))}))
    read = {way: Date().read(table[way], ibis.null("int16")).value for way in ways}
    found = connection.to_pyarrow(table.select("at", **read).order_by("at")).to_pydict()
    assert [found[way] for way in ways] == [days] * 3


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(123456, "CNY", "1234.56"), (5, "CNY", "0.05"), (-5, "KWD", "-0.005"), (70, "JPY", "70")],
)
def test_amounts_as_people_write_them(
    connection: BaseBackend, minor: int, currency: str, text: str
) -> None:
    told = shown(ibis.literal(minor, "int64"), ibis.literal(currency))
    assert connection.to_pyarrow(told).as_py() == text
