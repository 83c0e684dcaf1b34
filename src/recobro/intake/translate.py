"""A foreign extract through its mapping: each table as a query over the source files."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import ibis

from recobro.engine.sql import literal, quoted
from recobro.engine.tables import FACTS
from recobro.intake import csv, parquet, workbook
from recobro.intake.desk import Desk
from recobro.intake.layout import form_of
from recobro.intake.parquet import ROW
from recobro.intake.refusals import DeliveryRefused, is_of_engine, plain
from recobro.intake.source import DeliveryMissing, Raw, refuse_odd
from recobro.terms.refusal import Listing, Phrase

if TYPE_CHECKING:
    from pathlib import Path

    import ibis.expr.types as ir

    from recobro.intake.mapping import MappedColumn, MappedTable, Mapping


class SourceMissing(DeliveryRefused):
    """The delivery lacks a file, or a sheet, that the mapping reads."""

    says = (
        "{mapping} reads {source!r}, but there is only: {there}. Nothing was changed. Deliver the "
        "file, or correct the mapping."
    )

    def __init__(self, mapping: str, source: str, there: list[str]) -> None:
        found = Listing(there) or Phrase("nothing")
        super().__init__(mapping=mapping, source=source, there=found)


class SourceTwice(DeliveryRefused):
    """Two files of the delivery have the name of one source."""

    says = (
        "{files} are both the source {source!r}. Nothing was changed. Deliver one of them, or name "
        'it in the mapping: [files.{source}] file = "…".'
    )

    def __init__(self, source: str, files: list[str]) -> None:
        super().__init__(files=reduce(_and, files), source=source)


def _and(some: str, more: str) -> str:
    return Phrase("{some} and {more}", some=some, more=more)


class MappingFailed(DeliveryRefused):
    """A table's query could not be run over the delivered files."""

    says = (
        "The mapping of {table} does not fit this delivery: {reason}. Nothing was changed. Correct "
        "the mapping; its queries see the delivered files and nothing else."
    )

    def __init__(self, table: str, reason: str) -> None:
        super().__init__(table=table, reason=reason)


def translated(path: Path, mapping: Mapping, desk: Desk) -> dict[str, Raw]:
    """Return the tables that a mapping makes of a delivery, parents first.

    Where the mapping does not hand on the row of its source (`_row`), rows are numbered as they
    come. Raises SourceMissing, SourceTwice, MappingFailed, Unreadable.
    """
    wanted = sorted(set().union(*(table.sources for table in mapping.tables.values())))
    spill = str(desk.staging / "spill")
    bench = Desk.beside(desk, ibis.duckdb.connect(temp_directory=spill))
    files = _open(path, wanted, mapping, bench)
    _seal(bench, desk)
    made = {}
    for table in (name for name in FACTS if name in mapping.tables):
        mapped, target = mapping.tables[table], desk.path(f"{table}.mapped")
        _copy(query(mapped), target, table, bench)
        file = files[mapped.source] if mapped.source else f"{mapping.name}, {table}"
        desk.files.add(target)
        rows = _numbered(target, table, file, desk)
        made[table] = Raw(table, file, rows, of_workbook=path.is_file())
    bench.connection.disconnect()
    for kept in bench.files:
        kept.unlink()
    return made


def _copy(select: str, target: Path, table: str, bench: Desk) -> None:
    try:
        bench.connection.raw_sql(f"COPY (\n{select}\n) TO {literal(str(target))} (FORMAT parquet)")
    except Exception as error:
        if not is_of_engine(error):
            raise
        raise MappingFailed(table, plain(error)) from error


def _numbered(target: Path, table: str, file: str, desk: Desk) -> ir.Table:
    schema = parquet.schema_of(target, desk)
    row = ROW if ROW in schema else None
    if row and not schema[row].is_integer():
        raise MappingFailed(table, Phrase("its {column} is no whole number", column=ROW))
    name = f"mapped {table}"
    return parquet.numbered(target, desk, schema=schema, file=file, name=name, row=row)


def _open(path: Path, wanted: list[str], mapping: Mapping, bench: Desk) -> dict[str, str]:
    """Make each source a view of its name, all as text; return the names of their files."""
    files = {}
    for source in wanted:
        if path.is_dir():
            file = _find(path, source, mapping)
            name, rows = file.name, _rows(file, form_of(mapping, source), bench)
        else:
            name, rows = f"{path.name}, sheet {source}", _sheet(path, source, mapping, bench)
        bench.publish(source, rows)
        files[source] = name
    return files


def _find(path: Path, source: str, mapping: Mapping) -> Path:
    told = mapping.files[source].file if source in mapping.files else None
    there = sorted(file for file in path.iterdir() if file.is_file())
    fits = [
        f for f in there if f.name == told or (told is None and f.stem.lower() == source.lower())
    ]
    if not fits:
        raise SourceMissing(mapping.name, told or source, [file.name for file in there])
    if len(fits) > 1:
        raise SourceTwice(source, [file.name for file in fits])
    refuse_odd(fits[0], path)
    return fits[0]


def _rows(file: Path, form: csv.Format, bench: Desk) -> ir.Table:
    if file.suffix.lower() == ".parquet":
        return parquet.rows(file, bench)
    return csv.rows(file, bench, form)


def _sheet(path: Path, source: str, mapping: Mapping, bench: Desk) -> ir.Table:
    if path.suffix.lower() != ".xlsx" or not path.is_file():
        raise DeliveryMissing(path)
    with workbook.opened(path) as book:
        names = {name.strip().lower(): name for name in book.sheet_names}
        if source.lower() not in names:
            raise SourceMissing(mapping.name, source, sorted(names))
        return workbook.rows(book, names[source.lower()], path, bench)


def _seal(bench: Desk, desk: Desk) -> None:
    """From here on the connection reaches the staged sources and nothing else."""
    run = bench.connection.raw_sql
    for setting in ("memory_limit", "threads"):
        (value,) = desk.connection.raw_sql(f"SELECT current_setting('{setting}')").fetchone()
        run(f"SET {setting} = {literal(str(value))}")
    allowed = ", ".join(literal(str(path)) for path in bench.sizes.values())
    run(f"SET allowed_paths = [{allowed}]")
    run(f"SET allowed_directories = [{literal(str(desk.staging))}]")
    run("SET enable_external_access = false")
    run("SET lock_configuration = true")


def query(table: MappedTable) -> str:
    """Return the query that makes a table of the contract."""
    if table.sql is not None:
        return table.sql.strip().removesuffix(";")
    columns = {ROW: ROW} | {name: _expression(c) for name, c in table.columns.items()}
    chosen = ", ".join(f'{told} AS "{name}"' for name, told in columns.items())
    where = f"WHERE {table.where}" if table.where else ""
    return f"SELECT {chosen} FROM {quoted(table.source or '')} {where}"  # noqa: S608  run where it can do no harm


def _expression(column: MappedColumn) -> str:
    """Write a column in SQL; text that does not fit stays as it is, for the checks to name."""
    text = f"trim(CAST(({column.expression}) AS VARCHAR))"
    if column.thousands:
        text = f"replace({text}, {literal(column.thousands)}, '')"
    if column.decimal:
        text = f"replace({text}, {literal(column.decimal)}, '.')"
    if column.date:
        day = f"strftime(try_strptime({text}, {literal(column.date)}), '%Y-%m-%d')"
        text = f"coalesce({day}, {text})"
    if column.values:
        cases = " ".join(f"WHEN {literal(k)} THEN {literal(v)}" for k, v in column.values.items())
        text = f"CASE {text} {cases} ELSE {text} END"
    return text
