"""The demonstration bank as a whole: its book, and the deliveries that a system reads it from."""

import gc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from signal import SIG_IGN, SIGINT, signal
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
_DELIVERIES: Final = 1 + len(MONTH_ENDS)


class Delivery(NamedTuple):
    """A delivery that lies ready to be loaded."""

    path: Path
    kind: Literal["full", "delta"]
    delivered_on: date


@cache
def make_book() -> Book:
    """Return the whole book up to the last day; always the same one, and not to be changed."""
    book = Book(institutions(), staff())
    lend(book, Dice(_SEED))
    stories.tell(book)
    return book


def write(folder: Path) -> list[Delivery]:
    """Write the bank's deliveries into a folder, and return them in the order to load them in.

    The first is the whole book as Parquet; twelve month ends follow, one of them as a workbook
    and one in GB18030 with semicolons, as a spreadsheet in China saves it.
    """
    return [_write(folder, number) for number in range(_DELIVERIES)]


@contextmanager
def written_beside(folder: Path) -> Iterator[Iterator[Delivery]]:
    """Have the deliveries written by a process beside this one; each is there once it is asked for.

    Ctrl C is for the process that asks.
    """
    beside = ProcessPoolExecutor(
        1, get_context("spawn"), initializer=signal, initargs=(SIGINT, SIG_IGN)
    )
    try:
        coming = [beside.submit(_write, folder, number) for number in range(_DELIVERIES)]
        yield (each.result() for each in coming)
    finally:
        beside.shutdown(cancel_futures=True)


def _write(folder: Path, number: int) -> Delivery:
    with _no_garbage():
        book = make_book()
        until = (FULL_ON, *MONTH_ENDS)[number]
        if not number:
            path = folder / f"{until}-full"
            write_parquet(path, full(book, until=until))
            return Delivery(path, "full", until)
        since = (FULL_ON, *MONTH_ENDS)[number - 1]
        path = _write_delta(folder / f"{until}-delta", book, since, until)
        return Delivery(path, "delta", until)


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
