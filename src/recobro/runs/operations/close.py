"""Close a day: compute where every loan stands, check it, publish it."""

import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import ibis

from recobro.book.models import Close
from recobro.engine import close as engine
from recobro.engine.backends.duck import Duck
from recobro.engine.backends.spark import Spark
from recobro.engine.checks import CHECKS, Check, Ground, Severity
from recobro.engine.steps import figures as engine_figures
from recobro.engine.tables import PUBLISHED, STANDINGS
from recobro.policy import Policy
from recobro.runs import facts, tree
from recobro.runs.home import Home
from recobro.runs.models import Load, Settlement
from recobro.runs.operations.settle import portions, ranges, settle
from recobro.runs.operations.sweep import sweep
from recobro.runs.progress import Progress, silent

_STEPS = 5


class Engine(facts.Reader, engine.Desk, Protocol):
    """A backend that can read the book and compute a close."""

    name: str

    def kept(self, name: str) -> list[Path]:
        """Return the Parquet files of what was kept under a name."""
        ...


LOANS_AT_ONCE = 250_000
"""Loans measured in one go: their sums must fit the memory limit."""


class InvariantBroken(RuntimeError):
    """A check that must hold does not: the close would be wrong."""

    def __init__(self, check: Check, rows: int, example: Mapping[str, object]) -> None:
        super().__init__(
            f"{check.sentence} This does not hold in {rows} rows, for one "
            f"{example['subject']} ({example['item']}: {example['expected']} expected, "
            f"{example['found']} found). Nothing was published; the earlier close stays in force. "
            "This is a fault of the program or of the lake: run recobro doctor, and report it."
        )


def close(
    *,
    home: Home,
    on: date,
    policy: Policy,
    at: datetime,
    backend: str = Duck.name,
    facts_version: int | None = None,
    progress: Progress = silent,
) -> Close:
    """Close a day and return the close, which is in force from the moment its row is written.

    The facts are those after load `facts_version`, else the newest. What a run that was ended
    before left behind is swept away first. Raises facts.NoFacts, HomeBusy, HomeUnusable,
    DatabaseUnusable, sweep.BookUnknown, InvariantBroken.
    """
    load = facts.load_of(facts_version)
    with home.writing("a close") as scratch, Duck(scratch / "duck") as duck:
        sweep(home)
        progress("settle", 0, _STEPS)
        settled = _settled(home, load, policy, duck)
        progress("standings", 1, _STEPS)
        with _engine(backend, duck, scratch) as desk:
            read = _facts(home, load, settled, desk, duck)
            engine.standings(read, on=on, policy=policy, desk=desk)
        standings = duck.read(desk.kept("standings"), PUBLISHED)
        book = facts.tables(home.lake, load.versions, duck)
        progress("figures", 2, _STEPS)
        above = tree.above(duck, book["institutions"])
        figures = duck.keep("figures", [engine_figures.figures(standings, above)])
        progress("checks", 3, _STEPS)
        ground = Ground(
            on=on,
            loans=book["loans"],
            payments=book["payments"],
            portions=portions(home, settled, duck),
            ledger=book["ledger"],
            standings=standings,
            figures=figures,
            above=above,
        )
        checks = check(ground, duck)
        progress("publish", 4, _STEPS)
        folder = home.close_folder(on, at)
        made = Close(
            as_of=on,
            published_at=at,
            facts_version=load.number,
            policy_name=policy.name,
            policy_hash=policy.hash,
            policy_text=policy.text,
            backend=desk.name,
            folder=str(folder.relative_to(home.path)),
            standings=duck.number(standings.count()),
            fingerprint=duck.fingerprint(standings.select(*STANDINGS.names)),
            checks=checks,
        )
        kept = {"standings": desk.kept, "figures": duck.kept, "breaks": duck.kept}
        for name, files in kept.items():
            (folder / name).mkdir()
            for number, file in enumerate(files(name)):
                shutil.move(file, folder / name / f"{number:05}.parquet")
        made.save()
        return made


def _settled(home: Home, load: Load, policy: Policy, duck: Duck) -> Settlement:
    """Return the settlement of a load's facts, saved."""
    home.unfinished.touch()
    settled = settle(home, load, policy, duck)
    settled.save()
    home.unfinished.unlink()
    return settled


def _engine(backend: str, duck: Duck, scratch: Path) -> AbstractContextManager[Engine, None]:
    """Return the engine that grades: DuckDB in this process, or Spark.

    Raises SparkMissing, JavaMissing.
    """
    return nullcontext(duck) if backend == Duck.name else Spark(scratch / "spark")


def _facts(home: Home, load: Load, settled: Settlement, desk: Engine, duck: Duck) -> engine.Facts:
    """Return what a close reads: the facts of a load and their settlement.

    Spark spreads the book over its workers by itself; in one process it is taken in parts.
    """
    book = facts.tables(home.lake, load.versions, desk)
    return engine.Facts(
        loans=book["loans"],
        borrowers=book["borrowers"],
        portions=portions(home, settled, desk),
        restructurings=book["restructurings"],
        judgements=book["judgements"],
        parts=ranges(book["loans"], duck, at_once=LOANS_AT_ONCE) if desk is duck else (),
    )


def check(ground: Ground, duck: Duck) -> list[dict[str, object]]:
    """Look at every check; keep the rows that break one, and return how many each has.

    Raises InvariantBroken.
    """
    broken = duck.keep(
        "breaks",
        [each.find(ground).mutate(check=ibis.literal(each.name)) for each in CHECKS],
    )
    counts = duck.connection.to_pyarrow(broken.group_by("check").aggregate(rows=broken.count()))
    rows = {row["check"]: row["rows"] for row in counts.to_pylist()}
    for each in CHECKS:
        if each.severity is Severity.INVARIANT and rows.get(each.name):
            example = duck.connection.to_pyarrow(broken.filter(broken.check == each.name).limit(1))
            raise InvariantBroken(each, rows[each.name], example.to_pylist()[0])
    return [
        {"name": each.name, "severity": each.severity.value, "rows": rows.get(each.name, 0)}
        for each in CHECKS
    ]
