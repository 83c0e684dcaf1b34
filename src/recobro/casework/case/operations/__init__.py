"""What opens, closes and hands over cases."""

from recobro.casework.case.operations.assign import (
    AssignedMeanwhile,
    CannotCollect,
    CaseClosed,
    MadeTheLoan,
    MayNotAssign,
    assign,
)
from recobro.casework.case.operations.deadlines import (
    DayImpossible,
    DueOtherwise,
    OnceOwnDeadline,
    OwnDeadline,
    escalate,
    set_deadline,
)
from recobro.casework.case.operations.follow import follow
from recobro.casework.case.operations.hand_over import (
    HandedOver,
    NothingMoves,
    PlanChanged,
    TooManyAsked,
    TooManyCases,
    hand_over,
)
from recobro.casework.case.operations.sign import (
    GoneOn,
    NotTheTaker,
    SignedFor,
    escalate_unsigned,
    sign_for,
)
from recobro.casework.case.operations.succeed import SuccessorMissing, end_account, end_post

__all__ = [
    "AssignedMeanwhile",
    "CannotCollect",
    "CaseClosed",
    "DayImpossible",
    "DueOtherwise",
    "GoneOn",
    "HandedOver",
    "MadeTheLoan",
    "MayNotAssign",
    "NotTheTaker",
    "NothingMoves",
    "OnceOwnDeadline",
    "OwnDeadline",
    "PlanChanged",
    "SignedFor",
    "SuccessorMissing",
    "TooManyAsked",
    "TooManyCases",
    "assign",
    "end_account",
    "end_post",
    "escalate",
    "escalate_unsigned",
    "follow",
    "hand_over",
    "set_deadline",
    "sign_for",
]
