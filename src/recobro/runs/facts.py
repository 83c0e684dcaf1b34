"""The facts at one version, opened by a backend."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Protocol

import ibis
import ibis.expr.schema as sch
import ibis.expr.types as ir
import pyarrow.parquet as pq

from recobro.engine.close import Facts
from recobro.engine.steps.brought_forward import one_by_one, read_on
from recobro.engine.tables import FACTS, REPLACED_BY, REPLACED_PORTIONS, SETTLED
from recobro.lake import Lake, current, replaced_table
from recobro.lake.lake import Versions
from recobro.runs.models import Load, Settlement
from recobro.terms.refusal import Phrase, Refusal


class Reader(Protocol):
    """What a backend must do to read the book."""

    def read(self, files: Sequence[str | Path], schema: sch.Schema) -> ir.Table:
        """Return the rows of Parquet files."""
        ...

    def day(self, on: date) -> ir.DateScalar:
        """Return a day as expressions name it."""
        ...


class NoFacts(Refusal):
    """The facts of a version do not exist."""

    says = "{told}. Load a delivery first: recobro load PATH"

    def __init__(self, version: int | None) -> None:
        nothing = Phrase("Nothing has been loaded yet")
        other = Phrase("There is no load {number}", number=str(version))
        super().__init__(told=nothing if version is None else other)


class FactsGone(Refusal):
    """The facts of a version have been let go of."""

    says = (
        "The facts after load {version} are no longer in the lake: no published close names them, "
        "and recobro compact let them go. Name another load (recobro loads), or restore the bank's "
        "folder from an older backup."
    )

    def __init__(self, version: int) -> None:
        super().__init__(version=str(version))


def load_of(version: int | None = None) -> Load:
    """Return the load that made a version of the facts, or the newest one.

    Raises NoFacts, FactsGone.
    """
    load = record_of(version)
    if not load.readable:
        raise FactsGone(load.number)
    return load


def record_of(version: int | None = None) -> Load:
    """Return a load, or the newest, whose account and findings stay when its facts are let go.

    Raises NoFacts.
    """
    loads = Load.objects.all() if version is None else Load.objects.filter(number=version)
    load = loads.last()
    if load is None:
        raise NoFacts(version)
    return load


def rows(
    lake: Lake,
    table: str,
    versions: Versions,
    reader: Reader,
    schema: sch.Schema,
    *,
    among: ir.Table | None = None,
    after: int = 0,
) -> ir.Table:
    """Return the rows in force of a table of the lake, in the columns of a schema.

    With `among` those that equal one of its rows in all its columns; those of loads `after` one.
    """
    stored = reader.read(lake.files(table, versions), schema)
    if after:  # told of a file without looking into it
        stored = stored.filter(stored.load_no > after)
    if among is not None:  # few rows are then looked up among the replaced ones
        # A join hands what it looks for down to the scan of the files; a semi-join does not.
        stored = stored.join(among.distinct(), among.columns)
    replaced = _replaced(lake, table, versions, reader, schema)
    if replaced is not None and among is not None and among.columns == ("loan_no",):
        replaced = replaced.semi_join(among, "loan_no")
    return current(stored, replaced)


def tables(
    lake: Lake, versions: Versions, reader: Reader, *, judged: Sequence[Path] = ()
) -> "Tables":
    """Return the rows in force of every table of facts, each opened when it is asked for.

    `judged` are files of what was judged on the pages, which stands beside what was delivered.
    """
    return Tables(lake, versions, reader, judged=judged)


def portions(lake: Lake, settled: Settlement, reader: Reader) -> ir.Table:
    """Return the portions of a settlement (PORTIONS)."""
    return one_by_one(rows(lake, settled.key, settled.versions, reader, SETTLED))


def close_facts(
    lake: Lake,
    load: Load,
    settled: Settlement,
    reader: Reader,
    *,
    on: date | None = None,
    since: date | None = None,
    judged: Sequence[Path] = (),
) -> Facts:
    """Return what a close reads: the facts of a load, their settlement, what people have judged.

    With `on` only what the close of that day asks for is summed up, and what is over by `since` is
    brought forward.
    """
    book = tables(lake, load.versions, reader, judged=judged)
    settlement = partial(rows, lake, settled.key, settled.versions, reader, SETTLED)
    stored = settlement()
    return Facts(
        loans=book["loans"],
        borrowers=book["borrowers"],
        portions=one_by_one(stored),
        lines=None if on is None else read_on(stored, on, since=since, named=reader.day),
        few=lambda loans: one_by_one(settlement(among=loans)),
        restructurings=book["restructurings"],
        judgements=book["judgements"],
    )


class Tables(Mapping[str, ir.Table]):
    """Tables of facts by name: few runs need all of them, and opening one costs a while."""

    def __init__(
        self, lake: Lake, versions: Versions, reader: Reader, *, judged: Sequence[Path] = ()
    ) -> None:
        self._rows = partial(rows, lake, versions=versions, reader=reader)
        self._beside = {"judgements": partial(reader.read, judged)} if judged else {}
        self._opened: dict[str, ir.Table] = {}

    def __getitem__(self, name: str) -> ir.Table:
        if name not in self._opened:
            delivered = self._rows(name, schema=FACTS[name])
            beside = self._beside.get(name)
            self._opened[name] = delivered.union(beside(FACTS[name])) if beside else delivered
        return self._opened[name]

    def among(self, name: str, few: ir.Table) -> ir.Table:
        """Return the rows of a table that equal one of a few in all the columns of these."""
        return self._rows(name, schema=FACTS[name], among=few)

    def after(self, name: str, load_no: int) -> ir.Table:
        """Return the rows of a table that came with loads after one."""
        return self._rows(name, schema=FACTS[name], after=load_no)

    def __contains__(self, name: object) -> bool:
        return name in FACTS

    def __iter__(self) -> Iterator[str]:
        return iter(FACTS)

    def __len__(self) -> int:
        return len(FACTS)


def _replaced(
    lake: Lake, table: str, versions: Versions, reader: Reader, schema: sch.Schema
) -> ir.Table | None:
    files = lake.files(replaced_table(table), versions)
    if not any(pq.read_metadata(file).num_rows for file in files):
        return None
    return reader.read(files, replaced_schema(table, schema))


def replaced_schema(table: str, schema: sch.Schema) -> sch.Schema:
    """Return the columns of the table that lists what of `table` was replaced."""
    if schema == SETTLED:
        return REPLACED_PORTIONS
    key = REPLACED_BY.get(table, ("loan_no",))
    of_loans = "loan_no" in schema and not schema["loan_no"].nullable
    names = dict.fromkeys((*key, *(("loan_no",) if of_loans else ()), "load_no"))
    return ibis.schema({name: schema[name] for name in names})
