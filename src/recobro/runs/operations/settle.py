"""Settlement as a table of the lake: whole once, then only the loans that a load touched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq
from pyarrow.lib import ArrowException

from recobro.engine.backends.duck import Duck
from recobro.engine.steps.brought_forward import ALWAYS, EVER, at_rest, brought_forward, dated
from recobro.engine.steps.settlement import settlement
from recobro.engine.steps.taken_up import (
    ROWS,
    asked,
    begun,
    beyond,
    places,
    received,
    taken_up,
)
from recobro.engine.tables import REPLACED_PORTIONS, SETTLED
from recobro.lake import Lake, replaced_table
from recobro.policy import Policy
from recobro.runs import facts
from recobro.runs.home import Home
from recobro.runs.models import Load, Settlement
from recobro.runs.progress import Progress, silent

TOUCHED = ibis.schema({"loan_no": "int64", "changed_from": "date", "rescheduled": "boolean"})
"""The loans whose settlement a load changes, from which day, and whether all instalments are new.

That is the day of the earliest payment that is new, and EVER where anything else changes.
"""

_RESTS_ON = {
    "loans": ("loan_no", "currency"),
    "instalments": ("loan_no", "n", "due_on", "principal_due", "interest_due", "fees_due"),
    "payments": ("loan_no", "payment_id", "paid_on", "amount", "source", "reverses"),
}
"""The columns that a settlement reads: the others of a big book are a third of the scan."""

LOANS_AT_ONCE = 100_000
"""Loans settled in one go: sorting their money along the line must fit the memory limit."""

_MANY = 3
"""Where more than one loan in so many changes, the whole book is settled: it lies in order."""

_FORM = 4
"""Goes up when what is kept of a settlement changes: the book is then settled anew."""

KEY_BEGINS = f"settlement_{_FORM}_"
"""How the key of every settlement begins that can be read; older ones wait to be let go."""

_CLOSED_AFTER = timedelta(days=40)
"""Of facts of a day that day is closed, or the month end before it; seldom an earlier one."""


def settlement_key(policy: Policy) -> str:
    """Return what of a policy a settlement depends on, as the name of a table of the lake."""
    tolerance, grace = policy.overdue.tolerance.normalize(), policy.overdue.grace_days
    return f"{KEY_BEGINS}{tolerance:f}_{grace}_{'_'.join(policy.allocation.order)}"


def settle(
    home: Home, load: Load, policy: Policy, duck: Duck, progress: Progress = silent
) -> Settlement:
    """Return the settlement of a load's facts, settling what has not been settled yet.

    A settlement of older facts is taken further: the loans touched since are settled again and
    added, and no file is rewritten. Otherwise, or where a load's list of them is lost or long, the
    whole book is settled. A new settlement is not saved: it counts once its caller does.
    """
    key = settlement_key(policy)
    done = Settlement.objects.filter(key=key, facts_version__lte=load.number).last()
    if done is not None and done.facts_version == load.number:
        return done
    lake = home.lake
    since = _loads_since(done, load)
    touched = [home.touched_file(each.number) for each in since]
    if done is None or any(each.touches_all for each in since) or _too_many(touched, load):
        versions = _settle_whole(lake, key, load, policy, duck, progress=progress)
    else:
        for table, version in done.versions.items():
            lake.restore(table, version)
        versions = done.versions | _settle_touched(
            lake, done, load, policy, duck, touched=touched, progress=progress
        )
    return Settlement(key=key, facts_version=load.number, versions=versions)


def _loads_since(done: Settlement | None, load: Load) -> list[Load]:
    after = done.facts_version if done else 0
    return [*Load.objects.filter(number__gt=after, number__lt=load.number), load]


def _too_many(touched: list[Path], load: Load) -> bool:
    """Tell whether most of a large book is touched, or a list of what is cannot be read."""
    try:
        lists = [pq.read_metadata(file) for file in touched]
    except (OSError, ArrowException):
        return True
    if any(found.schema.names != [*TOUCHED.names] for found in lists):
        return True
    rows = sum(found.num_rows for found in lists)
    return bool(rows > LOANS_AT_ONCE and rows * _MANY > load.last_loan_no)


def _settle_whole(
    lake: Lake, key: str, load: Load, policy: Policy, duck: Duck, *, progress: Progress
) -> dict[str, int]:
    book = facts.tables(lake, load.versions, duck)
    parts = ranges(book["loans"], duck, at_once=LOANS_AT_ONCE)
    files = _write(lake, key, load, policy, duck, book=book, parts=parts, progress=progress)
    versions = {key: lake.commit(key, files, replace=True)}
    replaced = replaced_table(key)
    if replaced in lake.versions():
        none = duck.write(duck.read([], REPLACED_PORTIONS), lake.new_file(replaced))
        versions[replaced] = lake.commit(replaced, [none], replace=True)
    return versions


def _settle_touched(
    lake: Lake,
    done: Settlement,
    load: Load,
    policy: Policy,
    duck: Duck,
    *,
    touched: list[Path],
    progress: Progress,
) -> dict[str, int]:
    key = done.key
    listed = duck.read(touched, TOUCHED)
    changed = listed.group_by("loan_no").aggregate(
        day=listed.changed_from.min(), rescheduled=listed.rescheduled.any()
    )
    changed = duck.keep("touched", [changed])
    parts = ranges(changed, duck, at_once=LOANS_AT_ONCE)
    lines = _lines(lake, done, changed, policy, duck)
    book = _to_settle(facts.tables(lake, load.versions, duck), changed, lines, done, duck)
    files = _write(
        lake, key, load, policy, duck, book=book, parts=parts, lines=lines, progress=progress
    )
    replaced = replaced_table(key)
    gone = duck.write(lines.replaced, lake.new_file(replaced))
    return {
        key: lake.commit(key, files, replace=False),
        # what a settlement of newer facts replaced is no part of this one
        replaced: lake.commit(replaced, [gone], replace=replaced not in done.versions),
    }


@dataclass(frozen=True, kw_only=True)
class _Lines:
    """Where loans are taken up (`places`), the portions beyond, and what is replaced of all."""

    places: ir.Table
    left: ir.Table
    replaced: ir.Table


def _lines(lake: Lake, done: Settlement, changed: ir.Table, policy: Policy, duck: Duck) -> _Lines:
    """Find where the lines of loans that change from a day on can be taken up."""
    few = changed.select("loan_no")
    rows = facts.rows(lake, done.key, done.versions, duck, SETTLED, among=few)
    rows = rows.filter(rows.read_until == ibis.literal(ALWAYS)).select(*ROWS)
    rows = duck.keep("touched-rows", [rows])
    begins = begun(rows, changed)
    if policy.overdue.tolerance:  # within it the money before may settle what ends beyond
        begins = begins.limit(0)
    begins = duck.keep("begun", [begins])
    left = duck.keep("left", [beyond(rows, begins)])
    anew = rows.anti_join(begins, "loan_no").mutate(begins=ibis.literal(0, "int64"))
    replaced = left.union(anew.select(*left.columns)).rename(kept_to="begins")
    return _Lines(
        places=duck.keep("places", [places(begins, left)]),
        left=left,
        replaced=replaced.select(*REPLACED_PORTIONS.names).distinct(),
    )


def _to_settle(
    book: facts.Tables, changed: ir.Table, lines: _Lines, done: Settlement, duck: Duck
) -> dict[str, ir.Table]:
    """Return what is to be settled: all of some loans, of others what lies beyond."""
    anew = changed.anti_join(lines.places, "loan_no").select("loan_no", "rescheduled")
    anew = duck.keep("anew", [anew])
    nameless = {"payment_id": ibis.null("string"), "reverses": ibis.null("string")}
    parts = {
        "loans": [
            book.among("loans", anew.select("loan_no")),
            lines.places.select("loan_no", currency=ibis.null("string")),
        ],
        "instalments": [
            book.among("instalments", anew.filter(~anew.rescheduled).select("loan_no")),
            book.after("instalments", done.facts_version).semi_join(
                anew.filter(anew.rescheduled), "loan_no"
            ),
            asked(lines.left),
        ],
        "payments": [
            book.among("payments", anew.select("loan_no")),
            book.after("payments", done.facts_version).semi_join(lines.places, "loan_no"),
            received(lines.left).mutate(**nameless),
        ],
    }
    return {
        name: duck.keep(
            f"touched-{name}", [ibis.union(*(part.select(*columns) for part in parts[name]))]
        )
        for name, columns in _RESTS_ON.items()
    }


def _write(
    lake: Lake,
    key: str,
    load: Load,
    policy: Policy,
    duck: Duck,
    *,
    book: Mapping[str, ir.Table],
    parts: Sequence[tuple[int, int]],
    lines: _Lines | None = None,
    progress: Progress,
) -> list[Path]:
    """Settle a few loans after the other, each few into a file; bring forward what is over."""
    over_by = _over_by(load, duck)
    load_no = duck.integer(load.number)
    files = []
    for done, (first, last) in enumerate(parts):
        if done:
            duck.connection.wait()  # what is told of is done
        progress("settle", done, len(parts))
        part = duck.integer(first), duck.integer(last)
        few = {name: _within(book[name], *part) for name in _RESTS_ON}
        settled = settlement(**few, load_no=load_no, policy=policy)
        if lines is not None:
            settled = taken_up(settled, _within(lines.places, *part))
        rows = at_rest(dated(settled, policy.overdue, over_by=over_by))
        files.append(lake.new_file(key))
        duck.begin_to_write(rows, files[-1])
    if over_by is not None:
        rows = at_rest(brought_forward(duck.read(files, SETTLED), over_by=over_by))
        files.append(lake.new_file(key))
        duck.begin_to_write(rows, files[-1])
    duck.connection.wait()
    return files


def _within(rows: ir.Table, first: ir.IntegerScalar, last: ir.IntegerScalar) -> ir.Table:
    return rows.filter(rows.loan_no >= first, rows.loan_no < last)


def _over_by(load: Load, duck: Duck) -> ir.DateScalar | None:
    """Return the day by which portions are brought forward; none where it is not known."""
    on = load.delivered_on
    return duck.day(on - _CLOSED_AFTER) if on and on > EVER + _CLOSED_AFTER else None


def ranges(loans: ir.Table, duck: Duck, *, at_once: int) -> list[tuple[int, int]]:
    """Cut the loans into ranges of loan_no, [from, to), of about so many loans each."""
    first = duck.number(loans.loan_no.min())
    end = duck.number(loans.loan_no.max()) + 1
    parts = round(duck.number(loans.count()) / at_once) or 1
    width = -(-(end - first) // parts)
    return [(start, min(start + width, end)) for start in range(first, end, width)]
