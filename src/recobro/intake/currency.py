"""A loan keeps its currency: the book holds its amounts in minor units of that one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from recobro.intake.findings import Verdict
from recobro.terms.codes import DeliveryKind

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from recobro.intake.desk import Desk

_AMOUNTS = {"instalments": "principal_due", "payments": "amount", "securities": "secured_amount"}
"""The tables with amounts in the currency of a loan, and a column that has one."""


def currency_changed(rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Reject loans in another currency than the book's, where amounts in the old one would stay.

    None stay of a table that a full delivery brings anew. What is delivered with such a loan is in
    its new currency, and falls with it.
    """
    if "loans" not in desk.current:
        return []
    book = desk.before("loans").select("loan_no", known_id="loan_id", earlier="currency")
    both = rows.select("row", "loan_id", "currency").join(book, [("loan_id", "known_id")])
    changed = desk.keep(both.filter(both.currency != both.earlier), "loans.in-another-currency")
    if not desk.count(changed):
        return []
    stay = [
        desk.before(table).filter(ibis._[amount].notnull()).select("loan_no")
        for table, amount in _AMOUNTS.items()
        if desk.kind is DeliveryKind.DELTA or table not in desk.brings
    ]
    if not stay:
        return []
    stuck = ibis.union(*(changed.semi_join(amounts, "loan_no") for amounts in stay), distinct=True)
    desk.other_money = desk.keep(stuck, "loans.stuck")
    verdict = desk.other_money.select("row", "earlier", value="currency")
    return [Verdict("currency-changed", verdict, column="currency")]


def in_another_currency(desk: Desk) -> ir.Table:
    """Return `loan_no` of the loans that the book had in another currency than it will."""
    earlier = desk.before("loans").select("loan_no", earlier="currency")
    both = desk.after("loans").select("loan_no", "currency").join(earlier, "loan_no")
    return both.filter(both.currency != both.earlier).select("loan_no")
