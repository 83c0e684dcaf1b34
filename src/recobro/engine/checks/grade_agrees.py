import ibis
import ibis.expr.types as ir

from recobro.engine.checks.check import Ground, differing
from recobro.terms.grades import Grade

_BAD = tuple(grade.code for grade in Grade if grade.nonperforming)


def grade_agrees(ground: Ground) -> ir.Table:
    """Find standings whose grade disagrees with its reasons, with nonperforming or its provision.

    A normal loan has no reason and any other has one; substandard and worse is nonperforming; off
    balance nothing is provided for. The numbers are 1 for yes, 0 for no.
    """
    loans = ground.standings
    off_balance = loans.filter(~loans.on_balance).mutate(nothing=ibis.literal(0, "int64"))
    return ibis.union(
        _agree(
            loans, "reasons", loans.grade != Grade.NORMAL.code, loans.grade_reasons.length() > 0
        ),
        _agree(loans, "nonperforming", loans.grade.isin(_BAD), loans.nonperforming),
        differing(
            off_balance, subject="loan_id", item="provision", expected="nothing", found="provision"
        ),
    )


def _agree(
    loans: ir.Table, item: str, expected: ir.BooleanValue, found: ir.BooleanValue
) -> ir.Table:
    both = loans.mutate(expected=expected.cast("int64"), found=found.cast("int64"))
    return differing(both, subject="loan_id", item=item, expected="expected", found="found")
