"""What a report is before it is a page, a PDF or a workbook: values, not yet texts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from typing import TypeAlias

from recobro.reports.language import Language
from recobro.terms.grades import Grade

Value: TypeAlias = str | int | Decimal | date | Grade | None
"""What a cell holds; None is not known, and prints as a dash."""


class Kind(StrEnum):
    """What the values of a column are, and so how they are written."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"  # int, minor units of the table's currency
    RATIO = "ratio"  # Decimal, 0.0064 is 0.64 %
    DATE = "date"
    GRADE = "grade"


class Better(Enum):
    """Which change of a measure is good news."""

    NEITHER = 0
    MORE = 1
    LESS = -1


@dataclass(frozen=True, slots=True)
class Column:
    """Say what a column holds; a kind of None leaves it to each row."""

    title: str
    kind: Kind | None = Kind.TEXT
    change: bool = False  # written with its sign; a changed ratio in points
    better: Better = Better.NEITHER


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one value for each column; a strong row is a total."""

    cells: tuple[Value, ...]
    strong: bool = False
    kind: Kind | None = None
    better: Better = Better.NEITHER


@dataclass(frozen=True, slots=True)
class Table:
    """Hold rows in amounts of one currency; `empty` says why there are none.

    Of a table with `most` only the first so many rows are printed, and its total; a workbook has
    them all.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    currency: str
    empty: str
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """Hold a length, in any unit that the chart shares, and how it is written."""

    label: str
    size: int
    text: str
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """Compare lengths from a common line."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Hold one step of a waterfall; a total stands on the ground."""

    label: str
    amount: int
    text: str
    total: bool = False


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Lead from one balance to another; less is good news."""

    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Warmth:
    """Hold one cell of a heat table: its share of the row, and how far it moved for the worse."""

    share: Decimal | None
    text: str
    worse: int = 0  # steps: negative is better, 0 stayed


@dataclass(frozen=True, slots=True)
class Heat:
    """Show where the parts of each row went."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Warmth, ...], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Hold a height for each step to the right; None where it is not known yet."""

    label: str
    heights: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Follow several measures along a common scale, the oldest first."""

    title: str
    lines: tuple[Line, ...]
    steps: tuple[str, ...]  # what stands below the axis; an empty one has no mark
    scale: tuple[tuple[Decimal, str], ...]  # heights that are marked, from 0, and how they read


Chart: TypeAlias = Bars | Waterfall | Heat | Lines


@dataclass(frozen=True, slots=True)
class Section:
    """Answer one question, with pictures and at most one table."""

    title: str
    table: Table | None = None
    charts: tuple[Chart, ...] = ()
    text: str = ""  # what a reader must know of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Hold a whole report in one language."""

    language: Language
    title: str
    institution: str
    particulars: tuple[tuple[str, str], ...]  # what it is about: as-of date, policy, currency …
    printed: str  # who printed it, and when
    printed_on: date
    sentences: tuple[str, ...]  # what a manager wants to know first
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
