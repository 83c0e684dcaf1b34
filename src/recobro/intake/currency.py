"""A loan keeps its currency: the book holds its amounts in minor units of that one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recobro.intake.desk import Desk, Kind
from recobro.intake.findings import Verdict

if TYPE_CHECKING:
    import ibis.expr.types as ir

_BROUGHT_ANEW = {"instalments", "payments"}


def currency_changed(rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Reject loans in another currency than the book's, where amounts in the old one would stay.

    None stay where a full delivery brings instalments and payments anew, and securities, if one of
    the loan has an amount.
    """
    if "loans" not in desk.current:
        return []
    book = desk.before("loans").select("loan_no", known_id="loan_id", earlier="currency")
    both = rows.select("row", "loan_id", "currency").join(book, [("loan_id", "known_id")])
    changed = both.filter(both.currency != both.earlier)
    if desk.kind is Kind.FULL and desk.brings >= _BROUGHT_ANEW:
        if "securities" in desk.brings:
            return []
        securities = desk.before("securities")
        changed = changed.semi_join(securities.filter(securities.secured_amount > 0), "loan_no")
    verdict = changed.select("row", "earlier", value="currency")
    return [Verdict("currency-changed", verdict, column="currency")]


def in_another_currency(desk: Desk) -> ir.Table:
    """Return `loan_no` of the loans that the book had in another currency than it will."""
    earlier = desk.before("loans").select("loan_no", earlier="currency")
    both = desk.after("loans").select("loan_no", "currency").join(earlier, "loan_no")
    return both.filter(both.currency != both.earlier).select("loan_no")
