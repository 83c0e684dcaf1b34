"""What must hold before a close is published, and what is published with a mark."""

from recobro.engine.checks.balance_differs_from_core import balance_differs_from_core
from recobro.engine.checks.bridge_balances import bridge_balances
from recobro.engine.checks.check import BREAKS, Bridge, Check, Ground, Severity
from recobro.engine.checks.figures_add_up import figures_add_up
from recobro.engine.checks.grade_agrees import grade_agrees
from recobro.engine.checks.ledger_differs import ledger_differs
from recobro.engine.checks.money_accounted import money_accounted
from recobro.engine.checks.one_standing_each import one_standing_each
from recobro.engine.checks.outstanding_in_bounds import outstanding_in_bounds
from recobro.engine.checks.parts_add_up import parts_add_up
from recobro.terms.refusal import Phrase

BRIDGE_BALANCES = Check(
    "bridge-balances",
    Severity.INVARIANT,
    Phrase("Every bridge leads from the published nonperforming balance to that of the figures."),
    bridge_balances,
)
"""Looked at whenever a bridge is shown, not at a close: it may begin on any day."""

CHECKS: tuple[Check[Ground], ...] = (
    Check(
        "one-standing-each",
        Severity.INVARIANT,
        Phrase("Every loan disbursed by the day has exactly one standing."),
        one_standing_each,
    ),
    Check(
        "money-accounted",
        Severity.INVARIANT,
        Phrase("The money received for a loan is what was settled and paid in advance."),
        money_accounted,
    ),
    Check(
        "parts-add-up",
        Severity.INVARIANT,
        Phrase("Overdue principal, interest and fees add up to the overdue amount."),
        parts_add_up,
    ),
    Check(
        "outstanding-in-bounds",
        Severity.INVARIANT,
        Phrase("Outstanding principal is at least 0 and at most what was disbursed."),
        outstanding_in_bounds,
    ),
    Check(
        "grade-agrees",
        Severity.INVARIANT,
        Phrase("A grade agrees with its reasons, with nonperforming and with its provision."),
        grade_agrees,
    ),
    Check(
        "figures-add-up",
        Severity.INVARIANT,
        Phrase("The figures of each institution are what the standings below it add up to."),
        figures_add_up,
    ),
    Check(
        "balance-differs-from-core",
        Severity.WARNING,
        Phrase("Core banking says another outstanding principal of a loan."),
        balance_differs_from_core,
    ),
    Check(
        "ledger-differs",
        Severity.WARNING,
        Phrase("The general ledger says another balance of an institution's loans."),
        ledger_differs,
    ),
)
"""Every check in the order in which it is looked at."""

__all__ = ["BREAKS", "BRIDGE_BALANCES", "CHECKS", "Bridge", "Check", "Ground", "Severity"]
