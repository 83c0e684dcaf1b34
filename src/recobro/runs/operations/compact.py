"""Fold what days have added to the book into few files, and let go of what nobody names."""

from collections.abc import Iterator, Mapping

import ibis.expr.schema as sch
import ibis.expr.types as ir
from django.db import transaction

from recobro.book.models import Close
from recobro.engine.backends.duck import Duck
from recobro.engine.steps.brought_forward import at_rest
from recobro.engine.tables import FACTS, KEYS, SETTLED
from recobro.lake import Lake, replaced_table
from recobro.runs import facts
from recobro.runs.home import Home
from recobro.runs.leftovers import readable
from recobro.runs.models import Load, Settlement
from recobro.runs.operations.settle import KEY_BEGINS, ranges
from recobro.runs.operations.sweep import sweep
from recobro.runs.progress import Progress, silent

FILES = 32
"""Files of a table from which on it is folded: a year of days would be opened at each close."""

_LOANS_IN_A_FILE = 250_000

_ORDER = {**KEYS, "payments": ("loan_no", "paid_on", "payment_id")}
"""How rows lie in a folded file; payments are read by loan."""


def compact(*, home: Home, files: int = FILES, progress: Progress = silent) -> list[str]:
    """Fold each table that lies in more than so many files, and return their names.

    The rows in force stay as they are, in a new version. Versions that neither a published close
    nor the last load names can no longer be read afterwards, and their files go. Raises
    facts.NoFacts, HomeBusy, HomeUnusable, DatabaseUnusable, sweep.BookUnknown.
    """
    with home.keeping("a compaction"), home.writing("a compaction") as scratch:
        sweep(home)
        last = facts.load_of()
        settled = [
            *Settlement.objects.filter(facts_version=last.number, key__startswith=KEY_BEGINS)
        ]
        lake = home.lake
        crowded = [*_crowded(lake, last, settled, files)]
        if not crowded:
            return []
        home.begin(last.number)
        with Duck(scratch / "duck") as duck:
            loans = facts.tables(lake, last.versions, duck)["loans"]
            for number, (holder, table, schema) in enumerate(crowded):
                progress("fold", number, len(crowded))
                folded = _fold(lake, table, holder.versions, schema, duck, loans=loans)
                holder.versions = {**holder.versions, **folded}
        with transaction.atomic():
            last.save(update_fields=["versions"])
            for each in settled:
                each.save(update_fields=["versions"])
            _let_go(last)
        lake.sweep(each.versions for each in readable())
        home.unfinished.unlink()
        return [table for _, table, _ in crowded]


def _let_go(last: Load) -> None:
    """Mark the facts that no published close rests on, and forget their settlements."""
    named = {last.number, *Close.objects.values_list("facts_version", flat=True)}
    Load.objects.exclude(number__in=named).update(readable=False)
    Settlement.objects.exclude(facts_version__in=named).delete()


def _crowded(
    lake: Lake, last: Load, settled: list[Settlement], files: int
) -> "Iterator[tuple[Load | Settlement, str, sch.Schema]]":
    tables: list[tuple[Load | Settlement, str, sch.Schema]] = [
        (last, name, schema) for name, schema in FACTS.items()
    ]
    tables += [(each, each.key, SETTLED) for each in settled]
    for holder, name, schema in tables:
        if max(len(lake.files(each, holder.versions)) for each in (name, replaced_table(name))) > (
            files
        ):
            yield holder, name, schema


def _fold(
    lake: Lake,
    table: str,
    versions: Mapping[str, int],
    schema: sch.Schema,
    duck: Duck,
    *,
    loans: ir.Table,
) -> dict[str, int]:
    """Write the rows in force anew, in order; nothing of them is replaced any more."""
    rows = facts.rows(lake, table, versions, duck, schema)
    written = [
        duck.write(
            part.order_by(*_ORDER[table]) if table in _ORDER else at_rest(part),
            lake.new_file(table),
        )
        for part in _parts(rows, schema, loans, duck)
    ]
    folded = {table: lake.commit(table, written, replace=True)}
    replaced = replaced_table(table)
    if replaced in versions:
        none = duck.read([], facts.replaced_schema(table, schema))
        folded[replaced] = lake.commit(
            replaced, [duck.write(none, lake.new_file(replaced))], replace=True
        )
    return folded


def _parts(rows: ir.Table, schema: sch.Schema, loans: ir.Table, duck: Duck) -> Iterator[ir.Table]:
    """Cut rows by loan, where all are of loans, so that sorting a part fits the memory limit."""
    if "loan_no" not in schema or schema["loan_no"].nullable:
        yield rows
        return
    for first, last in ranges(loans, duck, at_once=_LOANS_IN_A_FILE):
        yield rows.filter(rows.loan_no >= first, rows.loan_no < last)
