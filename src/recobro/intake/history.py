"""Past instalments stay as they were asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from recobro.intake.findings import Verdict
from recobro.terms.codes import DeliveryKind

if TYPE_CHECKING:
    from datetime import date

    import ibis.expr.types as ir

    from recobro.intake.desk import Desk

_ASKED = ("n", "due_on", "principal_due", "interest_due", "fees_due")


def rewritten(rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Find delivered schedules that drop or change an instalment of the book that is past.

    Past is due before the day of the delivery; where that is unknown, before the latest day on
    which loans of the book were delivered, and without either nothing can be said. One finding a
    loan: the first instalment that is not repeated. A full delivery names every loan of
    the book, also those of which it brings no instalment; a schedule that was rejected stays.
    """
    on = _day(desk) if "instalments" in desk.current else None
    if on is None:
        return []
    past = ibis._.due_on < ibis.literal(on)
    named = rows.group_by("loan_no").agg(row=rows.row.min())
    if desk.kind is DeliveryKind.FULL:
        delivered = desk.accepted["instalments"]
        stay = delivered.filter(delivered.load_no != desk.load_no)
        loans = desk.after("loans").select("loan_no").anti_join(stay, "loan_no")
        named = loans.left_join(named, "loan_no").select("loan_no", "row")
    # Kept, so that DuckDB knows how few there are and looks for them in the book, not the reverse.
    named = desk.keep(named, "history.named")
    asked = desk.among("instalments", named.select("loan_no"))
    book = desk.name("past", asked.filter(past))
    now = desk.name("past now", rows.filter(past))
    # Schedules are compared whole by their sums of hashes; only those that differ, row by row.
    both = _digest(book).left_join(_digest(now).rename(now="digest"), "loan_no")
    changed = both.filter(both.now.isnull() | (both.now != both.digest))
    suspects = desk.keep(changed.select("loan_no"), "history")
    if not desk.count(suspects):
        return []
    lost = book.semi_join(suspects, "loan_no").anti_join(
        rows.semi_join(suspects, "loan_no"), ["loan_no", *_ASKED]
    )
    first = lost.group_by("loan_no").agg(due_on=lost.due_on.argmin(lost.n), n=lost.n.min())
    loans = desk.after("loans").select("loan_no", value="loan_id")
    found = first.join(named, "loan_no").join(loans, "loan_no")
    return [Verdict("history-rewritten", found.drop("loan_no"))]


def _day(desk: Desk) -> date | None:
    """Return a day that has come for certain."""
    told: date | None = desk.on or desk.one(desk.before("loans").delivered_on.max())
    return told


def _digest(rows: ir.Table) -> ir.Table:
    whole = ibis.struct({name: rows[name] for name in _ASKED}).hash()
    return rows.group_by("loan_no").agg(digest=whole.cast("decimal(38, 0)").sum())
