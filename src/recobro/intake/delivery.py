"""A delivery, from its files to staged tables, findings and an account: the table of contents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import ibis

from recobro.intake.account import Account, Sums, account, faulty_sums, sound_sums
from recobro.intake.desk import Book, Desk
from recobro.intake.duplicates import copies
from recobro.intake.orphans import orphaned
from recobro.intake.parquet import ROW
from recobro.intake.references import left_behind, resolved
from recobro.intake.refusals import DeliveryRefused, reading
from recobro.intake.screening import screen
from recobro.intake.source import Raw, sources
from recobro.intake.tables import CONTRACTS
from recobro.intake.translate import translated
from recobro.intake.vanished import refuse_losses
from recobro.terms.codes import DeliveryKind
from recobro.terms.refusal import Listing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    import ibis.expr.types as ir

    from recobro.intake.contract import Contract, Sieve
    from recobro.intake.mapping import Mapping as FileMapping

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Taken:
    """One table of a delivery, taken in.

    `path`: Parquet with the columns of engine.tables.FACTS, in the table's order; in a full
    delivery with the `kept` rows of earlier schedules whose new ones were rejected. A
    table that a full delivery does not bring is here if references of it were emptied: all its rows
    are kept. `fingerprint` is the same for the same rows, whatever their order or load.
    """

    table: str
    file: str
    path: Path
    account: Account
    kept: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a delivery brought; nothing of it is in the book yet.

    `findings`: one Parquet file, `codes` how many of each code it holds. `orphans`: by table, a
    Parquet file with `load_no` and `row` of the rows of the book to drop. `vanished`: how many
    loans leave the book.
    """

    kind: DeliveryKind
    delivered_on: date | None
    tables: Mapping[str, Taken]
    findings: Path
    codes: Mapping[str, int]
    orphans: Mapping[str, Path]
    vanished: int

    @property
    def rejected(self) -> int:
        """How many delivered rows were rejected."""
        return sum(taken.account.rejected for taken in self.tables.values())


class KeyColumnMissing(DeliveryRefused):
    """A file lacks a column of its table's key."""

    says = (
        "{file} has no column {columns}, which tells its rows apart. Nothing was changed. Add it, "
        "or give a mapping if it has another name."
    )

    def __init__(self, file: str, columns: list[str]) -> None:
        super().__init__(file=file, columns=Listing(columns))


def read(
    path: Path,
    *,
    connection: Any,  # noqa: ANN401  an ibis DuckDB backend; ibis is untyped
    current: Book,
    staging: Path,
    load_no: int,
    kind: str = DeliveryKind.FULL,
    mapping: FileMapping | None = None,
    delivered_on: date | None = None,
    accept_drop: int | None = None,
    first_loan_no: int | None = None,
    progress: Progress | None = None,
) -> Delivery:
    """Read a delivery into the staging folder, which becomes its own; the book is not touched.

    `current` is the book as it stands. `mapping` translates an extract of another shape. New loans
    are numbered from `first_loan_no`, else after the book's highest. `progress` hears of each
    table: its name, how many are done, of how many.
    The connection keeps insertion order (its default); limits of memory and threads are its
    owner's. Raises DeliveryRefused, one class for each reason.
    """
    staging.mkdir(parents=True, exist_ok=True)
    desk = Desk(
        connection=connection,
        staging=staging,
        kind=DeliveryKind(kind),
        load_no=load_no,
        current=current,
        on=delivered_on,
        first_loan_no=first_loan_no,
    )
    found = sources(path, desk) if mapping is None else translated(path, mapping, desk)
    _require_keys(found)
    desk.brings = frozenset(found)
    taken, vanished = _take_all(found, desk, accept_drop=accept_drop, progress=progress)
    desk.on = delivered_on or _told_date(desk)
    for name in found:
        _remark(CONTRACTS[name], desk, found[name].file)
    findings = staging / "findings.parquet"
    codes = desk.findings.write(findings)
    orphans = {
        name: desk.write(rows.select("load_no", "row").distinct(), f"{name}.dropped")
        for name, rows in desk.orphans.items()
    }
    desk.sweep({*orphans.values(), *(table.path for table in taken.values())})
    return Delivery(desk.kind, desk.on, taken, findings, codes, orphans, vanished)


def _require_keys(found: Mapping[str, Raw]) -> None:
    for name, raw in found.items():
        missing = [column for column in CONTRACTS[name].key if column not in raw.rows.columns]
        if missing:
            raise KeyColumnMissing(raw.file, missing)


