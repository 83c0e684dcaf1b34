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
        expected=rows.expected.sum(), found=rows.found.sum()
    )
    # Texts come to the few loans that differ: grouping by numbers alone is several times as fast.
    wrong = counts.filter(counts.expected != counts.found)
    every = ibis.union(
        *(each.select("loan_no", "loan_id", "currency") for each in (loans, ground.standings))
    )
    return differing(
        every.semi_join(wrong, "loan_no").distinct().join(wrong, "loan_no"),
        subject="loan_id",
        item="standings",
        expected="expected",
        found="found",
    )


def _counted(loans: ir.Table, *, expected: int, found: int) -> ir.Table:
    return loans.select(
        "loan_no",
        expected=ibis.literal(expected, "int64"),
        found=ibis.literal(found, "int64"),
    )
