"""By when a case is to be done with, when its delay climbs, and who collects how much."""

from typing import Final

from recobro.office.approvals.rules import (
    LARGE,
    MODEST,
    WITHOUT_END,
    alone,
    limits_of,
)
from recobro.office.people.enums import Role
from recobro.office.settings.rules import Amounts, Known, Limit, Whole, known

DUE: Final[Known[int]] = known("cases.due.days", Whole(1, 3650), 90)
"""Days from its opening by which a case is to be done with."""

WRITTEN_OFF_DUE: Final[Known[int]] = known("cases.written-off.days", Whole(1, 3650), 365)
"""The same for a household of which everything is written off: nothing of it presses, all stays."""

SIGN: Final[Known[int]] = known("cases.handover.days", Whole(1, 90), 3)
"""Days in which whoever has taken cases over signs for them."""

STEP: Final[Known[int]] = known("cases.escalation.days", Whole(1, 365), 15)
"""Days after which an overdue case goes to the next head above."""

MANAGERS_UP_TO: Final[Known[Limit]] = known("cases.managers.limit", Amounts(), WITHOUT_END)
"""What a household may owe that an account manager collects of; above it the branch head does."""

ALONE: Final = alone("case-assign", MODEST)
"""What a household may owe whose case one person hands over without a second one."""

LIMITS: Final = limits_of(
    "case-assign",
    {
        Role.BRANCH_HEAD: LARGE,
        Role.BUSINESS: LARGE,
        Role.RISK: WITHOUT_END,
        Role.MANAGEMENT: WITHOUT_END,
    },
)
"""Up to which amount each role approves that a case goes to somebody else."""
