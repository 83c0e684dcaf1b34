"""Close a day: compute where every loan stands, check it, publish it."""

import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from pathlib import Path

import ibis

from recobro.book.models import Close
from recobro.engine import close as engine
from recobro.engine.backends.backend import Backend
from recobro.engine.backends.duck import Duck
from recobro.engine.backends.spark import Spark
from recobro.engine.checks import CHECKS, Check, Ground, Severity
from recobro.engine.steps import figures as engine_figures
from recobro.engine.steps.changes import changes, moved
from recobro.engine.tables import PUBLISHED, STANDINGS
from recobro.policy import Policy
from recobro.runs import facts, tree
from recobro.runs.home import Home
from recobro.runs.models import Load, Settlement
from recobro.runs.operations.settle import portions, ranges, settle
from recobro.runs.progress import Progress, silent
from recobro.runs.queries import published

_PASSES = ("paid", "standings")
"""What the engine keeps part by part: sums of the payments, then the standings."""

LOANS_AT_ONCE = 1_000_000
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

    The facts are those after load `facts_version`, else the newest. Raises facts.NoFacts, HomeBusy.
    """
    load = facts.load_of(facts_version)
    heard = _grading(progress)
    with home.writing("a close") as scratch, Duck(scratch / "duck", progress=heard) as duck:
        progress("settle", 0, 1)
        settled = settle(home, load, policy, duck, progress)
        settled.save()
        progress("standings", 0, 1)
        with _engine(backend, duck, scratch) as desk:
            read = _facts(home, load, settled, desk, duck)
            engine.standings(read, on=on, policy=policy, desk=desk)
        standings = duck.read(desk.kept("standings"), PUBLISHED)
        book = facts.tables(home.lake, load.versions, duck)
        progress("figures", 0, 1)
        above = tree.above(duck, book["institutions"])
        figures = duck.keep("figures", [engine_figures.figures(standings, above)])
        progress("checks", 0, 1)
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
        progress("publish", 0, 1)
        folder = home.close_folder(on, at)
        replaced = Close.objects.filter(as_of=on).first()
        made = Close(
            replaces=replaced,
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
        if replaced is not None and replaced.fingerprint != made.fingerprint:
            before = duck.read(published(home, replaced, "standings"), PUBLISHED)
            changed = duck.keep("changes", [changes(before, standings)])
            made.changes = duck.rows(moved(changed).order_by("currency"))
            kept["changes"] = duck.kept
        for name, files in kept.items():
            (folder / name).mkdir()
            for number, file in enumerate(files(name)):
                shutil.move(file, folder / name / f"{number:05}.parquet")
        made.save()
        return made


def _grading(progress: Progress) -> Progress:
    """Tell of grading by its two passes over the parts of the book; the rest of it is short."""

    def heard(step: str, done: int, of: int) -> None:
        if step in _PASSES:
            progress("standings", _PASSES.index(step) * of + done, len(_PASSES) * of)

    return heard


def _engine(backend: str, duck: Duck, scratch: Path) -> AbstractContextManager[Backend, None]:
    """Return the engine that grades: DuckDB in this process, or Spark.

    Raises JavaMissing, SparkMissing, SparkFailed.
    """
    return nullcontext(duck) if backend == Duck.name else Spark(scratch / "spark")


def _facts(home: Home, load: Load, settled: Settlement, desk: Backend, duck: Duck) -> engine.Facts:
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
    counts = duck.rows(broken.group_by("check").aggregate(rows=broken.count()))
    rows = {row["check"]: row["rows"] for row in counts}
    for each in CHECKS:
        if each.severity is Severity.INVARIANT and rows.get(each.name):
            (example,) = duck.rows(broken.filter(broken.check == each.name).limit(1))
            raise InvariantBroken(each, rows[each.name], example)
    return [
        {"name": each.name, "severity": each.severity.value, "rows": rows.get(each.name, 0)}
        for each in CHECKS
    ]
