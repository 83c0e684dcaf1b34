"""The demonstration bank as a whole: its book, and the deliveries that a system reads it from."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal, NamedTuple

from recobro.demo import stories
from recobro.demo.accounts import Book
from recobro.demo.deliveries import delta, full
from recobro.demo.dice import Dice
from recobro.demo.files import write_csv, write_parquet, write_workbook
from recobro.demo.lending import lend
from recobro.demo.mistakes import mistakes
from recobro.demo.places import institutions, staff
from recobro.demo.timetable import FULL_ON, MONTH_ENDS

_SEED: Final = 3
_WORKBOOK_ON: Final = date(2025, 8, 31)
_GB18030_ON: Final = date(2025, 10, 31)


class Delivery(NamedTuple):
    """A delivery that lies ready to be loaded."""

    path: Path
    kind: Literal["full", "delta"]
    delivered_on: date


def make_book() -> Book:
    """Return the whole book up to the last day; always the same one."""
    book = Book(institutions(), staff())
    lend(book, Dice(_SEED))
    stories.tell(book)
    return book


def write(folder: Path) -> list[Delivery]:
    """Write the bank's deliveries into a folder, and return them in the order to load them in.

    The first is the whole book as Parquet; twelve month ends follow, one of them as a workbook
    and one in GB18030 with semicolons, as a spreadsheet in China saves it.
    """
    with _no_garbage():
        book = make_book()
        first = folder / f"{FULL_ON}-full"
        write_parquet(first, full(book, until=FULL_ON))
        deliveries = [Delivery(first, "full", FULL_ON)]
        for since, until in pairwise((FULL_ON, *MONTH_ENDS)):
            path = _write_delta(folder / f"{until}-delta", book, since, until)
            deliveries.append(Delivery(path, "delta", until))
        return deliveries


def _write_delta(path: Path, book: Book, since: date, until: date) -> Path:
    tables = delta(book, since=since, until=until)
    if until == _WORKBOOK_ON:
        path = path.with_suffix(".xlsx")
        write_workbook(path, tables)
    elif until == _GB18030_ON:
        write_csv(path, tables, (), encoding="gb18030", separator=";")
    else:
        write_csv(path, tables, mistakes(book, until))
    return path


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Rest the garbage collector: half a million rows that all stay cost a third of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
