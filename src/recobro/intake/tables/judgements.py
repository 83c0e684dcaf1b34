"""Judgements: about a loan or a borrower, with a value of the judgement's kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recobro.intake.contract import Column, Contract, Parent, Rule
from recobro.intake.types import NO, Code, Date, Text
from recobro.terms.codes import Judgement
from recobro.terms.grades import GRADE_OF_CODE

if TYPE_CHECKING:
    import ibis.expr.types as ir


def _about_nobody(rows: ir.Table) -> ir.BooleanValue:
    return rows.cell_loan_id.isnull() & rows.cell_borrower_id.isnull()


def _no_grade(rows: ir.Table) -> ir.BooleanValue:
    known = rows.value.isin(list(GRADE_OF_CODE)).fill_null(NO)
    return (rows.kind == Judgement.GRADE) & ~known


def _no_share(rows: ir.Table) -> ir.BooleanValue:
    share = rows.value.re_search(r"^(0(\.\d{1,6})?|1(\.0{1,6})?)$").fill_null(NO)
    return (rows.kind == Judgement.ECL_SHARE) & ~share


JUDGEMENTS = Contract(
    name="judgements",
    key=("judgement_id",),
    order=("judgement_id",),
    columns={
        "judgement_id": Column(Text()),
        "loan_id": Column(Text(), required=False),
        "borrower_id": Column(Text(), required=False),
        "kind": Column(Code(tuple(Judgement))),
        "value": Column(Text(), required=False),
        "from_on": Column(Date()),
        "until_on": Column(Date(), required=False),
        "reason": Column(Text()),
        "staff_id": Column(Text()),
    },
    parents=(Parent("loan_id", "loans"), Parent("borrower_id", "borrowers")),
    references=(Parent("staff_id", "staff"),),
    rules=(
        Rule("missing-value", "loan_id", _about_nobody),
        Rule("unknown-code", "value", _no_grade),
        Rule("bad-number", "value", _no_share),
    ),
)
