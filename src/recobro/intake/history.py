"""Past instalments stay as they were asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from recobro.intake.findings import Verdict

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from recobro.intake.desk import Desk

_ASKED = ("n", "due_on", "principal_due", "interest_due", "fees_due")


def rewritten(rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Find delivered schedules that drop or change an instalment of the book that is past.

    Past is due before the day of the delivery; where that is unknown, nothing can be said. One
    finding a loan: the first instalment that is not repeated.
    """
    if desk.on is None or "instalments" not in desk.current:
        return []
    named = rows.group_by("loan_no").agg(row=rows.row.min())
    book = desk.before("instalments").filter(ibis._.due_on < ibis.literal(desk.on))
    book = book.semi_join(named, "loan_no")
    # Schedules are compared whole by their sums of hashes; only those that differ, row by row.
    was = _digest(book)
    now = _digest(rows.semi_join(book, ["loan_no", "n"]))
    both = was.left_join(now.rename(digest_now="digest"), "loan_no")
    changed = both.filter(both.digest_now.isnull() | (both.digest != both.digest_now))
    suspects = desk.keep(changed.select("loan_no"), "history")
    lost = book.semi_join(suspects, "loan_no").anti_join(
        rows.semi_join(suspects, "loan_no"), ["loan_no", *_ASKED]
    )
    first = lost.group_by("loan_no").agg(due_on=lost.due_on.argmin(lost.n), n=lost.n.min())
    loans = desk.after("loans").select("loan_no", value="loan_id")
    found = first.join(named, "loan_no").join(loans, "loan_no")
    return [Verdict("history-rewritten", found.drop("loan_no"))]


def _digest(rows: ir.Table) -> ir.Table:
    whole = ibis.struct({name: rows[name] for name in _ASKED}).hash()
    return rows.group_by("loan_no").agg(digest=whole.cast("decimal(38, 0)").sum())
