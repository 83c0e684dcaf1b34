"""One key, one row: a copy is rejected, a contradiction refuses the delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from recobro.intake.faults import named_said
from recobro.intake.findings import Verdict
from recobro.intake.refusals import DeliveryRefused

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from recobro.intake.contract import Contract
    from recobro.intake.desk import Desk


class KeyConflict(DeliveryRefused):
    """Two rows have the same key and say different things."""

    says = (
        "{file}: rows {one} and {other} have the same key ({key}) and differ; there are "
        "{conflicts} such keys. Nothing was changed. Deliver one row for each key."
    )

    def __init__(self, file: str, key: str, rows: tuple[int, int], conflicts: int) -> None:
        one, other = map(str, rows)
        super().__init__(file=file, one=one, other=other, key=key, conflicts=conflicts)


def copies(contract: Contract, file: str, rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Reject every row that says the same as an earlier one.

    Faulty rows that say the same are rejected anyway, each for what is wrong with it. Raises
    KeyConflict, also where a row of the key, or each, is faulty.
    """
    key = list(contract.key_at_rest)
    if contract.name in desk.faulty:
        _refuse_conflict(_contradicted(rows, contract, desk), contract, desk, file)
        _refuse_conflict(_all_faulty(contract, desk), contract, desk, file)
    found = _neighbours(rows, key) if contract.order == contract.key_at_rest else _often(rows, key)
    suspects = desk.keep(found, f"{contract.name}.doubles")
    if not desk.count(suspects):
        return []
    doubles = rows.semi_join(suspects, key)
    content = [name for name in rows.columns if name not in {"load_no", "row"}]
    said = doubles.group_by(content).agg(first=doubles.row.min(), last=doubles.row.max())
    _refuse_conflict(_different(said, key), contract, desk, file)
    first = _as_delivered(said.filter(said.first < said.last), contract, desk)
    first = first.mutate(
        value=ibis.literal(", ").join([first[k].cast("string") for k in contract.key])
    )
    same = doubles.rename(double="row").join(first.select("value", "first", *key), key)
    fallen = same.filter(same.double != same.first)
    return [Verdict("duplicate-row", fallen.select("value", "first", row=fallen.double))]


def _neighbours(rows: ir.Table, key: list[str]) -> ir.Table:
    """Return the keys that stand twice in rows sorted by their key: no sort, no memory."""
    beside = rows.mutate(**{f"before_{name}": rows[name].lag() for name in key})
    same = [beside[name] == beside[f"before_{name}"] for name in key]
    return beside.filter(*same).select(*key).distinct()


def _often(rows: ir.Table, key: list[str]) -> ir.Table:
    """Return the keys that stand twice, or whose hashes do: those are small to count."""
    hashed = rows.select(*key, code=ibis.struct({name: rows[name] for name in key}).hash())
    often = hashed.group_by("code").having(ibis._.count() > 1).agg(n=ibis._.count())
    return hashed.semi_join(often, "code").select(*key).distinct()


def _different(said: ir.Table, key: list[str]) -> ir.Table:
    """Return the keys of which several things are said, and the first rows of two of them."""
    conflicts = said.group_by(key).having(ibis._.count() > 1)
    return conflicts.agg(one=said.first.min(), other=said.first.max())


def _all_faulty(contract: Contract, desk: Desk) -> ir.Table:
    """Return the keys of faulty rows that differ, with two of the rows."""
    faulty = desk.faulty[contract.name]
    said = faulty.select("row", **{name: faulty[named_said(name)] for name in contract.columns})
    key = list(contract.key)
    said = said.drop_null(key)
    doubles = said.semi_join(_often(said, key), key)
    contents = doubles.group_by([*contract.columns]).agg(first=doubles.row.min())
    return _different(contents, key)


def _contradicted(rows: ir.Table, contract: Contract, desk: Desk) -> ir.Table:
    """Return the keys of sound rows that a faulty one has as well, with the row of each."""
    key = list(contract.key_at_rest)
    faulty = desk.faulty[contract.name]
    cells = {k: faulty.loan_no if k == "loan_no" else faulty[named_said(k)] for k in key}
    faulty = faulty.select(
        faulty_row="row", **{k: cell.cast("string") for k, cell in cells.items()}
    )
    keys = rows.select("row", **{k: rows[k].cast("string") for k in key})
    both = keys.join(faulty, key)
    return (
        both.cast({"loan_no": "int64"} if "loan_no" in key else {})
        .group_by(key)
        .agg(
            one=ibis.least(both.row, both.faulty_row).min(),
            other=ibis.greatest(both.row, both.faulty_row).max(),
        )
    )


def _as_delivered(rows: ir.Table, contract: Contract, desk: Desk) -> ir.Table:
    """Give rows at rest the key's columns as the delivery calls them."""
    if {*contract.key} <= {*rows.columns}:
        return rows
    loans = desk.after("loans")
    return rows.join(loans.select("loan_no", delivered_id=loans.loan_id), "loan_no").rename(
        loan_id="delivered_id"
    )


def _refuse_conflict(conflicts: ir.Table, contract: Contract, desk: Desk, file: str) -> None:
    """Refuse keys that stand in rows `one` and `other`, which differ."""
    number = desk.count(conflicts)
    if number:
        first = conflicts.order_by("one").limit(1)
        told = desk.fetch(_as_delivered(first, contract, desk))[0]
        names = ", ".join(f"{name} {told[name]}" for name in contract.key)
        raise KeyConflict(file, names, (told["one"], told["other"]), number)
