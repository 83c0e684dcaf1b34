"""What a close says of a day that the close it replaces did not say."""

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import total
from recobro.engine.tables import STANDINGS

_NAMED = ("loan_id", "institution_id", "currency")

_SHOWN = (
    "outstanding_principal",
    "overdue_amount",
    "days_past_due",
    "grade",
    "nonperforming",
    "on_balance",
    "provision",
)

CHANGES = ibis.schema(
    dict.fromkeys(_NAMED, "string")
    | {"changed": "array<string>"}  # every column of a standing that differs
    | {f"{name}_{side}": STANDINGS[name] for name in _SHOWN for side in ("before", "after")}
)
"""A loan whose standing differs, before and after; a side on which it has none is empty."""

CHANGED_MONEY: tuple[str, ...] = tuple(
    f"{name}_{side}"
    for name in ("outstanding_principal", "overdue_amount", "provision")
    for side in ("before", "after")
)
"""The columns of a change that are amounts."""


def changes(before: ir.Table, after: ir.Table) -> ir.Table:
    """Return CHANGES between two closes of one day: the loans that stand differently.

    A loan whose currency was corrected stands in each of the two on one side only.
    """
    compared = [name for name in STANDINGS.names if name not in {"as_of", "loan_id"}]
    sides = (
        each.select("loan_no", "loan_id", *compared).rename(
            lambda name, side=side: f"{name}_{side}"
        )
        for each, side in ((before, "before"), (after, "after"))
    )
    left, right = sides
    both = left.outer_join(
        right,
        [
            left.loan_no_before == right.loan_no_after,
            left.currency_before == right.currency_after,
        ],
    )
    differs = {
        name: ~both[f"{name}_before"].identical_to(both[f"{name}_after"]) for name in compared
    }
    listed = ibis.literal("")
    for name, told in differs.items():
        listed += ibis.ifelse(told, f";{name}", "")
    found = both.filter(ibis.or_(*differs.values())).mutate(changed=listed.substr(1).split(";"))
    named = {
        name: ibis.coalesce(found[f"{name}_after"], found[f"{name}_before"]) for name in _NAMED
    }
    return found.mutate(**named).select(*CHANGES.names)


def moved(changed: ir.Table) -> ir.Table:
    """Sum up CHANGES by currency: how many loans, and what of them is nonperforming on balance.

    Columns loans, became_nonperforming, no_longer_nonperforming, nonperforming_before and
    nonperforming_after: outstanding principal of the changed loans in minor units.
    """
    was = (changed.nonperforming_before & changed.on_balance_before).fill_null(False)  # noqa: FBT003 - ibis takes the value by position
    now = (changed.nonperforming_after & changed.on_balance_after).fill_null(False)  # noqa: FBT003 - ibis takes the value by position
    return changed.group_by("currency").aggregate(
        loans=changed.count(),
        became_nonperforming=changed.count(where=now & ~was),
        no_longer_nonperforming=changed.count(where=was & ~now),
        nonperforming_before=total(changed.outstanding_principal_before, where=was).fill_null(0),
        nonperforming_after=total(changed.outstanding_principal_after, where=now).fill_null(0),
    )