def _take_all(
    found: Mapping[str, Raw], desk: Desk, *, accept_drop: int | None, progress: Progress | None
) -> tuple[dict[str, Taken], int]:
    """Take the tables in, parents first; return them, and how many loans leave the book."""
    taken: dict[str, Taken] = {}
    for number, (name, contract) in enumerate(CONTRACTS.items()):
        if progress:
            progress(name, number, len(CONTRACTS))
        if name in found:
            with reading(found[name].file):
                taken[name] = _take(found[name], contract, desk)
        else:
            orphaned(contract, desk)
            rows = left_behind(contract, desk)
            if rows is not None:
                taken[name] = _kept(rows, contract, desk)
    files = {name: raw.file for name, raw in found.items()}
    return taken, refuse_losses(desk, files=files, accept_drop=accept_drop)


def _take(raw: Raw, contract: Contract, desk: Desk) -> Taken:
    """Take one table: screen its rows, sift them, add what the book knows, and balance."""
    _warn_of_columns(raw, contract, desk)
    rows = screen(raw, contract, desk)
    sound = sound_sums(rows, contract, desk)
    rows, fallen = _sift(rows, contract, desk, raw.file)
    rows = contract.complete(rows, desk) if contract.complete else rows
    desk.accept(contract.name, rows)
    rows = resolved(rows, contract, desk, file=raw.file)
    path, rows = desk.settle(rows, contract.name)
    desk.accept(contract.name, rows)
    accepted = sound_sums(desk.own(rows), contract, desk)
    balance = account(
        contract,
        read=desk.count(raw.rows),
        sound=sound,
        fallen=fallen,
        faulty=faulty_sums(contract, desk),
        accepted=accepted,
    )
    kept = desk.count(rows) - accepted.rows
    return Taken(contract.name, raw.file, path, balance, kept, _fingerprint(rows, desk))


def _kept(rows: ir.Table, contract: Contract, desk: Desk) -> Taken:
    """Take a table of the book as it will stand, which nobody delivered."""
    path, rows = desk.settle(desk.keep(rows, contract.name), contract.name)
    desk.restate(contract.name, rows)
    nothing = Account(read=0, accepted=0, rejected=0, money={}, unreadable=0)
    return Taken(contract.name, "", path, nothing, desk.count(rows), _fingerprint(rows, desk))


def _warn_of_columns(raw: Raw, contract: Contract, desk: Desk) -> None:
    for column in sorted({*raw.rows.columns} - {*contract.columns, ROW}):
        unused = [name for name in contract.columns if name not in raw.rows.columns]
        allowed = ", ".join(unused) or "none is missing"
        desk.findings.add(
            "unknown-column", table=contract.name, file=raw.file, value=column, allowed=allowed
        )


def _sift(rows: ir.Table, contract: Contract, desk: Desk, file: str) -> tuple[ir.Table, Sums]:
    """Pass rows through the table's sieves; return those that stay and the sums of the others."""
    fallen = Sums(0, {})
    sieves: tuple[Sieve, ...] = (partial(copies, contract, file), *contract.sieves)
    for sieve in sieves:
        told = [
            desk.findings.report(verdict, table=contract.name, file=file)
            for verdict in sieve(rows, desk)
        ]
        falling = [found.select("row") for found in told if found is not None]
        if not falling:
            continue
        gone = ibis.union(*falling)
        lost = desk.keep(rows.semi_join(gone, "row"), contract.name)
        fallen = fallen.plus(sound_sums(lost, contract, desk))
        desk.turn_away(contract.name, lost, contract.key_at_rest)
        rows = desk.keep(contract.ordered(rows.anti_join(gone, "row")), contract.name)
    return rows, fallen


def _remark(contract: Contract, desk: Desk, file: str) -> None:
    rows = desk.accepted[contract.name]
    for remark in contract.remarks:
        for verdict in remark(desk.own(rows), desk):
            desk.findings.report(verdict, table=contract.name, file=file)


def _told_date(desk: Desk) -> date | None:
    """Return the latest day that the delivered loans name as that of their delivery."""
    loans = desk.accepted.get("loans")
    return None if loans is None else desk.one(loans.delivered_on.max())


def _fingerprint(rows: ir.Table, desk: Desk) -> str:
    content = {name: rows[name] for name in rows.columns if name not in {"load_no", "row"}}
    total = ibis.struct(content).hash().cast("decimal(38, 0)").sum().fill_null(0)
    return f"{desk.count(rows)}:{int(desk.one(total)):x}"
