"""Text or native cell → value, and the code of what is wrong with it.

Every type has `native`, the types of a Parquet column that need no text between, and `read`, which
gives the value, whether it is sound, and the code of the problem where it is not. All three are
expressions over whole columns; a value counts only where it is sound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

import ibis
import ibis.expr.datatypes as dt

from recobro.intake.formulas import ERRORS
from recobro.terms.money import DIGITS

if TYPE_CHECKING:
    import ibis.expr.types as ir


YES = ibis.literal(value=True)
NO = ibis.literal(value=False)


class Reading(NamedTuple):
    """A column as it was understood: what is not sound has a problem, unless it is empty."""

    value: ir.Value
    sound: ir.BooleanValue
    problem: ir.StringValue


class Type(Protocol):
    """How the cells of a column are read."""

    native: ClassVar[tuple[type[dt.DataType], ...]]

    def read(self, cell: ir.Value, units: ir.IntegerValue, /) -> Reading:
        """Read a column; `units` is how many minor units one of each row's currency has."""


def _simple(cell: ir.Value, value: ir.Value, sound: ir.BooleanValue, code: str) -> Reading:
    return Reading(value, sound, ibis.cases((cell.notnull() & ~sound.fill_null(NO), code)))


def with_result(cell: ir.Value, read: Reading) -> Reading:
    """Find no cell sound in which a workbook has an error in place of a formula's result."""
    error = cell.isin(ERRORS)
    return Reading(
        read.value, read.sound & ~error, ibis.cases((error, "formula-error"), else_=read.problem)
    )


_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{80}-\x{9f}]"
"""Control characters, but for the ends of lines and tabs that cells of a workbook may hold."""


@dataclass(frozen=True, slots=True)
class Text:
    """Any text, of characters that are written: no escapes, which command a terminal."""

    native: ClassVar[tuple[type[dt.DataType], ...]] = ()

    def read(self, cell: ir.Value, _units: ir.IntegerValue, /) -> Reading:
        """Take the text as it is."""
        return _simple(cell, cell, ~cell.re_search(_CONTROL), "bad-text")


@dataclass(frozen=True, slots=True)
class Code:
    """A word of a closed list."""

    native: ClassVar[tuple[type[dt.DataType], ...]] = ()
    words: tuple[str, ...]
    problem: str = "unknown-code"

    def read(self, cell: ir.Value, _units: ir.IntegerValue, /) -> Reading:
        """Know the word, or give its problem."""
        return _simple(cell, cell, cell.isin(self.words), self.problem)


CURRENCY = Code(tuple(DIGITS), "currency-unknown")


