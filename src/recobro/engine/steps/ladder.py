"""Floors of the grade that follow from days past due: the ladder, and the guarantee matrix."""

import ibis
import ibis.expr.types as ir

from recobro.policy import Grades
from recobro.terms.codes import Guarantee
from recobro.terms.grades import GRADE_OF_CODE, Grade


def ladder(days: ir.IntegerValue, policy: Grades) -> ir.IntegerValue:
    """Return the grade of so many days past due (CBIRC order 2023 no. 1, articles 10 to 13)."""
    return ibis.cases(
        (days >= policy.loss_from, int(Grade.LOSS)),
        (days >= policy.doubtful_from, int(Grade.DOUBTFUL)),
        (days >= policy.substandard_from, int(Grade.SUBSTANDARD)),
        (days >= policy.special_mention_from, int(Grade.SPECIAL_MENTION)),
        else_=int(Grade.NORMAL),
    )


def days_past_due_floor(loans: ir.Table, policy: Grades) -> ir.IntegerValue:
    """Return the ladder's grade; a delay judged technical leaves a few days normal."""
    return _unless_technical(loans, policy, ladder(loans.days_past_due, policy))


def guarantee_matrix_floor(loans: ir.Table, policy: Grades) -> ir.IntegerValue:
    """Return the cell of guarantee × days past due, normal where the matrix is switched off.

    CBRC 2007 no. 63 under the floors of the order of 2023.
    """
    if not policy.matrix.enabled:
        return ibis.literal(int(Grade.NORMAL), "int8")
    rows = [
        (loans.guarantee == guarantee.value, _row(loans.days_past_due, policy, guarantee))
        for guarantee in Guarantee
    ]
    return _unless_technical(loans, policy, ibis.cases(*rows, else_=int(Grade.NORMAL)))


def _row(days: ir.IntegerValue, policy: Grades, guarantee: Guarantee) -> ir.IntegerValue:
    cells = zip(policy.matrix.from_days, getattr(policy.matrix, guarantee.value), strict=True)
    worst_first = [(days >= first, int(GRADE_OF_CODE[cell])) for first, cell in cells][::-1]
    return ibis.cases(*worst_first, else_=int(Grade.NORMAL))


def _unless_technical(loans: ir.Table, policy: Grades, grade: ir.IntegerValue) -> ir.IntegerValue:
    excused = loans.technical_delay & (loans.days_past_due <= policy.technical_delay_days)
    return ibis.ifelse(excused, int(Grade.NORMAL), grade)
