"""Teams of the demonstration bank: who leads, who helps which branch, who has the largest debts."""

from datetime import datetime, timedelta
from typing import Final

from recobro.book.models import Institution
from recobro.book.queries import Scope
from recobro.casework.case.models import Case
from recobro.demo.places import HEAD_OFFICE
from recobro.office.people.models import User
from recobro.oversight.teams.enums import Kind
from recobro.oversight.teams.models import Team
from recobro.oversight.teams.operations import add_member, give_cases, pair_with, set_up

_HAIL: Final = f"{HEAD_OFFICE}-04"
_HELPED: Final = (f"{HEAD_OFFICE}-01", _HAIL, f"{HEAD_OFFICE}-06")
_HELPING: Final = "西片清收小组"
_MEMBERS: Final = ("business", "legal", "collector")


def gather(*, at: datetime) -> list[Team]:
    """Set teams up, one of each kind and one that waits for a leader."""
    bank, branch = (Institution.objects.get(pk=pk) for pk in (HEAD_OFFICE, _HAIL))
    president, risk, head = (_person(name) for name in ("president", "risk", "head"))
    leading = set_up(
        kind=Kind.LEADING_GROUP,
        institution=bank,
        name="不良贷款清收领导小组",
        mandate="统筹全行清收，每月听取各支行汇报。",
        leader=president,
        by=president,
        at=at,
    )
    helping = set_up(
        kind=Kind.CLEARING_TEAM,
        institution=bank,
        name=_HELPING,
        mandate="每周到支行一次，每户每月见面一次。",
        leader=risk,
        by=president,
        at=at,
    )
    for name in _MEMBERS:
        add_member(team=helping, user=_person(name), by=president, at=at)
    for place in _HELPED:
        pair_with(team=helping, institution=Institution.objects.get(pk=place), by=president, at=at)
    large = set_up(
        kind=Kind.LARGE_DEBTS,
        institution=bank,
        name="百户大额专案组",
        leader=risk,
        by=president,
        at=at,
    )
    force = set_up(
        kind=Kind.TASK_FORCE,
        institution=branch,
        name="冰雹灾后专班",
        until_on=at.date() + timedelta(days=60),
        by=head,
        at=at,
    )
    return [leading, helping, large, force]


def hand_out(*, at: datetime) -> int:
    """Give the open cases of the branch where the hail fell to who helps it; return how many."""
    branch = Institution.objects.get(pk=_HAIL)
    cases = Case.objects.filter(
        Scope((branch.path,)).within("institution__path"), closed_on__isnull=True
    )
    return len(
        give_cases(
            team=Team.objects.get(name=_HELPING),
            cases=cases,
            by=_person("president"),
            at=at,
            reason="冰雹受灾，集中清收",
        )
    )


def _person(username: str) -> User:
    return User.objects.get(username=username)