@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`."""

    native: ClassVar[tuple[type[dt.DataType], ...]] = (dt.Boolean,)

    def read(self, cell: ir.Value, _units: ir.IntegerValue, /) -> Reading:
        """Read a column of true and false."""
        if cell.type().is_boolean():
            return _simple(cell, cell, cell.notnull(), "unknown-code")
        word = cell.lower()
        return _simple(cell, word == "true", word.isin(("true", "false")), "unknown-code")


_FIRST, _LAST = (ibis.literal(day).cast("date") for day in ("1900-01-01", "9999-12-31"))


@dataclass(frozen=True, slots=True)
class Date:
    """`YYYY-MM-DD`, `YYYYMMDD`, or the day number of a workbook; from 1900 on.

    9999-12-31 is one: many banks write it for no end.
    """

    native: ClassVar[tuple[type[dt.DataType], ...]] = (dt.Date,)

    def read(self, cell: ir.Value, _units: ir.IntegerValue, /) -> Reading:
        """Read a column of dates."""
        if cell.type().is_date():
            return _simple(cell, cell, _of_a_loan(cell), "bad-date")
        packed = ibis.literal("-").join([cell[0:4], cell[4:6], cell[6:8]])
        # A workbook counts days from 1899-12-30: its fictitious 29 February 1900 is behind us.
        serial = ibis.literal("1899-12-30").cast("date") + cell.try_cast("int32").as_interval("D")
        value = ibis.cases(
            (cell.re_search(r"^\d{4}-\d{2}-\d{2}$"), cell.try_cast("date")),
            (cell.re_search(r"^\d{8}$"), packed.try_cast("date")),
            (cell.re_search(r"^[1-9]\d{4}$"), serial.cast("date")),
        )
        return _simple(cell, value, _of_a_loan(value), "bad-date")


def _of_a_loan(day: ir.DateValue) -> ir.BooleanValue:
    """Tell days that a loan can have from slips such as the year 0206."""
    return day.between(_FIRST, _LAST)


_SHAPE = r"^-?\d{1,15}(\.\d+)?$"
_EXACT = r"^-?\d{1,15}(\.\d{1,3}0*)?$"
_THOUSANDTHS = "decimal(18, 3)"  # fifteen digits before the point, and no currency has four after


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money: minor units, never through a float."""

    native: ClassVar[tuple[type[dt.DataType], ...]] = (dt.Decimal, dt.Integer)
    signed: bool = False

    def read(self, cell: ir.Value, units: ir.IntegerValue, /) -> Reading:
        """Read a column of amounts."""
        exact, shaped = _exactly(cell)
        # Whole and part are scaled apart: each product keeps within the digits of a fast decimal.
        part = exact % 1
        scaled = part * units
        minor = (exact - part).cast("int64") * units.cast("int64") + scaled.cast("int64")
        fits = scaled % 1 == 0
        allowed = YES if self.signed else exact >= 0
        problem = ibis.cases(
            (~shaped, "bad-amount"),
            (~allowed, "negative-amount"),
            (exact.isnull() & cell.notnull() | ~fits, "too-many-decimals"),
        )
        return Reading(minor, allowed & fits, problem)


def _exactly(cell: ir.Value) -> tuple[ir.DecimalValue, ir.BooleanValue]:
    """Return amounts in thousandths, empty where they have more digits; and which are amounts."""
    if cell.type().is_decimal() and cell.type().scale > max(DIGITS.values()):
        cell = cell.cast("string")
    if not cell.type().is_string():
        exact = cell.try_cast(_THOUSANDTHS)
        return exact, exact.notnull()
    exact = cell.re_search(_EXACT).ifelse(cell.try_cast(_THOUSANDTHS), None)
    return exact, cell.re_search(_SHAPE)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from 1 on."""

    native: ClassVar[tuple[type[dt.DataType], ...]] = (dt.Integer,)

    def read(self, cell: ir.Value, _units: ir.IntegerValue, /) -> Reading:
        """Read a column of whole numbers."""
        if cell.type().is_string():
            sound = cell.re_search(r"^0*[1-9]\d{0,8}$")
        else:
            sound = (cell >= 1) & (cell < 10**9)
        return _simple(cell, cell.try_cast("int32"), sound, "bad-number")


@dataclass(frozen=True, slots=True)
class Rate:
    """A share or yearly rate, 0.0725 for 7.25 %, with up to six decimals."""

    native: ClassVar[tuple[type[dt.DataType], ...]] = ()
    highest: int = 999

    def read(self, cell: ir.Value, _units: ir.IntegerValue, /) -> Reading:
        """Read a column of shares."""
        shaped = cell.re_search(r"^\d{1,3}(\.\d+)?$")
        fits = cell.re_search(r"^\d{1,3}(\.\d{1,6}0*)?$")
        value = fits.ifelse(cell.try_cast("decimal(9, 6)"), None)
        within = value <= self.highest
        problem = ibis.cases((~shaped | ~within, "bad-number"), (~fits, "too-many-decimals"))
        return Reading(value, within, problem)


@dataclass(frozen=True, slots=True)
class Coordinate:
    """Degrees of latitude or longitude."""

    native: ClassVar[tuple[type[dt.DataType], ...]] = ()
    highest: int

    def read(self, cell: ir.Value, _units: ir.IntegerValue, /) -> Reading:
        """Read a column of degrees."""
        shaped = cell.re_search(r"^-?\d{1,3}(\.\d+)?$")
        degrees = shaped.ifelse(cell.try_cast("float64"), None)
        return _simple(cell, degrees, degrees.between(-self.highest, self.highest), "bad-number")
