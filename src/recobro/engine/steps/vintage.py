"""How the loans of one month of disbursement went bad as they grew older."""

import ibis.expr.types as ir

from recobro.engine.arithmetic import ratio, total
from recobro.engine.calendar import month_of
from recobro.engine.steps.tree import rolled_up
from recobro.terms.codes import ClosedAs

_COHORT = ("currency", "institution_id", "disbursed_in", "months_on_book")

_LOST = (ClosedAs.SOLD.value, ClosedAs.REPOSSESSED.value, ClosedAs.WAIVED.value)


def vintage(standings: ir.Table, above: ir.Table) -> ir.Table:
    """Return by node, currency, month of disbursement and months on book what had gone bad.

    `standings` are those of several month ends one under the other; `disbursed_in` is the first of
    the month. Columns loans, disbursed_principal, over_30_principal, over_90_principal and their
    ratios to what was disbursed. What was written off, sold, repossessed or waived stays in both
    numerators for ever with what was left of it: without it old curves would fall.
    """
    month = month_of(standings.disbursed_on)
    lost = (standings.written_off_on <= standings.as_of) | (
        standings.closed_as.isin(_LOST) & (standings.closed_on <= standings.as_of)
    )
    aged = standings.mutate(
        disbursed_in=month,
        months_on_book=_months(standings),
        lost=lost.fill_null(False),  # noqa: FBT003 - ibis takes the value by position
    )
    counted = aged.lost | aged.on_balance
    cohorts = aged.group_by(*_COHORT).aggregate(
        loans=aged.count(),
        disbursed_principal=total(aged.principal),
        over_30_principal=_late(aged, counted & (aged.days_past_due > 30)),  # noqa: PLR2004 - the name says it
        over_90_principal=_late(aged, counted & (aged.days_past_due > 90)),  # noqa: PLR2004 - the name says it
    )
    nodes = rolled_up(cohorts, above)
    measures = ("loans", "disbursed_principal", "over_30_principal", "over_90_principal")
    summed = nodes.group_by(*_COHORT).aggregate(**{name: total(nodes[name]) for name in measures})
    return summed.mutate(
        over_30_ratio=ratio(summed.over_30_principal, summed.disbursed_principal),
        over_90_ratio=ratio(summed.over_90_principal, summed.disbursed_principal),
    )


def _months(loans: ir.Table) -> ir.IntegerValue:
    years = loans.as_of.year() - loans.disbursed_on.year()
    return (years * 12 + loans.as_of.month() - loans.disbursed_on.month()).cast("int32")


def _late(loans: ir.Table, late: ir.BooleanValue) -> ir.IntegerScalar:
    return total(loans.outstanding_principal, where=late | loans.lost).fill_null(0)
