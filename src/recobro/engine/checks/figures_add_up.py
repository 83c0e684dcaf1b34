import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.checks.check import Ground, differing

_MEASURES = (
    "loans",
    "outstanding_principal",
    "nonperforming_principal",
    "overdue_amount",
    "provision",
)
_KEY = ("currency", "institution_id", "by")
_GROUPS = ("all", "product", "guarantee", "grade", "bucket", "segment")


def figures_add_up(ground: Ground) -> ir.Table:
    """Find nodes at which the figures of a group are not what the standings below add up to."""
    leaves = _leaves(ground.standings)
    below = leaves.join(ground.above, "institution_id").drop("institution_id")
    below = below.rename(institution_id="node_id")
    expected = ibis.union(*(_expected(below, by) for by in _GROUPS))
    found = ground.figures.select(*_KEY, *_MEASURES)
    sums = _signed(expected, "expected").union(_signed(found, "found"))
    sums = sums.group_by(*_KEY).aggregate(
        **{name: total(sums[name]) for name in sums.columns if name not in _KEY}
    )
    return ibis.union(
        *(
            differing(
                sums,
                subject="institution_id",
                item=sums.by + f": {measure}",
                expected=f"expected_{measure}",
                found=f"found_{measure}",
            )
            for measure in _MEASURES
        )
    )


def _leaves(standings: ir.Table) -> ir.Table:
    loans = standings.filter(standings.on_balance)
    principal = loans.outstanding_principal
    return loans.group_by("currency", "institution_id", parted=loans.segment.notnull()).aggregate(
        loans=loans.count(),
        outstanding_principal=total(principal),
        nonperforming_principal=total(principal, where=loans.nonperforming).fill_null(0),
        overdue_amount=total(loans.overdue_amount),
        provision=total(loans.provision),
    )


def _expected(below: ir.Table, by: str) -> ir.Table:
    rows = below.filter(below.parted) if by == "segment" else below
    return rows.mutate(by=ibis.literal(by)).select(*_KEY, *_MEASURES)


def _signed(rows: ir.Table, side: str) -> ir.Table:
    """Put the measures on their side, and nothing on the other."""
    return rows.select(
        *_KEY,
        **{
            f"{name}_{measure}": rows[measure] if name == side else ibis.literal(0, "int64")
            for name in ("expected", "found")
            for measure in _MEASURES
        },
    )
