"""All checks in their order: what rests on something broken is not looked at."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from recobro.doctor import machine
from recobro.doctor.diagnosis import Diagnosis, Verdict
from recobro.runs.progress import Progress

if TYPE_CHECKING:
    from recobro.runs.home import Home


def examine(
    path: Path,
    *,
    at: datetime,
    deep: bool,
    connect: Callable[[], None],
    progress: Progress,
) -> Iterator[Diagnosis]:
    """Look over the machine and the bank's folder at `path`; nothing is written or made.

    `connect` reads the settings of the database. `deep` reads every row of every published close.
    """
    basis = [machine.python(), *machine.packages()]
    yield from basis
    if _well(basis):
        yield from _bank(path, at=at, deep=deep, connect=connect, progress=progress)


def _bank(
    path: Path,
    *,
    at: datetime,
    deep: bool,
    connect: Callable[[], None],
    progress: Progress,
) -> Iterator[Diagnosis]:
    # A package that is missing must be told before it is imported.
    from recobro.doctor import database, folder, fonts, rights, rules, spark  # noqa: PLC0415 - see above
    from recobro.runs.home import Home  # noqa: PLC0415 - the same

    home = Home(path.resolve())
    yield from fonts.letters()
    yield spark.spark()
    there = folder.exists(home)
    yield there
    if there.verdict is not Verdict.WELL:
        return
    driver = list(machine.postgresql())
    basis = [rights.rights(home), folder.room(home), folder.work(home), rules.policy(home), *driver]
    basis += [database.database(connect)] if _well(driver) else []
    yield from basis
    if basis[-1].check == "database" and basis[-1].verdict is Verdict.WELL:
        yield from _kept(home, at=at, deep=deep, progress=progress)


def _kept(home: "Home", *, at: datetime, deep: bool, progress: Progress) -> Iterator[Diagnosis]:
    from recobro.doctor import backup, closes, lake, leftovers, shown  # noqa: PLC0415 - need Django's settings

    book = lake.Book(home, progress)
    yield from lake.lake(book)
    yield from closes.loads(home)
    yield from closes.closes(home, deep=deep, progress=progress)
    yield from shown.shown()
    yield from leftovers.leftovers(home, book)
    yield backup.backup(home, at)


def _well(found: list[Diagnosis]) -> bool:
    return all(one.verdict is not Verdict.BROKEN for one in found)
