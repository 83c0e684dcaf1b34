import ibis.expr.types as ir

from recobro.engine.checks.check import Ground, differing
from recobro.terms.codes import LedgerItem


def ledger_differs(ground: Ground) -> ir.Table:
    """Find nodes whose loans or nonperforming loans in the general ledger differ from the figures.

    A row of the ledger speaks for its institution with all that is below it.
    """
    ledger, figures = ground.ledger, ground.figures
    items = (LedgerItem.LOANS.value, LedgerItem.NONPERFORMING.value)
    told = ledger.filter(ledger.on == ground.on, ledger.item.isin(items))
    shown = figures.filter(figures.by == "all").select(
        "institution_id", "currency", "outstanding_principal", "nonperforming_principal"
    )
    both = told.left_join(shown, ["institution_id", "currency"], rname="shown_{name}")
    loans, bad = both.outstanding_principal, both.nonperforming_principal
    both = both.mutate(found=(both.item == LedgerItem.LOANS.value).ifelse(loans, bad).fill_null(0))
    return differing(
        both, subject="institution_id", item=both.item, expected="amount", found="found"
    )
