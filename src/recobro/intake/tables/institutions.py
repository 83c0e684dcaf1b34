"""The bank's tree: a row hangs from a parent that is there; one root, no circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from recobro.intake.contract import Column, Contract
from recobro.intake.findings import Verdict
from recobro.intake.refusals import DeliveryRefused
from recobro.intake.types import Code, Text
from recobro.terms.codes import DeliveryKind, InstitutionKind
from recobro.terms.refusal import Listing

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from recobro.intake.desk import Desk

    Tree = Mapping[str, str | None]


class SeveralRoots(DeliveryRefused):
    """More than one institution has no parent."""

    says = (
        "institutions: {roots} all have an empty parent_id. Nothing was changed. Leave it empty "
        "for the head office alone."
    )

    def __init__(self, roots: list[str]) -> None:
        super().__init__(roots=Listing(roots))


class InstitutionsInCircle(DeliveryRefused):
    """An institution is its own ancestor."""

    says = (
        "institutions: {circle} go round in a circle. Nothing was changed. Correct a parent_id; it "
        "is empty for the head office."
    )

    def __init__(self, circle: list[str]) -> None:
        super().__init__(circle=" → ".join(circle))


def cut_off(rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Reject institutions whose parent is missing or was rejected, and all that is below them.

    Raises SeveralRoots, InstitutionsInCircle.
    """
    standing = _tree(desk.before("institutions"), desk) if desk.kind is DeliveryKind.DELTA else {}
    rejected = desk.keys_turned_away("institutions")
    kept = _tree(rows, desk)
    causes: dict[str, str] = {}
    while hanging := _hanging(kept, standing):
        for name in hanging:
            parent = kept.pop(name)
            causes[name] = "parent-rejected" if parent in rejected else "parent-missing"
        rejected |= hanging
    _one_tree(standing | kept)
    return [_verdict(rows, causes, code, desk) for code in sorted(set(causes.values()))]


def _tree(rows: ir.Table, desk: Desk) -> dict[str, str | None]:
    found = desk.fetch(rows.select("institution_id", "parent_id"))
    return {row["institution_id"]: row["parent_id"] for row in found}


def _hanging(kept: Tree, standing: Tree) -> set[str]:
    return {
        name
        for name, parent in kept.items()
        if parent is not None and parent not in kept and parent not in standing
    }


def _one_tree(tree: Tree) -> None:
    roots = sorted(name for name, parent in tree.items() if parent is None)
    if len(roots) > 1:
        raise SeveralRoots(roots)
    sound: set[str] = set()
    for name in sorted(tree):
        path: list[str] = []
        at: str | None = name
        while at is not None and at not in sound:
            if at in path:
                raise InstitutionsInCircle([*path[path.index(at) :], at])
            path.append(at)
            at = tree.get(at)
        sound.update(path)


def _verdict(rows: ir.Table, causes: Mapping[str, str], code: str, desk: Desk) -> Verdict:
    names = [{"institution_id": name} for name, cause in causes.items() if cause == code]
    named = desk.few(names, ibis.schema({"institution_id": "string"}))
    fallen = rows.semi_join(named, "institution_id")
    parts = {"value": fallen.parent_id, "parent": ibis.literal("institutions")}
    return Verdict(code, fallen.select("row", **parts), column="parent_id")


INSTITUTIONS = Contract(
    name="institutions",
    key=("institution_id",),
    order=("institution_id",),
    columns={
        "institution_id": Column(Text()),
        "parent_id": Column(Text(), required=False),
        "name": Column(Text()),
        "kind": Column(Code(tuple(InstitutionKind))),
    },
    sieves=(cut_off,),
)
