"""Rates read from a migration matrix: roll rates, regulatory migration ratios, cure, formation."""

from itertools import pairwise

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import ratio, total
from recobro.engine.steps.migration import LEFT, NEW
from recobro.terms.grades import BUCKETS, Grade

_NODE = ("currency", "institution_id")

_PERFORMING = tuple(grade.code for grade in Grade if not grade.nonperforming)
_NONPERFORMING = tuple(grade.code for grade in Grade if grade.nonperforming)

MIGRATION_RATIOS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "normal": (_PERFORMING, _NONPERFORMING),
    "special_mention": ((Grade.SPECIAL_MENTION.code,), _NONPERFORMING),
    "substandard": ((Grade.SUBSTANDARD.code,), (Grade.DOUBTFUL.code, Grade.LOSS.code)),
    "doubtful": ((Grade.DOUBTFUL.code,), (Grade.LOSS.code,)),
}
"""The regulator's migration ratios: from which grades, to which."""


def roll_rates(matrix: ir.Table) -> ir.Table:
    """Return currency, institution_id, bucket, opening_principal, rolled_principal, roll_rate.

    The balance that is now one bucket further, as a part of the bucket's balance at the opening;
    `matrix` is a migration by bucket.
    """
    steps = list(pairwise(BUCKETS))
    own = matrix.filter(matrix.origin.isin([first for first, _ in steps]))
    further = own.origin.cases(*steps)
    rates = own.group_by(*_NODE, bucket="origin").aggregate(
        opening_principal=total(own.opening_principal),
        rolled_principal=_where(own.closing_principal, own.destination == further),
    )
    return rates.mutate(roll_rate=ratio(rates.rolled_principal, rates.opening_principal))


def migration_ratios(matrix: ir.Table) -> ir.Table:
    """Return currency, institution_id, name, migrated_principal, remaining_principal, ratio.

    What migrated, over the opening balance less what it decreased by: so both count what is left
    now of the loans that began in those grades. `matrix` is a migration by grade.
    """
    found = [_migrated(matrix, name, *grades) for name, grades in MIGRATION_RATIOS.items()]
    rates = ibis.union(*found)
    return rates.mutate(ratio=ratio(rates.migrated_principal, rates.remaining_principal))


def _migrated(
    matrix: ir.Table, name: str, origins: tuple[str, ...], destinations: tuple[str, ...]
) -> ir.Table:
    own = matrix.filter(matrix.origin.isin(origins))
    sums = own.group_by(*_NODE).aggregate(
        migrated_principal=_where(own.closing_principal, own.destination.isin(destinations)),
        remaining_principal=total(own.closing_principal),
    )
    return sums.mutate(name=ibis.literal(name)).relocate("name", after="institution_id")


def flow_rates(matrix: ir.Table) -> ir.Table:
    """Return by node and currency what was cured and what was formed, with the two rates.

    cure_rate: of the balance nonperforming at the opening, the part whose loans perform now.
    formation_rate: what turned nonperforming, by its balance now, to the opening performing
    balance; not made annual. `matrix` is a migration by grade.
    """
    was_bad = matrix.origin.isin(_NONPERFORMING)
    performed = matrix.origin.isin(_PERFORMING)
    came = performed | (matrix.origin == NEW) | matrix.origin.isin(LEFT)
    cured, formed = (
        was_bad & matrix.destination.isin(_PERFORMING),
        came & matrix.destination.isin(_NONPERFORMING),
    )
    rates = matrix.group_by(*_NODE).aggregate(
        opening_nonperforming=_where(matrix.opening_principal, was_bad),
        opening_performing=_where(matrix.opening_principal, performed),
        cured_loans=_where(matrix.loans, cured),
        cured_principal=_where(matrix.opening_principal, cured),
        formed_loans=_where(matrix.loans, formed),
        formed_principal=_where(matrix.closing_principal, formed),
    )
    return rates.mutate(
        cure_rate=ratio(rates.cured_principal, rates.opening_nonperforming),
        formation_rate=ratio(rates.formed_principal, rates.opening_performing),
    )


def _where(amounts: ir.IntegerValue, where: ir.BooleanValue) -> ir.IntegerScalar:
    return total(amounts, where=where).fill_null(0)
