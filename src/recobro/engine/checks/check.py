"""What a check is given, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

import ibis
import ibis.expr.types as ir


class Severity(StrEnum):
    """What follows when a check finds something."""

    INVARIANT = "invariant"  # nothing may be published
    WARNING = "warning"  # published with a mark


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """The cells of a bridge, and what was published of its two days.

    `begun` are the standings of the day on which it begins, `figures` those of the close in which
    it ends. `above` is the tree of institutions, each with itself and every node above it.
    """

    cells: ir.Table
    begun: ir.Table
    figures: ir.Table
    above: ir.Table


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A close before it is published, and what it rests on; tables as the steps have them.

    `reversals` are the payments that take others back, apart, because they are few. `above` is the
    tree of institutions, each with itself and every node above it.
    """

    on: date | ir.DateScalar
    loans: ir.Table
    payments: ir.Table
    reversals: ir.Table
    ledger: ir.Table
    standings: ir.Table
    figures: ir.Table
    above: ir.Table


BREAKS = ibis.schema(
    {
        "subject": "string",  # a loan, or a node of the tree
        "currency": "string",
        "item": "string",
        "expected": "int64",
        "found": "int64",
    }
)
"""A row that breaks a check: two numbers that should be one; amounts in minor units."""


Subject = TypeVar("Subject")
"""What a check looks at: the ground of a close, or a bridge."""


@dataclass(frozen=True)
class Check(Generic[Subject]):
    """A check: its name, what follows, what it asks in plain words, and how to find the breaks."""

    name: str
    severity: Severity
    sentence: str
    find: Callable[[Subject], ir.Table]


def differing(
    rows: ir.Table, *, subject: str, item: str | ir.StringValue, expected: str, found: str
) -> ir.Table:
    """Return as BREAKS the rows whose two numbers differ; an empty number differs from any."""
    told = {
        "currency": rows.currency,
        "item": ibis.literal(item) if isinstance(item, str) else item,
        "subject": rows[subject],
        "expected": rows[expected],
        "found": rows[found],
    }
    broken = rows.filter(~rows[expected].identical_to(rows[found]))
    return broken.select(**{name: told[name].cast(dtype) for name, dtype in BREAKS.items()})
