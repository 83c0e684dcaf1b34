"""The rows of one delivered table that can be read, and what is wrong with the others."""

from __future__ import annotations

from functools import cache, partial, reduce
from operator import and_
from typing import TYPE_CHECKING, NamedTuple

import ibis

from recobro.engine.tables import FACTS
from recobro.intake.desk import named, units_of
from recobro.intake.faults import faulty, is_fine, named_cell, problem, record
from recobro.intake.parents import joined, look_up
from recobro.intake.parquet import ROW
from recobro.intake.types import NO, YES, with_result

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from recobro.intake.contract import Column, Contract
    from recobro.intake.desk import Desk
    from recobro.intake.source import Raw


class Screening(NamedTuple):
    """How a table is screened: steps that rest on each other, the sound rows, and the others."""

    steps: tuple[tuple[str, ir.Table], ...]
    sound: ir.Table
    faulty: ir.Table


def screen(raw: Raw, contract: Contract, desk: Desk) -> ir.Table:
    """Read every cell of a table, look up its parents, and apply the rules of a single row.

    Returns the sound rows in the table's order, which lack only what the book itself adds. Each
    faulty cell becomes a finding; the faulty rows lie on the desk.
    """
    delivered = raw.rows.mutate(load_no=ibis.literal(desk.load_no, "int32"))
    desk.name(f"delivered {contract.name}", delivered)
    look_up(contract, desk)
    screening = _screening(contract, delivered.schema(), of_workbook=raw.of_workbook)
    for name, rows in screening.steps:
        desk.name(name, rows)
    kept = desk.keep(screening.sound, contract.name)
    if desk.count(kept) < desk.count(raw.rows):
        record(screening.faulty, contract, desk, file=raw.file)
    return kept


@cache
def _screening(contract: Contract, delivered: ibis.Schema, *, of_workbook: bool) -> Screening:
    """Write the screening of a table that is delivered in these columns; it is long, so once."""
    raw = named(f"delivered {contract.name}", delivered)
    steps = [(f"{contract.name} cells", _cells(raw, contract))]
    readings = partial(_readings, of_workbook=of_workbook)
    for then, name in ((_looked_up, "looked up"), (readings, "readings")):
        last, rows = steps[-1]
        steps.append((f"{contract.name} {name}", then(named(last, rows.schema()), contract)))
    last, rows = steps[-1]
    read = _rules(named(last, rows.schema()), contract)
    fine = reduce(and_, (read[is_fine(name)] for name in contract.columns))
    sound = read.filter(fine)
    columns = {n: sound[n].cast(t) for n, t in FACTS[contract.name].items() if n in sound.columns}
    kept = contract.ordered(sound.select(**columns))
    return Screening(tuple(steps), kept, faulty(read.filter(~fine.fill_null(NO)), contract))


def _cells(raw: ir.Table, contract: Contract) -> ir.Table:
    cells = {named_cell(name): _as_cell(raw, name, contract) for name in contract.columns}
    return raw.select(load_no=raw.load_no, row=raw[ROW], **cells)


def _looked_up(cells: ir.Table, contract: Contract) -> ir.Table:
    cells = joined(cells, contract)
    if "currency" in contract.columns:
        return cells.mutate(units=units_of(cells[named_cell("currency")]))
    return cells if contract.of_a_loan else cells.mutate(units=ibis.null("int16"))


def _readings(cells: ir.Table, contract: Contract, *, of_workbook: bool) -> ir.Table:
    """Return each column's cell, its value, whether it is fine, and its problem."""
    known = {p.column: cells[f"known_{p.column}"].fill_null(NO) for p in contract.parents}
    columns = {}
    for name, column in contract.columns.items():
        cell = cells[named_cell(name)]
        read = column.type.read(cell, cells.units)
        read = with_result(cell, read) if of_workbook else read
        there = known.get(name, YES)
        fine = read.sound & there
        columns[name] = read.value
        columns[is_fine(name)] = fine if column.required else cell.isnull() | fine
        columns[problem(name)] = ibis.cases(
            (cell.isnull(), "missing-value" if column.required else ibis.null("string")),
            (~there, "parent-missing"),
            else_=read.problem,
        )
    return cells.mutate(**columns)


def _as_cell(rows: ir.Table, name: str, contract: Contract) -> ir.Value:
    """Return a column stripped, empty where blank, with its default; native where that is read."""
    column = contract.columns[name]
    cell = _stripped(rows, name, column)
    if column.default is not None:
        return cell.fill_null(ibis.literal(column.default).cast(cell.type()))
    if column.default_from is not None:
        return cell.coalesce(_stripped(rows, column.default_from, column))
    return cell


def _stripped(rows: ir.Table, name: str, column: Column) -> ir.Value:
    if name not in rows.columns:
        return ibis.null("string")
    cell = rows[name]
    if isinstance(cell.type(), column.type.native):
        return cell
    if cell.type().is_timestamp():
        cell = cell.cast("string").re_replace(r" 00:00:00(\.0+)?$", "")
    return cell.cast("string").strip().nullif("")


def _rules(read: ir.Table, contract: Contract) -> ir.Table:
    for rule in contract.rules:
        fine, place = read[is_fine(rule.column)], read[problem(rule.column)]
        broken = rule.broken(read).fill_null(NO)
        read = read.mutate(
            **{
                is_fine(rule.column): fine & ~broken,
                problem(rule.column): place.coalesce(ibis.cases((broken, rule.code))),
            }
        )
    return read
