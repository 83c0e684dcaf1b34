import ibis
import ibis.expr.types as ir

from recobro.engine.checks.check import Ground, differing


def one_standing_each(ground: Ground) -> ir.Table:
    """Find loans disbursed by the day without exactly one standing, and standings of no loan."""
    loans = ground.loans.filter(ground.loans.disbursed_on <= ground.on)
    rows = ibis.union(
        loans.select("loan_no", is_standing=ibis.literal(False)),  # noqa: FBT003 - ibis takes the value by position
        ground.standings.select("loan_no", is_standing=ibis.literal(True)),  # noqa: FBT003 - the same
    )
    counts = rows.group_by("loan_no").aggregate(
        expected=rows.count(where=~rows.is_standing), found=rows.count(where=rows.is_standing)
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
