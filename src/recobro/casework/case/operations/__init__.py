"""What opens, closes and hands over cases."""

from recobro.casework.case.operations.assign import (
    AssignedMeanwhile,
    CannotCollect,
    CaseClosed,
    MadeTheLoan,
    MayNotAssign,
    assign,
)
from recobro.casework.case.operations.follow import Household, follow
from recobro.casework.case.operations.succeed import SuccessorMissing, end_account, end_post

__all__ = [
    "AssignedMeanwhile",
    "CannotCollect",
    "CaseClosed",
    "Household",
    "MadeTheLoan",
    "MayNotAssign",
    "SuccessorMissing",
    "assign",
    "end_account",
    "end_post",
    "follow",
]
