"""The largest households, as each close finds them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from recobro.book.models import Close
from recobro.book.queries import Scope, latest_shown
from recobro.casework.case.models import Case
from recobro.journal.operations import NOBODY, record_all
from recobro.office.lock import one_at_a_time
from recobro.oversight.teams.enums import BY_HAND, Kind
from recobro.oversight.teams.models import Team, TeamCase
from recobro.oversight.teams.operations.team import tell, told_of_case
from recobro.oversight.teams.queries import largest_households

_AT_ONCE = 2_000
"""Rows in one statement."""


@transaction.atomic
def renew_lists(*, at: datetime, by: str = NOBODY) -> int:
    """Let each team for large debts have the largest households of the newest close.

    From the top down: a household that is large for the bank is that team's, and those below have
    the largest of the others. Return how many came or went.
    """
    close = latest_shown()
    large = Team.objects.filter(kind=Kind.LARGE_DEBTS.value, ended_at__isnull=True)
    if close is None or not large.exists():
        return 0
    one_at_a_time()
    order = large.select_related("institution").order_by("institution__path")
    teams = list(order.select_for_update(of=("self",)))
    had: dict[int, dict[int, TeamCase]] = {team.pk: {} for team in teams}
    rows = TeamCase.objects.filter(team__in=teams, until_on__isnull=True)
    for row in rows.select_related("case"):
        had[row.team_id][row.case_id] = row
    lists = _largest(teams, close)
    for team in teams:  # what leaves one may come to another
        left = [row for number, row in had[team.pk].items() if number not in lists[team.pk]]
        _leave(team, left, close, by, at)
    moved = 0
    for team in teams:
        moved += _brought(team, had[team.pk], lists[team.pk], close, who=by, at=at)
    return moved


@transaction.atomic
def let_go_of_moved(*, close: Close, at: datetime) -> int:
    """Let go of cases that no longer lie where their team is; return how many.

    A close has moved them to another branch, which could neither see that team nor give the case to
    one of its own. What a rule gave is found anew by the rule.
    """
    stays = Q(case__institution__path__startswith=F("team__institution__path"))
    rows = TeamCase.objects.filter(until_on__isnull=True, kind__in=BY_HAND).exclude(stays)
    gone: dict[Team, list[TeamCase]] = defaultdict(list)
    for row in rows.select_related("team__institution", "case"):
        gone[row.team].append(row)
    for team, own in gone.items():
        _leave(team, own, close, NOBODY, at)
    return sum(map(len, gone.values()))


def _brought(
    team: Team,
    had: Mapping[int, TeamCase],
    largest: set[int],
    close: Close,
    *,
    who: str,
    at: datetime,
) -> int:
    """Bring to a team what is large anew, and tell what came and left; return how many."""
    came, left = largest - set(had), set(had) - largest
    join(team, list(Case.objects.filter(pk__in=came).order_by("pk")), who, at, close=close)
    if came or left:
        told = {"close": str(close.as_of), "came": len(came), "left": len(left)}
        tell(team, "teams.list-renewed", by=who, at=at, after=told)
    return len(came) + len(left)


def _largest(teams: Sequence[Team], close: Close) -> dict[int, set[int]]:
    lists: dict[int, set[int]] = {}
    given: set[int] = set()
    for team in teams:
        scope = Scope((team.institution.path,))
        lists[team.pk] = largest_households(scope, close, team.largest or 0, but=given)
        given |= lists[team.pk]
    return lists


def join(
    team: Team,
    cases: Sequence[Case],
    who: str,
    at: datetime,
    *,
    close: Close | None = None,
    reason: str = "",
) -> list[TeamCase]:
    """Let some cases be a team's, in the transaction of the caller."""
    on = close.as_of if close else at.date()
    rows = [
        TeamCase(team=team, kind=team.kind, case=case, from_on=on, close=close) for case in cases
    ]
    made = TeamCase.objects.bulk_create(rows, batch_size=_AT_ONCE)
    drafts = [told_of_case(row, team, "teams.case-joined", reason) for row in made]
    record_all(drafts=drafts, by=who, at=at)
    return made


def _leave(team: Team, rows: Sequence[TeamCase], close: Close, who: str, at: datetime) -> None:
    for row in rows:
        row.until_on = max(close.as_of, row.from_on)
    TeamCase.objects.bulk_update(rows, ["until_on"], batch_size=_AT_ONCE)
    drafts = [told_of_case(row, team, "teams.case-left") for row in rows]
    record_all(drafts=drafts, by=who, at=at)
