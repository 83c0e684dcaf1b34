"""Why a loan has its grade, and what would cure it."""

from recobro.engine.explain.explanation import (
    Arrears,
    Coming,
    Episode,
    Explanation,
    Fall,
    Floor,
    Instalment,
    Observation,
    Other,
    Outlook,
    Record,
    Return,
    Settled,
    Step,
)
from recobro.engine.explain.known import LoanNotRead, NotDisbursed, Records
from recobro.engine.explain.why import explain

__all__ = [
    "Arrears",
    "Coming",
    "Episode",
    "Explanation",
    "Fall",
    "Floor",
    "Instalment",
    "LoanNotRead",
    "NotDisbursed",
    "Observation",
    "Other",
    "Outlook",
    "Record",
    "Records",
    "Return",
    "Settled",
    "Step",
    "explain",
]
