"""What happens once a request is approved, by its kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from recobro.book.models import Institution
from recobro.office.approvals.models import Request
from recobro.office.approvals.rules import AmountsOf
from recobro.office.people.enums import Role
from recobro.office.settings.rules import Known, Limit

Act = Callable[[Request, datetime], None]
"""Does what was asked for, in the transaction in which it is approved; a Refusal stops both."""


Now = Callable[[Request], tuple[Institution, AmountsOf]]
"""Says where what was asked for matters now, and what it is worth now."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request: who decides it up to which amount, where it matters, what happens then."""

    limits: Mapping[Role, Known[Limit]]
    now: Now
    act: Act
    whom: str
    """The part of the content that names whom it is for, by user name; empty where nobody's."""


KINDS: Final[dict[str, Kind]] = {}
"""Every kind by its code; the rooms above add theirs as Django starts."""


def approved(
    kind: str, limits: Mapping[Role, Known[Limit]], now: Now, *, whom: str = ""
) -> Callable[[Act], Act]:
    """Let a function do what is approved of a kind."""

    def add(act: Act) -> Act:
        KINDS[kind] = Kind(limits, now, act, whom)
        return act

    return add
