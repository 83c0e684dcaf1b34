import ibis
import ibis.expr.types as ir

from recobro.engine.checks.check import Ground, differing


def one_standing_each(ground: Ground) -> ir.Table:
    """Find loans disbursed by the day without exactly one standing, and standings of no loan."""
    loans = ground.loans.filter(ground.loans.disbursed_on <= ground.on)
    rows = _counted(loans, expected=1, found=0).union(
        _counted(ground.standings, expected=0, found=1)
    )
    counts = rows.group_by("loan_no").aggregate(
        loan_id=rows.loan_id.max(),
        currency=rows.currency.max(),
        expected=rows.expected.sum(),
        found=rows.found.sum(),
    )
    return differing(
        counts, subject="loan_id", item="standings", expected="expected", found="found"
    )


def _counted(loans: ir.Table, *, expected: int, found: int) -> ir.Table:
    return loans.select(
        "loan_no",
        "loan_id",
        "currency",
        expected=ibis.literal(expected, "int64"),
        found=ibis.literal(found, "int64"),
    )
