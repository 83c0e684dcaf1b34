"""One key, one row: a copy is rejected, a contradiction refuses the delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from recobro.intake.findings import Verdict
from recobro.intake.refusals import DeliveryRefused

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from recobro.intake.contract import Contract
    from recobro.intake.desk import Desk


class KeyConflict(DeliveryRefused):
    """Two rows have the same key and say different things."""

    def __init__(self, table: str, key: str, rows: tuple[int, int], conflicts: int) -> None:
        super().__init__(
            f"{table}: rows {rows[0]} and {rows[1]} have the same key ({key}) and differ; "
            f"there are {conflicts} such keys. Nothing was changed. "
            "Deliver one row for each key."
        )


def copies(contract: Contract, rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Reject every row that says the same as an earlier one.

    Raises KeyConflict.
    """
    key = list(contract.key_at_rest)
    found = _neighbours(rows, key) if contract.order == contract.key_at_rest else _often(rows, key)
    suspects = desk.keep(found, f"{contract.name}.doubles")
    if not desk.count(suspects):
        return []
    doubles = rows.semi_join(suspects, key)
    content = [name for name in rows.columns if name not in {"load_no", "row"}]
    said = doubles.group_by(content).agg(first=doubles.row.min(), last=doubles.row.max())
    _refuse_conflict(said, key, contract, desk)
    value = ibis.literal(", ").join([said[name].cast("string") for name in key])
    first = said.filter(said.first < said.last).mutate(value=value)
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


def _refuse_conflict(said: ir.Table, key: list[str], contract: Contract, desk: Desk) -> None:
    rows = said.group_by(key).having(ibis._.count() > 1)
    rows = rows.agg(one=said.first.min(), other=said.first.max()).order_by("one")
    conflicts = desk.count(rows)
    if conflicts:
        first = desk.fetch(rows.limit(1))[0]
        names = ", ".join(f"{name} {first[name]}" for name in key)
        raise KeyConflict(contract.name, names, (first["one"], first["other"]), conflicts)
