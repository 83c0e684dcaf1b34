"""Expressions that are written once and computed as often as there is something to compute.

On few rows ibis takes ten times as long to write an expression as an engine to compute it, so what
is asked of one loan after another is written for all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import ibis
import ibis.expr.schema as sch
import ibis.expr.types as ir


class Shelf(Protocol):
    """Where intermediate results are put down."""

    def keep(self, name: str, tables: Sequence[ir.Table]) -> ir.Table:
        """Compute tables of one schema, one after another, and return their union, kept."""
        ...


@dataclass(frozen=True, eq=False, kw_only=True)
class Script:
    """Tables to compute in order, each by its name, and then what to answer.

    They read the tables that are `given` when the script is followed. One script is another's equal
    only if it is the same: whoever has written it for an engine knows it again.
    """

    given: Mapping[str, sch.Schema]
    steps: Sequence[tuple[str, ir.Table]]
    answers: Mapping[str, ir.Table]


@dataclass
class Writer:
    """Takes down what a desk would compute."""

    given: dict[str, sch.Schema] = field(default_factory=dict)
    steps: list[tuple[str, ir.Table]] = field(default_factory=list)

    def table(self, name: str, schema: sch.Schema) -> ir.Table:
        """Return a table that will be given."""
        self.given[name] = ibis.schema(
            {column: dtype(nullable=True) for column, dtype in schema.items()}
        )
        return ibis.table(self.given[name], name=name)

    def keep(self, name: str, tables: Sequence[ir.Table]) -> ir.Table:
        """Return a table that will be there: the union of these."""
        first, *others = tables
        self.steps.append((name, first.union(*others) if others else first))
        return ibis.table(first.schema(), name=name)

    def script(self, **answers: ir.Table) -> Script:
        """Return what was taken down, and what it is to answer."""
        return Script(given=self.given, steps=self.steps, answers=answers)
