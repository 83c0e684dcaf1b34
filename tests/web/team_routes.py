"""The pages of teams, for the questions that every page is asked."""

from typing import Any, Final

from recobro.book.models import Institution
from recobro.office.people.enums import Right
from recobro.oversight.teams.models import Team
from tests.runs.bank import AT

TEAM: Final = 5
"""A team of north, by number."""

ASSIGN: Final = frozenset({Right.ASSIGN})
_SEEN: Final = {"opens_to": frozenset({Right.DEBTORS})}
_ASKS: Final = {"opens_to": ASSIGN, "both": True, "other": 422}
_DOES: Final = {"opens_to": ASSIGN, "method": "post"}
_TEAM: Final = f"/teams/{TEAM}"
ROUTES: Final[dict[str, dict[str, Any]]] = {
    "teams": _SEEN | {"address": "/teams/", "at": True},
    "team-add": _ASKS | {"address": "/teams/add/"},
    "team": _SEEN | {"address": f"{_TEAM}/"},
    "team-change": _ASKS | {"address": f"{_TEAM}/change/"},
    "team-changes": _SEEN | {"address": f"{_TEAM}/changes/"},
    "team-leader": _ASKS | {"address": f"{_TEAM}/leader/"},
    "team-member": _ASKS | {"address": f"{_TEAM}/members/"},
    "team-member-end": _DOES | {"address": f"{_TEAM}/members/99/end/", "status": 404},
    "team-pair": _ASKS | {"address": f"{_TEAM}/pairs/"},
    "team-pair-end": _DOES | {"address": f"{_TEAM}/pairs/99/end/", "status": 404},
    "team-cases": _ASKS | {"address": f"{_TEAM}/cases/"},
    "team-case-end": _DOES | {"address": f"{_TEAM}/cases/2/end/", "status": 409},
    "team-end": _ASKS | {"address": f"{_TEAM}/end/"},
}


def a_team() -> None:
    """Set the team up."""
    north = Institution.objects.get(pk="north")
    Team.objects.create(
        id=TEAM, kind="clearing_team", institution=north, name="Norte", from_on=AT.date()
    )
