"""What the risk department has decided about a loan or a borrower."""

from decimal import Decimal

import ibis
import ibis.expr.types as ir

from recobro.terms.codes import Judgement
from recobro.terms.grades import GRADE_OF_CODE, Grade

_ECL_FLOORS = ((Decimal("0.9"), Grade.LOSS), (Decimal("0.5"), Grade.DOUBTFUL))
"""Expected loss as a share of the carrying amount (order 2023 no. 1, articles 12(3) and 13(3))."""


def judged(loans: ir.Table, judgements: ir.Table) -> ir.Table:
    """Return as_of, loan_no, judgement_floor, technical_delay, renewal_qualified of judged loans.

    A judgement is in force from from_on until the day before until_on; one on a borrower holds for
    each of the borrower's loans.
    """
    in_force = _in_force(loans, judgements)
    return in_force.group_by("as_of", "loan_no").aggregate(
        judgement_floor=_floor(in_force).max().cast("int8"),
        technical_delay=(in_force.kind == Judgement.TECHNICAL_DELAY.value).any(),
        renewal_qualified=(in_force.kind == Judgement.RENEWAL_QUALIFIED.value).any(),
    )


def _in_force(loans: ir.Table, judgements: ir.Table) -> ir.Table:
    views = loans.select("as_of", "loan_no", "borrower_id")
    terms = judgements.select("loan_no", "borrower_id", "kind", "value", "from_on", "until_on")
    by_loan = views.join(terms.filter(terms.loan_no.notnull()).drop("borrower_id"), "loan_no")
    by_borrower = views.join(terms.filter(terms.loan_no.isnull()).drop("loan_no"), "borrower_id")
    columns = ("as_of", "loan_no", "kind", "value", "from_on", "until_on")
    every = by_loan.select(*columns).union(by_borrower.select(*columns))
    return every.filter(
        every.from_on <= every.as_of, every.until_on.isnull() | (every.as_of < every.until_on)
    )


def _floor(judgements: ir.Table) -> ir.IntegerValue:
    share = judgements.value.try_cast("decimal(38, 6)")
    ecl = ibis.cases(
        *(
            (share >= ibis.literal(str(limit)).cast("decimal(38, 6)"), int(grade))
            for limit, grade in _ECL_FLOORS
        ),
        else_=int(Grade.NORMAL),
    )
    grades = [(code, int(grade)) for code, grade in GRADE_OF_CODE.items()]
    return judgements.kind.cases(
        (Judgement.GRADE.value, judgements.value.cases(*grades, else_=int(Grade.NORMAL))),
        (Judgement.ECL_SHARE.value, ecl),
        (Judgement.EVASION.value, int(Grade.DOUBTFUL)),
        (Judgement.LIQUIDATION.value, int(Grade.LOSS)),
        (Judgement.USE_CHANGED.value, int(Grade.SPECIAL_MENTION)),
        (Judgement.EVERGREENING_CONFIRMED.value, int(Grade.SPECIAL_MENTION)),
        else_=int(Grade.NORMAL),
    )
