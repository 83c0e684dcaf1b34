"""What the contract says of one table: its columns, parents, rules, and what is special to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import ibis.expr.types as ir

    from recobro.intake.desk import Desk
    from recobro.intake.findings import Verdict
    from recobro.intake.types import Type

    Sieve = Callable[[ir.Table, Desk], list[Verdict]]
    """Rows of a table that fall through although each of their cells is sound."""
    Remark = Callable[[ir.Table, Desk], list[Verdict]]
    """What is odd about accepted rows: a warning."""
    Completion = Callable[[ir.Table, Desk], ir.Table]
    """The accepted rows with what the book itself adds to them."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a delivered table; empty cells take the default, or another column's cell."""

    type: Type
    required: bool = True
    default: str | None = None
    default_from: str | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """A column that must name a row of another table."""

    column: str
    table: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What rejects a row whose cells are each readable; the finding stands at the column."""

    code: str
    column: str
    broken: Callable[[ir.Table], ir.BooleanValue]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contract:
    """One table of a delivery.

    `key` and `columns` bear the names of the files; `order` is how rows lie at rest. `money` are
    the columns that are added up to account for every amount. `references` may name a row that is
    not there: the value is emptied then.
    """

    name: str
    key: tuple[str, ...]
    order: tuple[str, ...]
    columns: Mapping[str, Column]
    parents: tuple[Parent, ...] = ()
    references: tuple[Parent, ...] = ()
    money: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    sieves: tuple[Sieve, ...] = ()
    complete: Completion | None = None
    remarks: tuple[Remark, ...] = field(default=())

    @property
    def of_a_loan(self) -> bool:
        """Whether its rows belong to loans and bear their number."""
        return any(parent.table == "loans" for parent in self.parents)

    @property
    def key_at_rest(self) -> tuple[str, ...]:
        """The key's columns as they are called in the book."""
        return tuple("loan_no" if n == "loan_id" and self.of_a_loan else n for n in self.key)

    def ordered(self, rows: ir.Table) -> ir.Table:
        """Return rows in the table's order, as far as its columns are known yet."""
        known = [name for name in self.order if name in rows.columns]
        return rows.order_by(*known) if known else rows
