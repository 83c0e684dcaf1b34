"""Settlement as a table of the lake: whole once, then only the loans that a load touched."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq
from pyarrow.lib import ArrowException

from recobro.engine.backends.duck import Duck
from recobro.engine.steps.brought_forward import EVER, at_rest, brought_forward, dated
from recobro.engine.steps.settlement import settlement
from recobro.engine.tables import SETTLED
from recobro.lake import Lake, replaced_table
from recobro.policy import Policy
from recobro.runs import facts
from recobro.runs.home import Home
from recobro.runs.models import Load, Settlement
from recobro.runs.progress import Progress, silent

TOUCHED = ibis.schema({"loan_no": "int64"})
"""The loans whose settlement a load changes."""

_RESTS_ON = {
    "loans": ("loan_no", "currency"),
    "instalments": ("loan_no", "n", "due_on", "principal_due", "interest_due", "fees_due"),
    "payments": ("loan_no", "payment_id", "paid_on", "amount", "source", "reverses"),
}
"""The columns that a settlement reads: the others of a big book are a third of the scan."""

LOANS_AT_ONCE = 100_000
"""Loans settled in one go: sorting their money along the line must fit the memory limit."""

_FORM = 3
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
    added, and no file is rewritten. Otherwise, or where a load's list of them is lost, the whole
    book is settled. A new settlement is not saved: it counts once its caller does.
    """
    key = settlement_key(policy)
    done = Settlement.objects.filter(key=key, facts_version__lte=load.number).last()
    if done is not None and done.facts_version == load.number:
        return done
    lake = home.lake
    since = _loads_since(done, load)
    touched = [home.touched_file(each.number) for each in since]
    if done is None or any(each.touches_all for each in since) or not all(map(_legible, touched)):
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


def _legible(file: Path) -> bool:
    try:
        pq.read_metadata(file)
    except (OSError, ArrowException):
        return False
    return True


def _settle_whole(
    lake: Lake, key: str, load: Load, policy: Policy, duck: Duck, *, progress: Progress
) -> dict[str, int]:
    book = facts.tables(lake, load.versions, duck)
    files = _write(lake, key, load, policy, duck, book=book, progress=progress)
    versions = {key: lake.commit(key, files, replace=True)}
    replaced = replaced_table(key)
    if replaced in lake.versions():
        none = _gone(book["loans"].limit(0), load)
        versions[replaced] = lake.commit(
            replaced, [duck.write(none, lake.new_file(replaced))], replace=True
        )
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
    loans = duck.keep("touched", [duck.read(touched, TOUCHED).distinct()])
    book = facts.tables(lake, load.versions, duck)
    kept = {}
    for name, columns in _RESTS_ON.items():
        rows = book.among(name, loans).select(*columns)
        kept[name] = duck.keep(f"touched-{name}", [rows])
    files = _write(lake, key, load, policy, duck, book=kept, progress=progress)
    replaced = replaced_table(key)
    gone = duck.write(_gone(loans, load), lake.new_file(replaced))
    return {
        key: lake.commit(key, files, replace=False),
        # what a settlement of newer facts replaced is no part of this one
        replaced: lake.commit(replaced, [gone], replace=replaced not in done.versions),
    }


def _gone(loans: ir.Table, load: Load) -> ir.Table:
    return loans.select("loan_no", load_no=ibis.literal(load.number, "int32"))


def _write(
    lake: Lake,
    key: str,
    load: Load,
    policy: Policy,
    duck: Duck,
    *,
    book: Mapping[str, ir.Table],
    progress: Progress,
) -> list[Path]:
    """Settle a few loans after the other, each few into a file; bring forward what is over."""
    over_by = _over_by(load)
    files = []
    parts = ranges(book["loans"], duck, at_once=LOANS_AT_ONCE)
    for done, (first, last) in enumerate(parts):
        progress("settle", done, len(parts))
        few = {
            name: book[name].filter(book[name].loan_no >= first, book[name].loan_no < last)
            for name in _RESTS_ON
        }
        settled = settlement(**few, load_no=load.number, policy=policy)
        rows = at_rest(dated(settled, policy.overdue, over_by=over_by))
        files.append(duck.write(rows, lake.new_file(key)))
    if over_by is not None:
        rows = at_rest(brought_forward(duck.read(files, SETTLED), over_by=over_by))
        files.append(duck.write(rows, lake.new_file(key)))
    return files


def _over_by(load: Load) -> date | None:
    """Return the day by which portions are brought forward; none where it is not known."""
    on = load.delivered_on
    return on - _CLOSED_AFTER if on and on > EVER + _CLOSED_AFTER else None


def ranges(loans: ir.Table, duck: Duck, *, at_once: int) -> list[tuple[int, int]]:
    """Cut the loans into ranges of loan_no, [from, to), of about so many loans each."""
    first = duck.number(loans.loan_no.min())
    end = duck.number(loans.loan_no.max()) + 1
    parts = round(duck.number(loans.count()) / at_once) or 1
    width = -(-(end - first) // parts)
    return [(start, min(start + width, end)) for start in range(first, end, width)]
