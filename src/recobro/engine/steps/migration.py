"""How loans moved between two closes, by grade or bucket, and how they came and left."""

from typing import Literal

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.steps.tree import rolled_up

NEW, GONE, WRITTEN_OFF = "new", "gone", "written_off"

LEFT: tuple[str, ...] = ("paid", WRITTEN_OFF, "sold", "repossessed", "waived", "closed", GONE)
"""Where a loan goes for good: `gone` is one that the book lacks now, `closed` any other end."""

MIGRATION = ibis.schema(
    {
        "currency": "string",
        "institution_id": "string",  # a node: it stands for its whole subtree
        "by": "string",
        "origin": "string",  # a grade or bucket, `new`, or how it had left and came back
        "destination": "string",  # a grade or bucket, or one of LEFT
        "loans": "int64",
        "opening_principal": "int64",
        "closing_principal": "int64",
    }
)
"""A cell of the matrix; off balance a principal counts 0."""


def migration(
    before: ir.Table, after: ir.Table, above: ir.Table, *, by: Literal["grade", "bucket"]
) -> ir.Table:
    """Return MIGRATION of every loan that is on balance in one of two closes or in both.

    A loan stands at its institution of `after`, or of `before` if it is gone. One whose currency
    was corrected is gone in the old one and new in the other.
    """
    then, now = _places(before, by), _places(after, by)
    same = [(f"then_{name}", name) for name in ("loan_no", "currency")]
    both = then.rename(lambda name: f"then_{name}").outer_join(now, same)
    moved = both.select(
        currency=ibis.coalesce(both.currency, both.then_currency),
        institution_id=ibis.coalesce(both.institution_id, both.then_institution_id),
        by=ibis.literal(by),
        origin=both.then_place.fill_null(NEW),
        destination=both.place.fill_null(GONE),
        on_balance=both.then_on_balance.fill_null(False) | both.on_balance.fill_null(False),  # noqa: FBT003 - ibis takes the value by position
        opening_principal=both.then_principal.fill_null(0),
        closing_principal=both.principal.fill_null(0),
    )
    moved = moved.filter(moved.on_balance)
    cells = _summed(moved.mutate(loans=ibis.literal(1, "int64")))
    return _summed(rolled_up(cells, above)).cast(dict(MIGRATION.items())).select(*MIGRATION.names)


def _summed(rows: ir.Table) -> ir.Table:
    amounts = [name for name, kind in MIGRATION.items() if kind.is_integer()]
    keys = [name for name in MIGRATION.names if name not in amounts]
    return rows.group_by(*keys).aggregate(**{name: total(rows[name]) for name in amounts})


def _places(standings: ir.Table, by: str) -> ir.Table:
    """Say where each loan is: at its grade or bucket, or off the books, and how it left."""
    off = ibis.cases(
        (standings.written_off_on <= standings.as_of, WRITTEN_OFF),
        (standings.closed_as.isin(LEFT), standings.closed_as),
        else_="closed",
    )
    return standings.select(
        "loan_no",
        "currency",
        "institution_id",
        "on_balance",
        place=ibis.ifelse(standings.on_balance, standings[by], off),
        principal=ibis.ifelse(
            standings.on_balance, standings.outstanding_principal, ibis.literal(0, "int64")
        ),
    )
