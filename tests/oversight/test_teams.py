"""Teams: set up, led, changed and ended; who may, and what the journal tells."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from recobro.book.models import Close, Institution
from recobro.book.queries import Scope
from recobro.casework.case.models import Case
from recobro.casework.case.operations import end_account, end_post
from recobro.journal.models import Entry
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.office.people.operations import delegate
from recobro.oversight.teams import operations as do
from recobro.oversight.teams.enums import Kind
from recobro.oversight.teams.models import Team, TeamCase, TeamMember
from recobro.oversight.teams.queries import (
    members_of,
    possible_leaders,
    possible_members,
    teams_in,
    teams_of,
    without_leader,
)
from tests.web.workplace import appoint, post

pytestmark = pytest.mark.usefixtures("cleared")
AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
NORTH, EVERYWHERE = Scope(("00010002",)), Scope(("0001",))


def who(username: str) -> User:
    return User.objects.get(username=username)


def at(name: str) -> Institution:
    return Institution.objects.get(pk=name)


def case(household: str) -> Case:
    return Case.objects.get(household_id=household)


def team(kind: Kind = Kind.CLEARING_TEAM, place: str = "north", **how: Any) -> Team:
    known: dict[str, Any] = {
        "by": who("head" if place in {"north", "below"} else "president"),
        "at": AT,
    } | how
    return do.set_up(kind=kind, institution=at(place), name=f"Team {place}", **known)


def told(found: Team) -> list[str]:
    """Return what the journal tells of a team, from the first."""
    rows = Entry.objects.filter(chain=found.chain).order_by("position")
    return [row.act.removeprefix("teams.") for row in rows]


def belong(found: Team) -> list[tuple[str, bool]]:
    """Return who belongs to a team now, and whether they lead it."""
    return [(row.user.username, row.leads) for row in members_of(found) if row.until_on is None]


def test_a_team_is_set_up() -> None:
    made = team(mandate="Calls before visits", leader=who("collector"))
    assert (made.kind, made.institution_id, made.mandate) == (
        "clearing_team",
        "north",
        "Calls before visits",
    )
    assert belong(made) == [("collector", True)]
    entry = Entry.objects.get(act="teams.set-up")
    assert (entry.by, entry.subject, entry.institution_id) == ("head", "Team north", "north")
    assert entry.after == {
        "name": "Team north",
        "mandate": "Calls before visits",
        "kind": "clearing_team",
        "leader": "collector",
    }


@pytest.mark.parametrize("by", ["collector", "southern", "archive", "office"])
def test_who_may_not(by: str) -> None:
    with pytest.raises(do.MayNotTeam, match="does not set up or change teams at Río Norte"):
        team(by=who(by))
    made = team()
    for call in (
        lambda: do.change(team=made, name="x", mandate="", version=1, by=who(by), at=AT),
        lambda: do.end_team(team=made, by=who(by), at=AT),
        lambda: do.add_member(team=made, user=who("junior"), by=who(by), at=AT),
        lambda: do.pair_with(team=made, institution=at("below"), by=who(by), at=AT),
        lambda: do.give_cases(team=made, cases=[case("ana")], by=who(by), at=AT),
    ):
        with pytest.raises(do.MayNotTeam):
            call()
    assert told(made) == ["set-up"]


def test_a_deputy_acts_in_the_name_of_who_is_away() -> None:
    delegate(user=who("head"), deputy=who("collector"), first=AT.date(), last=AT.date(), at=AT)
    team(by=who("collector"))
    assert Entry.objects.get(act="teams.set-up").by == "collector for head"


@pytest.mark.parametrize("kind", [Kind.LEADING_GROUP, Kind.LARGE_DEBTS])
def test_of_some_kinds_an_institution_has_one(kind: Kind) -> None:
    first = team(kind)
    with pytest.raises(do.TeamThere, match="Río Norte has such a team already, Team north"):
        team(kind)
    team(kind, "below")
    do.end_team(team=first, by=who("head"), at=AT)
    team(kind)
    with pytest.raises(IntegrityError), transaction.atomic():
        Team.objects.filter(institution="below").update(institution="north")


def test_of_others_it_has_several() -> None:
    team()
    team()
    assert Team.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "leads"),
    [
        (Kind.LEADING_GROUP, ["head", "president"]),
        (Kind.CLEARING_TEAM, ["collector", "head", "president", "risk"]),
        (Kind.TASK_FORCE, ["collector", "head", "president", "risk"]),
        (Kind.LARGE_DEBTS, ["collector", "head", "president", "risk"]),
    ],
)
def test_who_may_lead(kind: Kind, leads: list[str]) -> None:
    found = possible_leaders(kind, at("north"), on=AT.date())
    assert [user.username for user in found] == leads


def test_who_may_not_lead() -> None:
    with pytest.raises(do.CannotLead, match="headed by the president or the head of the branch"):
        team(Kind.LEADING_GROUP, leader=who("collector"))
    assert Team.objects.count() == 0
    with pytest.raises(do.CannotLead, match="who may collect in all of it"):
        do.name_leader(team=team(), user=who("junior"), by=who("head"), at=AT)


def test_whose_account_has_ended_leads_nothing() -> None:
    """
    Of the collector the account alone has ended, behind the back of the house
    """
    User.objects.filter(username="collector").update(is_active=False)
    made = team()
    for call in (
        lambda: team(leader=who("collector")),
        lambda: do.name_leader(team=made, user=who("collector"), by=who("head"), at=AT),
    ):
        with pytest.raises(do.CannotLead):
            call()
    with pytest.raises(do.CannotBelong):
        do.add_member(team=made, user=who("collector"), by=who("head"), at=AT)


def test_who_may_belong() -> None:
    made = team(leader=who("head"))
    found = possible_members(made, on=AT.date())
    assert [user.username for user in found] == [
        *("archive", "collector", "junior", "president", "risk"),
    ]
    for user in (who("southern"), who("office")):
        with pytest.raises(do.CannotBelong):
            do.add_member(team=made, user=user, by=who("head"), at=AT)
    ended = who("junior")
    ended.is_active = False
    with pytest.raises(do.CannotBelong):
        do.add_member(team=made, user=ended, by=who("head"), at=AT)


def test_members_come_and_go() -> None:
    made = team(leader=who("collector"))
    joined = do.add_member(team=made, user=who("junior"), by=who("head"), at=AT)
    with pytest.raises(do.MemberThere, match="belongs to it since 2026-07-01 already"):
        do.add_member(team=made, user=who("junior"), by=who("head"), at=AT)
    assert belong(made) == [("collector", True), ("junior", False)]
    gone = do.remove_member(member=joined, by=who("head"), at=AT + DAY)
    assert gone.until_on == date(2026, 7, 2)
    with pytest.raises(do.MemberGone, match="left it on 2026-07-02"):
        do.remove_member(member=joined, by=who("head"), at=AT + DAY)
    do.add_member(team=made, user=who("junior"), by=who("head"), at=AT + DAY)
    assert told(made) == ["set-up", "member-added", "member-left", "member-added"]


def test_one_leads_at_a_time() -> None:
    made = team(leader=who("collector"))
    do.add_member(team=made, user=who("head"), by=who("head"), at=AT)
    do.name_leader(team=made, user=who("head"), by=who("head"), at=AT, instead_of="collector")
    assert belong(made) == [("head", True), ("collector", False)]
    with pytest.raises(do.LeaderNamedMeanwhile, match="Name of head leads Team north by now"):
        do.name_leader(team=made, user=who("risk"), by=who("head"), at=AT, instead_of="collector")
    with pytest.raises(do.MemberThere):
        do.name_leader(team=made, user=who("head"), by=who("head"), at=AT)
    do.name_leader(team=made, user=who("risk"), by=who("head"), at=AT)
    entry = Entry.objects.filter(act="teams.leader-named").latest("pk")
    assert (entry.before, entry.after) == ({"leader": "head"}, {"leader": "risk"})
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamMember.objects.filter(until_on__isnull=True).update(leads=True)


def test_a_leader_that_is_not_there_any_more() -> None:
    made = team(leader=who("collector"))
    leader = made.members.get()
    do.remove_member(member=leader, by=who("head"), at=AT)
    with pytest.raises(do.LeaderNamedMeanwhile, match="Nobody leads Team north by now"):
        do.name_leader(team=made, user=who("risk"), by=who("head"), at=AT, instead_of="collector")
    assert list(without_leader(NORTH, on=AT.date())) == [made]
    assert list(without_leader(Scope(("00010003",)), on=AT.date())) == []
    do.name_leader(team=made, user=who("risk"), by=who("head"), at=AT, instead_of="")
    assert list(without_leader(NORTH, on=AT.date())) == []


def test_whoever_leaves_their_post_leaves_their_teams() -> None:
    """
    risk, of the whole bank, is given a post at south: their cases and teams at north are left
    """
    made, south = team(leader=who("risk")), team(place="south", leader=who("risk"))
    post("risk", Role.ACCOUNT_MANAGER, "south")
    first = Post.objects.get(user__username="risk", institution="bank")
    end_post(post=first, at=AT + DAY, by="admin")
    assert (belong(made), belong(south)) == ([], [("risk", True)])
    entry = Entry.objects.get(act="teams.member-left")
    assert (entry.by, entry.before, entry.after) == (
        "recobro",
        {"member": "risk", "led": True},
        {"stays": False},
    )
    assert list(without_leader(EVERYWHERE, on=AT.date())) == [made]


def test_whoever_may_lead_no_more_stays_as_a_member() -> None:
    group = team(Kind.LEADING_GROUP, leader=who("head"))
    post("head", Role.ACCOUNT_MANAGER, "north")
    end_post(post=Post.objects.get(user__username="head", role="branch_head"), at=AT, by="admin")
    assert belong(group) == [("head", False)]


def test_an_account_that_ends_belongs_nowhere() -> None:
    made = team(leader=who("head"))
    do.add_member(team=made, user=who("archive"), by=who("head"), at=AT)
    end_account(user=who("archive"), at=AT, by="admin")
    assert belong(made) == [("head", True)]


def test_what_a_team_is_is_said_anew() -> None:
    made = team()
    do.change(team=made, name="Norte", mandate="Visits", version=1, by=who("head"), at=AT)
    with pytest.raises(do.TeamChangedMeanwhile, match="Somebody else has changed Norte meanwhile"):
        do.change(team=made, name="x", mandate="", version=1, by=who("president"), at=AT)
    do.change(team=made, name="Norte", mandate="Visits", version=2, by=who("head"), at=AT)
    made.refresh_from_db()
    assert (made.name, made.version, told(made)) == ("Norte", 2, ["set-up", "changed"])
    entry = Entry.objects.get(act="teams.changed")
    assert entry.before == {"name": "Team north", "mandate": ""}


def test_a_task_force_has_a_last_day() -> None:
    for until_on in (None, AT.date()):
        with pytest.raises(do.EndImpossible, match="A task force needs a last day"):
            team(Kind.TASK_FORCE, until_on=until_on)
    with pytest.raises(do.EndImpossible, match="Only a task force"):
        team(until_on=AT.date() + DAY)
    made = team(Kind.TASK_FORCE, until_on=AT.date() + DAY)
    later = AT.date() + 9 * DAY
    do.change(
        team=made, name="Longer", mandate="", version=1, until_on=later, by=who("head"), at=AT
    )
    assert do.end_over(at=AT + 8 * DAY) == 0
    assert do.end_over(at=AT + 9 * DAY) == 1


def test_a_task_force_ends_by_itself() -> None:
    """Its day is 2 July; nobody looks before the 5th."""
    force = team(Kind.TASK_FORCE, until_on=date(2026, 7, 2), leader=who("collector"))
    do.give_cases(team=force, cases=[case("ana")], by=who("head"), at=AT)
    then = AT + 4 * DAY
    assert teams_of(case("ana"), on=AT.date()) == [force]
    assert teams_of(case("ana"), on=then.date()) == []
    with pytest.raises(do.TeamOver, match="Team north ended on 2026-07-02; nothing was changed"):
        do.add_member(team=force, user=who("junior"), by=who("head"), at=then)
    other = team(Kind.TASK_FORCE, until_on=date(2026, 8, 1), at=AT)
    do.give_cases(team=other, cases=[case("ana")], by=who("head"), at=then)
    force.refresh_from_db()
    assert (force.until_on, force.ended_at) == (date(2026, 7, 2), then)
    assert [row.until_on for row in force.members.all()] == [date(2026, 7, 2)]
    assert teams_of(case("ana"), on=then.date()) == [other]
    entry = Entry.objects.get(act="teams.ended")
    assert (entry.by, entry.after) == (
        "recobro",
        {"until_on": "2026-07-02", "cases": 1, "members": 1, "pairs": 0},
    )


def test_a_team_is_ended_and_releases_what_it_has() -> None:
    made = team(leader=who("collector"))
    do.pair_with(team=made, institution=at("below"), by=who("head"), at=AT)
    do.give_cases(team=made, cases=[case("ana"), case("bo")], by=who("head"), at=AT)
    assert do.end_team(team=made, by=who("head"), at=AT + DAY, reason="Done") == 2
    with pytest.raises(do.TeamOver):
        do.end_team(team=made, by=who("head"), at=AT + DAY)
    made.refresh_from_db()
    ends = {row.until_on for rows in (made.cases, made.members, made.pairs) for row in rows.all()}
    assert (made.until_on, ends) == (date(2026, 7, 2), {date(2026, 7, 2)})
    entry = Entry.objects.get(chain=case("ana").chain, act="teams.case-left")
    assert (entry.by, entry.reason, entry.after) == ("head", "Done", {"team": "Team north"})
    assert TeamCase.objects.filter(until_on__isnull=True).count() == 0


def test_a_team_that_ends_on_its_first_day() -> None:
    made = team()
    assert do.end_team(team=made, by=who("head"), at=AT) == 0
    made.refresh_from_db()
    assert made.until_on == made.from_on


def test_whom_a_team_is_shown_to() -> None:
    """
    the clearing team of the bank helps south and has a case of below; risk leads it
    """
    team(place="below", by=who("head"))
    wide = team(place="bank", leader=who("risk"))

    def seen(scope: Scope, user: User | None = None) -> list[str]:
        return [found.name for found in teams_in(scope, user=user)]

    below, south = Scope(("000100020001",)), Scope(("00010003",))
    assert {at("below").path, at("south").path} == {below.paths[0], south.paths[0]}
    assert seen(EVERYWHERE) == ["Team bank", "Team below"]
    assert (seen(NORTH), seen(south)) == (["Team below"], [])
    assert seen(south, who("risk")) == ["Team bank"]
    do.pair_with(team=wide, institution=at("south"), by=who("president"), at=AT)
    assert (seen(south), seen(below)) == (["Team bank"], ["Team below"])
    do.give_cases(team=wide, cases=[case("ana"), case("eve")], by=who("president"), at=AT)
    assert seen(below) == ["Team bank", "Team below"]
    (found,) = teams_in(south)
    told_ = (found.leader, found.people, found.open_cases)  # type: ignore[attr-defined]  # of teams_in
    assert told_ == ("Name of risk", 1, 1)


def test_names_say_what_they_are() -> None:
    made = team(leader=who("head"))
    pair = do.pair_with(team=made, institution=at("below"), by=who("head"), at=AT)
    (row,) = do.give_cases(team=made, cases=[case("ana")], by=who("head"), at=AT)
    assert [str(made), str(pair), str(row)] == [
        "Team north",
        f"below by team {made.pk}",
        f"case {row.case_id} of team {made.pk}",
    ]
    assert str(made.members.get()) == f"Name of head of team {made.pk}"
    assert pair.then == {"CNY": 180_00}
    assert appoint("new", Role.OFFICE, "bank").teams.count() == 0


def test_a_case_that_moves_away_is_let_go_of() -> None:
    """A close has found it at south: the team of north has it no more, that of the bank still."""
    near, above = team(leader=who("head")), team(place="bank", kind=Kind.LEADING_GROUP)
    for each, by in ((near, "head"), (above, "president")):
        do.give_cases(team=each, cases=[case("ana")], by=who(by), at=AT)
    close = Close.objects.filter(shown_at__isnull=False).latest("as_of")
    assert do.let_go_of_moved(close=close, at=AT) == 0
    Case.objects.filter(household_id="ana").update(institution_id="south")
    assert do.let_go_of_moved(close=close, at=AT) == 1
    rows = TeamCase.objects.filter(case__household_id="ana", until_on__isnull=True)
    assert [row.team for row in rows] == [above]
    entry = Entry.objects.filter(act="teams.case-left").latest("id")
    assert (entry.by, entry.subject) == ("recobro", "ana")
