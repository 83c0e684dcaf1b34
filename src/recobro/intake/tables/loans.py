"""Loans: the book's own number, and what core banking says is outstanding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from recobro.engine.tables import FACTS
from recobro.intake.contract import Column, Contract, Parent
from recobro.intake.currency import currency_changed
from recobro.intake.desk import shown
from recobro.intake.findings import Verdict
from recobro.intake.outstanding import outstanding
from recobro.intake.schedules import no_longer_adds_up
from recobro.intake.types import CURRENCY, Amount, Code, Date, Rate, Text
from recobro.terms.codes import ClosedAs, Guarantee

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from recobro.intake.desk import Desk


def numbered(rows: ir.Table, desk: Desk) -> ir.Table:
    """Give each loan its number: the one that it has, or the next in the order of loan_id."""
    book = desk.before("loans").select("loan_id", "loan_no")
    rows = rows.left_join(book.rename(known_id="loan_id"), [("loan_id", "known_id")])
    fresh = ibis.row_number().over(group_by=rows.loan_no.isnull(), order_by=rows.loan_id)
    numbered = rows.mutate(loan_no=rows.loan_no.coalesce(fresh + desk.next_loan_no()))
    return LOANS.ordered(numbered.select(*FACTS["loans"]))


def differs_from_core(rows: ir.Table, desk: Desk) -> list[Verdict]:
    """Compare what core banking says is outstanding with what instalments and payments say."""
    told = rows.filter(rows.outstanding_principal.notnull(), rows.closed_on.isnull())
    told = told.filter(told.written_off_on.isnull()).mutate(
        on=told.delivered_on.coalesce(ibis.literal(desk.on, "date"))
    )
    told = desk.name("told by core", told.filter(told.on.notnull()))
    if not desk.count(told):
        return []
    found = outstanding(told, desk.after("instalments"), desk.after("payments"))
    found = found.select(computed="outstanding", loan="loan_no")
    both = told.join(found, told.loan_no == found.loan)
    differs = both.filter(both.computed != both.outstanding_principal)
    parts = {
        "value": differs.loan_id,
        "outstanding": shown(differs.computed, differs.currency),
        "told": shown(differs.outstanding_principal, differs.currency),
    }
    column = "outstanding_principal"
    return [Verdict("balance-differs-from-core", differs.select("row", "on", **parts), column)]


LOANS = Contract(
    name="loans",
    key=("loan_id",),
    order=("loan_no",),
    columns={
        "loan_id": Column(Text()),
        "borrower_id": Column(Text()),
        "institution_id": Column(Text()),
        "product": Column(Text()),
        "currency": Column(CURRENCY),
        "principal": Column(Amount()),
        "annual_rate": Column(Rate()),
        "disbursed_on": Column(Date()),
        "matures_on": Column(Date()),
        "guarantee": Column(Code(tuple(Guarantee))),
        "staff_id": Column(Text(), required=False),
        "purpose": Column(Text(), required=False),
        "replaces_loan_id": Column(Text(), required=False),
        "written_off_on": Column(Date(), required=False),
        "closed_on": Column(Date(), required=False),
        "closed_as": Column(Code(tuple(ClosedAs)), required=False),
        "outstanding_principal": Column(Amount(), required=False),
        "delivered_on": Column(Date(), required=False),
    },
    parents=(Parent("borrower_id", "borrowers"), Parent("institution_id", "institutions")),
    references=(Parent("staff_id", "staff"), Parent("replaces_loan_id", "loans")),
    money=("principal",),
    sieves=(currency_changed,),
    complete=numbered,
    remarks=(differs_from_core, no_longer_adds_up),
)
