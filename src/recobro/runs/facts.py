"""The facts at one version, opened by a backend."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

import ibis
import ibis.expr.schema as sch
import ibis.expr.types as ir
import pyarrow.parquet as pq

from recobro.engine.close import Facts
from recobro.engine.tables import FACTS, PORTIONS, REPLACED_BY
from recobro.lake import Lake, current, replaced_table
from recobro.lake.lake import Versions
from recobro.runs.models import Load, Settlement
from recobro.terms.refusal import Refusal


class Reader(Protocol):
    """What a backend must do to read the book."""

    def read(self, files: Sequence[str | Path], schema: sch.Schema) -> ir.Table:
        """Return the rows of Parquet files."""
        ...


class NoFacts(Refusal):
    """The facts of a version do not exist."""

    def __init__(self, version: int | None) -> None:
        named = "Nothing has been loaded yet" if version is None else f"There is no load {version}"
        super().__init__(f"{named}. Load a delivery first: recobro load PATH")


class FactsGone(Refusal):
    """The facts of a version have been let go of."""

    def __init__(self, version: int) -> None:
        super().__init__(
            f"The facts after load {version} are no longer in the lake: no published close names "
            "them, and recobro compact let them go. Name another load (recobro loads), or restore "
            "the bank's folder from an older backup."
        )


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
    of: ir.Table | None = None,
) -> ir.Table:
    """Return the rows in force of a table of the lake, in the columns of a schema.

    With `of` those of some loans (loan_no): few rows are then looked up among the replaced ones.
    """
    stored = reader.read(lake.files(table, versions), schema)
    if of is not None:
        stored = stored.semi_join(of, "loan_no")
    return current(stored, _replaced(lake, table, versions, reader, schema))


def tables(lake: Lake, versions: Versions, reader: Reader) -> Mapping[str, ir.Table]:
    """Return the rows in force of every table of facts, each opened when it is asked for."""
    return _Tables(lambda name: rows(lake, name, versions, reader, FACTS[name]))


def portions(lake: Lake, settled: Settlement, reader: Reader) -> ir.Table:
    """Return the portions of a settlement (PORTIONS)."""
    return rows(lake, settled.key, settled.versions, reader, PORTIONS)


def close_facts(lake: Lake, load: Load, settled: Settlement, reader: Reader) -> Facts:
    """Return what a close reads: the facts of a load and their settlement."""
    book = tables(lake, load.versions, reader)
    return Facts(
        loans=book["loans"],
        borrowers=book["borrowers"],
        portions=portions(lake, settled, reader),
        restructurings=book["restructurings"],
        judgements=book["judgements"],
    )


class _Tables(Mapping[str, ir.Table]):
    """Tables of facts by name: few runs need all of them, and opening one costs a while."""

    def __init__(self, opened: Callable[[str], ir.Table]) -> None:
        self._opened = cache(opened)

    def __getitem__(self, name: str) -> ir.Table:
        return self._opened(name)

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
    key = REPLACED_BY.get(table, ("loan_no",))
    return ibis.schema({name: schema[name] for name in (*key, "load_no")})
