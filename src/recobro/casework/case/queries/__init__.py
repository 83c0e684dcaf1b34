"""What is asked about cases: the ledger of households, one case, who could collect, handovers."""

from recobro.casework.case.queries.cases import (
    DEFAULT_SORT,
    SORTS,
    Line,
    case_in,
    escalated_to,
    heads_among,
    heads_of,
    households,
    in_order,
    left_by,
    lines,
    loans_of,
    open_case_of,
    open_cases,
    owed,
    owed_by,
    successors,
    without_person,
)
from recobro.casework.case.queries.handovers import handovers_of, to_sign_for
from recobro.casework.case.queries.plan import MOST, Plan, Planned, plan
from recobro.casework.case.queries.roster import Roster, roster

__all__ = [
    "DEFAULT_SORT",
    "MOST",
    "SORTS",
    "Line",
    "Plan",
    "Planned",
    "Roster",
    "case_in",
    "escalated_to",
    "handovers_of",
    "heads_among",
    "heads_of",
    "households",
    "in_order",
    "left_by",
    "lines",
    "loans_of",
    "open_case_of",
    "open_cases",
    "owed",
    "owed_by",
    "plan",
    "roster",
    "successors",
    "to_sign_for",
    "without_person",
]
