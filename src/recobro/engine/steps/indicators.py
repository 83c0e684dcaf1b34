"""What the figures of a node mean: ratios, the allowance that is required, and what is there."""

from decimal import Decimal

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import ratio, share_of
from recobro.engine.steps.ledger import ledger_of_nodes
from recobro.policy import Provision

INDICATORS = ibis.schema(
    {
        "as_of": "date",
        "currency": "string",
        "institution_id": "string",
        "loans": "int64",
        "outstanding_principal": "int64",
        "nonperforming_principal": "int64",
        "nonperforming_ratio": "decimal(38, 6)",
        "special_mention_ratio": "decimal(38, 6)",
        "deviation_90": "decimal(38, 6)",  # more than 90 days past due / nonperforming
        "overdue_1_ratio": "decimal(38, 6)",
        "overdue_30_ratio": "decimal(38, 6)",
        "specific_provision": "int64",  # by grade
        "general_provision": "int64",  # of all loans, apart
        "required_allowance": "int64",  # the higher of the two tests
        "allowance": "int64",  # these and all below: empty without a ledger
        "gap": "int64",  # what the allowance lacks
        "coverage": "decimal(38, 6)",  # allowance / nonperforming
        "allowance_to_loans": "decimal(38, 6)",
        "net_capital": "int64",
        "nonperforming_to_net_capital": "decimal(38, 6)",
        "uncovered_to_net_capital": "decimal(38, 6)",  # (nonperforming − allowance) / net capital
    }
)
"""A node's indicators, column by column."""


_NODE = ("institution_id", "currency")

_RATIOS: dict[str, tuple[str, str]] = {
    "special_mention_ratio": ("special_mention_principal", "outstanding_principal"),
    "deviation_90": ("over_90_principal", "nonperforming_principal"),
    "overdue_1_ratio": ("overdue_1_principal", "outstanding_principal"),
    "overdue_30_ratio": ("overdue_30_principal", "outstanding_principal"),
    "coverage": ("allowance", "nonperforming_principal"),
    "allowance_to_loans": ("allowance", "outstanding_principal"),
    "nonperforming_to_net_capital": ("nonperforming_principal", "net_capital"),
    "uncovered_to_net_capital": ("uncovered", "net_capital"),
}
"""What is divided by what."""


def indicators(figures: ir.Table, ledger: ir.Table, above: ir.Table, policy: Provision) -> ir.Table:
    """Return INDICATORS by node and currency; of `ledger` only the day of the close counts.

    Required is the higher of `allowance_to_loans` of all loans and `coverage` of the nonperforming
    ones (allowance measures of 2011, article 7).
    """
    nodes = figures.filter(figures.by == "all")
    today = ledger.semi_join(nodes, ledger.on == nodes.as_of)
    nodes = _beside(nodes, ledger_of_nodes(today, above).select(*_NODE, "allowance", "net_capital"))
    nodes = nodes.mutate(
        uncovered=nodes.nonperforming_principal - nodes.allowance,
        specific_provision=nodes.provision,
        general_provision=_part(nodes.outstanding_principal, policy.general),
        required_allowance=ibis.greatest(
            _part(nodes.outstanding_principal, policy.allowance_to_loans),
            _part(nodes.nonperforming_principal, policy.coverage),
        ),
    )
    lacking = nodes.required_allowance - nodes.allowance
    nodes = nodes.mutate(gap=ibis.ifelse(lacking < 0, 0, lacking))
    nodes = _beside(nodes, _ratios(nodes))
    return nodes.cast(dict(INDICATORS.items())).select(*INDICATORS.names)


def _beside(nodes: ir.Table, found: ir.Table) -> ir.Table:
    joined = nodes.left_join(found, list(_NODE), rname="found_{name}")
    return joined.drop(*(f"found_{name}" for name in _NODE))


def _part(amount: ir.IntegerValue, rate: Decimal) -> ir.IntegerValue:
    return share_of(amount, ibis.literal(str(rate)).cast("decimal(38, 6)"))


def _ratios(nodes: ir.Table) -> ir.Table:
    """Return every ratio of a node; a division is a long expression, so all go through one."""
    pairs = [
        nodes.select(*_NODE, name=ibis.literal(name), part=part, whole=whole)
        for name, (part, whole) in _RATIOS.items()
    ]
    divided = ibis.union(*pairs).mutate(ratio=lambda pair: ratio(pair.part, pair.whole))
    return divided.group_by(*_NODE).aggregate(
        **{name: divided.ratio.max(where=divided.name == name) for name in _RATIOS}
    )
