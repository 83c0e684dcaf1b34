"""The instalments of a loan ask for the principal that was disbursed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recobro.intake.desk import shown
from recobro.intake.findings import Verdict

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from recobro.intake.desk import Desk


def does_not_add_up(rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Compare each delivered schedule's principal with what was disbursed."""
    loans = desk.after("loans").select("loan_no", "loan_id", "principal", "currency")
    sums = rows.group_by("loan_no").agg(
        scheduled=rows.principal_due.sum().cast("int64"), row=rows.row.min()
    )
    return [_verdict(sums.join(loans, "loan_no"), "principal_due")]


def no_longer_adds_up(rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Compare the principal of delivered loans, where it changed, with the schedule that stays."""
    if "instalments" not in desk.current:
        return []
    book = desk.before("loans").select("loan_no", earlier="principal")
    loans = rows.select("row", "loan_no", "loan_id", "principal", "currency").join(book, "loan_no")
    changed = desk.keep(loans.filter(loans.principal != loans.earlier), "loans.other-principal")
    if not desk.count(changed):
        return []
    stays = desk.after("instalments").semi_join(changed, "loan_no")
    stays = stays.filter(stays.load_no != desk.load_no)
    sums = stays.group_by("loan_no").agg(scheduled=stays.principal_due.sum().cast("int64"))
    return [_verdict(sums.join(changed, "loan_no"), "principal")]


def _verdict(both: ir.Table, column: str) -> Verdict:
    differs = both.filter(both.scheduled != both.principal)
    parts = {
        "value": differs.loan_id,
        "principal": shown(differs.principal, differs.currency),
        "scheduled": shown(differs.scheduled, differs.currency),
    }
    return Verdict("schedule-does-not-add-up", differs.select("row", **parts), column=column)
