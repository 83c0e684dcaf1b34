"""The figures of a close: by institution, and there by product, guarantee, grade and the like."""

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import ratio, total
from recobro.engine.steps.tree import rolled_up
from recobro.terms.grades import Grade

GROUPS: tuple[str, ...] = ("product", "guarantee", "segment", "grade", "bucket")
"""What the loans of a node are parted by, besides `all`."""

FIGURES = ibis.schema(
    {
        "as_of": "date",
        "currency": "string",
        "institution_id": "string",  # a node: it stands for its whole subtree
        "by": "string",
        "value": "string",  # empty for `all`
        "loans": "int64",
        "outstanding_principal": "int64",
        "nonperforming_principal": "int64",
        "nonperforming_ratio": "decimal(38, 6)",  # empty when outstanding_principal is 0
        "overdue_amount": "int64",
        "provision": "int64",
        "nonperforming_loans": "int64",
        "overdue_loans": "int64",
        "special_mention_principal": "int64",
        "overdue_1_principal": "int64",  # at least 1 day past due
        "overdue_30_principal": "int64",  # at least 30
        "over_90_principal": "int64",  # more than 90
        "three_six_loans": "int64",
        "three_six_principal": "int64",
    }
)
"""A figure, column by column; those up to `provision` are what an export shows."""

EXPORTED: tuple[str, ...] = FIGURES.names[: FIGURES.names.index("provision") + 1]

_KEY = ("as_of", "currency", "institution_id", "by", "value")

MEASURES: tuple[str, ...] = tuple(name for name, kind in FIGURES.items() if kind.is_integer())
"""The columns that add up."""


def figures(standings: ir.Table, above: ir.Table) -> ir.Table:
    """Return FIGURES of the loans on balance, rolled up the tree; never across currencies.

    `above` is the tree's (tree.ABOVE). The standings are read once; what they add up to by every
    combination of groups is small.
    """
    cells = _cells(standings.filter(standings.on_balance))
    whole = _by(cells, "all", ibis.null("string"))
    parted = ibis.union(*(_by(cells, name, cells[name]) for name in GROUPS))
    leaves = whole.union(parted.filter(parted.value.notnull()))
    summed = _summed(rolled_up(_summed(leaves), above))  # few cells are to be repeated above
    shared = summed.mutate(
        nonperforming_ratio=ratio(summed.nonperforming_principal, summed.outstanding_principal)
    )
    return shared.cast(dict(FIGURES.items())).select(*FIGURES.names)


def _summed(rows: ir.Table) -> ir.Table:
    return rows.group_by(*_KEY).aggregate(**{name: total(rows[name]) for name in MEASURES})


def _cells(loans: ir.Table) -> ir.Table:
    """Add up the loans of each institution by every combination of groups."""
    principal = loans.outstanding_principal
    special_mention = loans.grade == Grade.SPECIAL_MENTION.code
    return loans.group_by("as_of", "currency", "institution_id", *GROUPS).aggregate(
        loans=loans.count(),
        outstanding_principal=total(principal),
        nonperforming_principal=_where(principal, loans.nonperforming),
        overdue_amount=total(loans.overdue_amount),
        provision=total(loans.provision),
        nonperforming_loans=loans.count(where=loans.nonperforming),
        overdue_loans=loans.count(where=loans.days_past_due > 0),
        special_mention_principal=_where(principal, special_mention),
        overdue_1_principal=_where(principal, loans.days_past_due >= 1),
        overdue_30_principal=_where(principal, loans.days_past_due >= 30),  # noqa: PLR2004 - the name says it
        over_90_principal=_where(principal, loans.days_past_due > 90),  # noqa: PLR2004 - the name says it
        three_six_loans=loans.count(where=loans.three_six),
        three_six_principal=_where(principal, loans.three_six),
    )


def _where(amounts: ir.IntegerValue, where: ir.BooleanValue) -> ir.IntegerScalar:
    return total(amounts, where=where).fill_null(0)


def _by(cells: ir.Table, by: str, value: ir.StringValue) -> ir.Table:
    return cells.select(
        "as_of", "currency", "institution_id", *MEASURES, by=ibis.literal(by), value=value
    )
