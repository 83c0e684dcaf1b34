from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from recobro.office.settings.rules import Known, Whole, known
from recobro.oversight.notices.enums import Kind

_DAYS: Final = {Kind.NEW_NONPERFORMING: 5, Kind.THREE_SIX: 10}
TERM: Final[Mapping[Kind, Known[int]]] = {
    kind: known(f"notices.{kind.value}.days", Whole(0, 90), days) for kind, days in _DAYS.items()
}
"""How many days the head of a branch has to sign a notice off."""

STEP: Final = timedelta(days=3)
"""So long after the day by which it was due a notice goes to the next superior."""
