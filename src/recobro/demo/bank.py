"""The demonstration bank as a whole: its book, and the deliveries that a system reads it from."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.resource_tracker import ensure_running
from pathlib import Path
from signal import SIG_BLOCK, SIG_SETMASK, SIGINT, pthread_sigmask
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
    return list(_written(folder))


@contextmanager
def written_beside(folder: Path) -> Iterator[Iterator[Delivery]]:
    """Have the deliveries written by a process beside this one; each is there once it is asked for.

    It ends with what it was begun for, or once it has written the last.
    """
    beside = get_context("spawn")
    coming, to = beside.Pipe(duplex=False)
    process = beside.Process(target=_hand_on, args=(folder, to), daemon=True)
    ensure_running()  # else it is begun below, and lets Ctrl C through again
    mask = pthread_sigmask(SIG_BLOCK, {SIGINT})  # Ctrl C is for the process that asks
    try:
        process.start()
    finally:
        pthread_sigmask(SIG_SETMASK, mask)
        to.close()
    try:
        yield _handed_on(coming)
    finally:
        process.terminate()
        process.join()
        coming.close()


def _hand_on(folder: Path, to: Connection) -> None:
    with suppress(BrokenPipeError):  # nobody asks any more
        try:
            for delivery in _written(folder):
                to.send(delivery)
        except OSError as error:
            to.send(error)


def _handed_on(coming: Connection) -> Iterator[Delivery]:
    for _ in range(_DELIVERIES):
        told = coming.recv()
        if isinstance(told, Exception):
            raise told
        yield told


def _written(folder: Path) -> Iterator[Delivery]:
    with _no_garbage():
        book = make_book()
        first = folder / f"{FULL_ON}-full"
        write_parquet(first, full(book, until=FULL_ON))
        yield Delivery(first, "full", FULL_ON)
        for since, until in pairwise((FULL_ON, *MONTH_ENDS)):
            path = _write_delta(folder / f"{until}-delta", book, since, until)
            yield Delivery(path, "delta", until)


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
