"""Which posts a second person confirms, who that is, and for how long they are asked."""

from typing import Final

from recobro.office.approvals.rules import whatever_it_is_worth
from recobro.office.people.enums import APPOINTED_HERE, Role
from recobro.office.settings.rules import Known, Several, Whole, known

KIND: Final = "appointment"

CONFIRMED: Final[Known[list[str]]] = known(
    "appointments.confirmed",
    Several(tuple(role.value for role in Role if role in APPOINTED_HERE), words="role"),
    [role.value for role in (Role.BRANCH_HEAD, Role.BUSINESS, Role.RISK, Role.LEGAL)],
)
"""Roles to which nobody is appointed from the pages by one person alone."""

LAPSES: Final[Known[int]] = known("appointments.lapse.days", Whole(1, 365), 30)
"""Days after which nobody is asked any more to confirm a post."""

CONFIRM: Final = whatever_it_is_worth(Role.BRANCH_HEAD, Role.RISK, Role.MANAGEMENT)
"""Who confirms: the side that answers for the work, never whoever administers the accounts."""
