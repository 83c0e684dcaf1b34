"""Cured loans that go bad again."""

import ibis.expr.types as ir

from recobro.engine.arithmetic import ratio, total
from recobro.engine.steps.tree import rolled_up

_NODE = ("currency", "institution_id")


def relapse(before: ir.Table, after: ir.Table, later: ir.Table, above: ir.Table) -> ir.Table:
    """Return by node and currency the loans cured between two closes, and those bad again since.

    Columns cured_loans, cured_principal, relapsed_loans, relapsed_principal (both as of `after`),
    relapse_rate. Cured: on balance in both, nonperforming before, performing after. Relapsed:
    nonperforming in any of `later`, the standings of the following closes one under the other; the
    habit is to look at twelve months.
    """
    bad = _on_balance(before, nonperforming=True)
    cured = _on_balance(after, nonperforming=False).semi_join(bad, "loan_no")
    again = cured.semi_join(_on_balance(later, nonperforming=True), "loan_no")
    both = _sums(cured, "cured").left_join(_sums(again, "relapsed"), [*_NODE], rname="again_{name}")
    measures = ("cured_loans", "cured_principal", "relapsed_loans", "relapsed_principal")
    leaves = both.select(*_NODE, *measures).fill_null(dict.fromkeys(measures, 0))
    nodes = rolled_up(leaves, above)
    rates = nodes.group_by(*_NODE).aggregate(**{name: total(nodes[name]) for name in measures})
    return rates.mutate(relapse_rate=ratio(rates.relapsed_principal, rates.cured_principal))


def _on_balance(standings: ir.Table, *, nonperforming: bool) -> ir.Table:
    return standings.filter(standings.on_balance, standings.nonperforming == nonperforming)


def _sums(loans: ir.Table, name: str) -> ir.Table:
    return loans.group_by(*_NODE).aggregate(
        **{f"{name}_loans": loans.count(), f"{name}_principal": total(loans.outstanding_principal)}
    )
