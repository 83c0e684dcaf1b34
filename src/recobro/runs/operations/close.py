"""Close a day: compute where every loan stands, check it, publish it."""

import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from recobro.book.models import Close
from recobro.engine import close as engine
from recobro.engine.backends.backend import Backend
from recobro.engine.backends.duck import Duck
from recobro.engine.backends.spark import Spark
from recobro.engine.checks import CHECKS, Check, Ground, Severity
from recobro.engine.steps import figures as engine_figures
from recobro.engine.steps.changes import changes, moved
from recobro.engine.steps.missed import looks_back_to
from recobro.engine.tables import PUBLISHED, STANDINGS
from recobro.lake import secure
from recobro.office.judgements.queries import last_number
from recobro.policy import Policy
from recobro.runs import facts, tree
from recobro.runs.closes import CloseGone, published
from recobro.runs.home import Home
from recobro.runs.judged import NAME, write
from recobro.runs.models import Load, Settlement
from recobro.runs.operations.settle import ranges, settle
from recobro.runs.operations.sweep import sweep
from recobro.runs.progress import Progress, silent
from recobro.terms.refusal import Phrase, Refusal

_PASSES = ("paid", "standings")
"""What the engine keeps part by part: sums of the payments, then the standings."""

LOANS_AT_ONCE = 1_000_000
"""Loans measured in one go: their sums must fit the memory limit."""

_KEPT = Phrase("Nothing was published; the earlier close stays in force.")


class InvariantBroken(Refusal):
    """A check that must hold does not: the close, or what is shown of it, would be wrong."""

    says = (
        "{sentence} This does not hold in {rows} rows, for one {subject} ({item}: {expected} "
        "expected, {found} found). {kept} This is a fault of the program or of the lake: run "
        "recobro doctor, and report it."
    )

    def __init__(
        self, check: Check[Any], rows: int, example: Mapping[str, object], *, kept: str = _KEPT
    ) -> None:
        broken = {part: str(example[part]) for part in ("subject", "item", "expected", "found")}
        super().__init__(sentence=check.sentence, rows=rows, kept=kept, **broken)


def close(
    *,
    home: Home,
    on: date,
    policy: Policy,
    at: datetime,
    backend: str = Duck.name,
    facts_version: int | None = None,
    judged_up_to: int | None = None,
    progress: Progress = silent,
) -> Close:
    """Close a day and return the close, which is in force from the moment its row is written.

    The facts are those after load `facts_version`, else the newest; what was judged on the pages
    counts up to the number `judged_up_to`, else all of it. What a run that was ended before left
    behind is swept away first. Raises facts.NoFacts, HomeBusy, HomeUnusable,
    DatabaseUnusable, sweep.BookUnknown, InvariantBroken.
    """
    load = facts.load_of(facts_version)
    heard = _grading(progress)
    with (
        home.writing("a close") as scratch,
        Duck(scratch / "duck", sides_as_written=True, progress=heard) as duck,
    ):
        sweep(home)
        progress("settle", 0, 1)
        settled = _settled(home, load, policy, duck, progress)
        reads = partial(facts.close_facts, home.lake, load, settled)
        progress("standings", 0, 1)
        number = last_number() if judged_up_to is None else judged_up_to
        judged = write(scratch / NAME, up_to=number)
        book = facts.tables(home.lake, load.versions, duck)
        with _engine(backend, duck, scratch) as desk:
            since = looks_back_to(on, policy.missed)
            read = reads(desk, on=on, since=since, judged=judged)
            if desk is duck:  # Spark spreads the book over its workers by itself
                read = replace(read, parts=_parts(read.loans, duck))
            above = tree.above(duck, book["institutions"])
            standings = engine.standings(read, on=on, policy=policy, desk=desk)
            if desk is not duck:
                standings = duck.read(desk.kept("standings"), PUBLISHED)
        progress("figures", 0, 1)
        ground = _ground(book, standings, above, on=duck.day(on), duck=duck)
        progress("checks", 0, 1)
        checks = check(ground, duck)
        progress("publish", 0, 1)
        folder = home.close_folder(on, at)
        made = Close(
            as_of=on,
            published_at=at,
            facts_version=load.number,
            backend=desk.name,
            folder=str(folder.relative_to(home.path)),
            checks=checks,
            judged_up_to=number,
            **_named(policy),
            **_counted(standings, duck),
        )
        _compare(made, standings, home, duck)
        return _publish(made, judged, home, desk, duck)


def _parts(loans: ir.Table, duck: Duck) -> list[engine.Part]:
    """Cut a large book into ranges of loan_no; one that fits whole is not cut."""
    found = ranges(loans, duck, at_once=LOANS_AT_ONCE)
    return found if len(found) > 1 else []


def _publish(made: Close, judged: list[Path], home: Home, desk: Backend, duck: Duck) -> Close:
    """Put what was computed into the folder of a close, and return it: in force with its row."""
    folder = home.path / made.folder
    _move(folder, desk, "standings")
    _move(folder, duck, "figures", "breaks", "changes")
    _keep(judged, folder / NAME)
    secure(folder.rglob("*"), below=home.path)
    made.save()
    return made


def _named(policy: Policy) -> dict[str, str]:
    return {"policy_name": policy.name, "policy_hash": policy.hash, "policy_text": policy.text}


def _counted(standings: ir.Table, duck: Duck) -> dict[str, Any]:
    rows = standings.select(*STANDINGS.names)
    return {"standings": duck.number(standings.count()), "fingerprint": duck.fingerprint(rows)}


def _ground(
    book: facts.Tables, standings: ir.Table, above: ir.Table, *, on: ir.DateScalar, duck: Duck
) -> Ground:
    """Return what the checks look at, the figures of the close among it."""
    payments = book["payments"]
    reversals = payments.filter(payments.reverses.notnull())
    return Ground(
        on=on,
        loans=book["loans"],
        payments=payments,
        reversals=duck.keep(
            "reversals", [reversals.select("loan_no", "paid_on", "amount", "reverses")]
        ),
        ledger=book["ledger"],
        standings=standings,
        figures=duck.keep("figures", [engine_figures.figures(standings, above)]),
        above=above,
    )


def _compare(made: Close, standings: ir.Table, home: Home, duck: Duck) -> None:
    """Note on a close what it says otherwise than the close of that day which it replaces."""
    made.replaces = Close.objects.filter(as_of=made.as_of).first()
    if made.replaces is not None and made.replaces.fingerprint != made.fingerprint:
        try:
            files = published(home, made.replaces, "standings")
        except CloseGone:  # closing again is how it is mended
            return
        before = duck.read(files, PUBLISHED)
        changed = duck.keep("changes", [changes(before, standings)])
        made.changes = duck.rows(moved(changed).order_by("currency"))


def _move(folder: Path, desk: Backend, *names: str) -> None:
    """Move what an engine has kept under some names into the folder of a close."""
    for name in names:
        (folder / name).mkdir()
        for number, file in enumerate(desk.kept(name)):
            shutil.move(file, folder / name / f"{number:05}.parquet")


def _keep(judged: list[Path], folder: Path) -> None:
    """Keep what was judged on the pages with the close that has taken it."""
    if judged:
        shutil.move(judged[0].parent, folder)


def _settled(home: Home, load: Load, policy: Policy, duck: Duck, progress: Progress) -> Settlement:
    """Return the settlement of a load's facts, saved."""
    home.begin(facts.load_of().number)
    settled = settle(home, load, policy, duck, progress)
    settled.save()
    home.unfinished.unlink()
    return settled


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
