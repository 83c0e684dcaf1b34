"""Teams on the pages: set up, led, paired, given cases, and ended; whom they are shown to."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from recobro.book.models import Close, Institution
from recobro.casework.case.models import Case
from recobro.office.people.enums import Role
from recobro.office.people.models import User
from recobro.oversight.teams import operations as do
from recobro.oversight.teams.enums import Kind
from recobro.oversight.teams.models import Pair, Team, TeamCase, TeamMember
from tests.web.conftest import SignedIn
from tests.web.read import body, main
from tests.web.workplace import appoint

pytestmark = pytest.mark.usefixtures("workplace")
DAG, HOME_1 = 1, 2
"""Cases of north by number: of N3 in USD; of N1 and T1, and of S1 at south."""


@pytest.fixture
def head(signed_in: SignedIn) -> Client:
    """Return the browser of the head of north."""
    return signed_in("branch_head")


def set_up(kind: Kind = Kind.CLEARING_TEAM, place: str = "north", **how: Any) -> Team:
    by = User.objects.get(username="head" if place in {"bank", "south"} else "branch_head")
    institution = Institution.objects.get(pk=place)
    name = f"{kind.value} of {place}"
    return do.set_up(kind=kind, institution=institution, name=name, by=by, at=timezone.now(), **how)


def led(place: str = "north", kind: Kind = Kind.CLEARING_TEAM) -> Team:
    return set_up(kind, place, leader=User.objects.get(username="head"))


def pk(username: str) -> int:
    return User.objects.get(username=username).pk


def test_no_team_yet(head: Client, signed_in: SignedIn) -> None:
    page = main(head.get("/teams/"))
    assert "There is no team here" in page
    assert "Set up a team" in page
    assert "Set up a team" not in main(signed_in("auditor").get("/teams/"))
    assert "No team has ended" in main(head.get("/teams/?ended=1"))


def test_a_team_is_set_up_and_led(head: Client) -> None:
    told = {"kind": "clearing_team", "institution": "north", "name": "Norte", "mandate": "Visits"}
    answer = head.post("/teams/add/", told)
    made = Team.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/teams/{made.pk}/")
    page = main(head.get(f"/teams/{made.pk}/"))
    assert "Nobody leads this team." in page
    assert "Teams without a leader that wait for you to name one: 1." in main(head.get("/"))
    form = head.get(f"/teams/{made.pk}/leader/")
    assert "Name of legal · legal" in main(form)
    assert head.post(f"/teams/{made.pk}/leader/", {"user": pk("legal")}).status_code == 302
    page = main(head.get(f"/teams/{made.pk}/"))
    assert "Name of legal leads" in page
    assert "Nobody leads" not in page
    assert "Teams without a leader" not in main(head.get("/"))
    assert "Norte Clearing team Río Norte Name of legal 1 0" in main(head.get("/teams/"))


def test_whoever_names_a_leader_has_seen_who_led(head: Client) -> None:
    made = led()
    there = {"user": pk("legal"), "instead_of": "head"}
    assert head.post(f"/teams/{made.pk}/leader/", there).status_code == 302
    second = head.post(f"/teams/{made.pk}/leader/", there | {"user": pk("risk")})
    assert second.status_code == 422
    assert "Name of legal leads clearing_team of north by now" in main(second)


def test_what_is_set_up_wrongly_is_said(head: Client) -> None:
    told = {"kind": "task_force", "institution": "north", "name": "Hail", "mandate": ""}
    today = timezone.now().date()
    for last in ("", "nonsense", str(today - timedelta(days=1)), "9999-12-31"):
        answer = head.post("/teams/add/", told | {"until": last})
        assert (last, answer.status_code) == (last, 422)
    assert "A task force needs a last day" in main(answer)
    assert head.post("/teams/add/", told | {"institution": "south"}).status_code == 422
    assert Team.objects.count() == 0
    assert head.post("/teams/add/", told | {"until": str(today)}).status_code == 302
    force = Team.objects.get()
    assert (force.last_on, force.until_on) == (today, today + timedelta(days=1))
    (row,) = head.get("/teams/").context["page"]
    assert row.last_on == today


def test_a_team_is_changed(head: Client) -> None:
    force = set_up(Kind.TASK_FORCE, until_on=timezone.now().date() + timedelta(days=3))
    last = timezone.now().date() + timedelta(days=2)
    page = body(head.get(f"/teams/{force.pk}/change/"))
    assert f'value="{last}"' in page
    told = {"name": "Hail", "mandate": "x", "until": str(last), "version": 1}
    assert head.post(f"/teams/{force.pk}/change/", told).status_code == 302
    assert head.post(f"/teams/{force.pk}/change/", told).status_code == 422
    large = set_up(Kind.LARGE_DEBTS)
    told = {"name": "Big", "mandate": "", "largest": "1001", "version": 1}
    assert head.post(f"/teams/{large.pk}/change/", told).status_code == 422
    assert head.post(f"/teams/{large.pk}/change/", told | {"largest": "7"}).status_code == 302
    assert list(Team.objects.values_list("name", "largest")) == [("Big", 7), ("Hail", None)]


def test_members_join_and_leave(head: Client) -> None:
    made = led()
    assert head.post(f"/teams/{made.pk}/members/", {"user": pk("legal")}).status_code == 302
    assert head.post(f"/teams/{made.pk}/members/", {"user": pk("legal")}).status_code == 422
    assert head.post(f"/teams/{made.pk}/members/", {"user": pk("office")}).status_code == 422
    member = made.members.get(user__username="legal")
    gone = f"/teams/{made.pk}/members/{member.pk}/end/"
    assert head.post(gone).status_code == 302
    again = head.post(gone)
    assert again.status_code == 409
    assert "Name of legal left it on" in main(again)
    other = led()
    assert head.post(f"/teams/{other.pk}/members/{member.pk}/end/").status_code == 404


def test_an_institution_is_helped(head: Client) -> None:
    """
    at the sub-branch T1, with 30.00 in CNY, is non-performing
    """
    made = led()
    page = main(head.get(f"/teams/{made.pk}/"))
    assert "It helps no institution yet." in page
    assert "Río Norte" not in main(head.get(f"/teams/{made.pk}/pairs/")).partition("---------")[2]
    assert head.post(f"/teams/{made.pk}/pairs/", {"institution": "below"}).status_code == 302
    page = main(head.get(f"/teams/{made.pk}/"))
    assert "白云支行 CNY" in page
    assert "40.00 40.00 0.00 0 0 0 0" in page
    assert head.post(f"/teams/{made.pk}/pairs/", {"institution": "below"}).status_code == 422
    gone = f"/teams/{made.pk}/pairs/{made.pairs.get().pk}/end/"
    assert [head.post(gone).status_code, head.post(gone).status_code] == [302, 409]
    assert head.post(f"/teams/{made.pk}/pairs/999/end/").status_code == 404


def test_cases_are_given_by_a_list(head: Client) -> None:
    made = led()
    told = {"names": "N3, zz\n", "reason": "close to each other"}
    answer = head.post(f"/teams/{made.pk}/cases/", told)
    assert answer.status_code == 422
    assert "There is no open case here of zz; nothing was changed." in main(answer)
    told["names"] = "N3\nhome-1 T1;"
    assert head.post(f"/teams/{made.pk}/cases/", told).status_code == 302
    page = main(head.get(f"/teams/{made.pk}/"))
    assert "Households CNY 1 Outstanding CNY 460.00" in page
    assert "Households USD 1 Outstanding USD 90.00" in page
    rows = main(head.get(f"/cases/?team={made.pk}"))
    assert "2 households with an open case" in rows
    assert f"← {made.name}" in rows
    page = main(head.get(f"/teams/{made.pk}/changes/"))
    assert page.count("by hand") == 2


def test_the_ledger_of_a_team_that_there_is_not(head: Client) -> None:
    south = led("south")
    empty = led()
    assert "No case fits" in main(head.get(f"/cases/?team={empty.pk}"))
    for told in (south.pk, "99", "x", "²", "1" * 30, "%00"):
        assert (told, head.get(f"/cases/?team={told}").status_code) == (told, 404)


def test_a_case_is_given_to_a_team(head: Client) -> None:
    made = led()
    page = main(head.get(f"/cases/{HOME_1}/"))
    assert "Give it to a team" in page
    assert "clearing_team of north · Río Norte" in main(head.get(f"/cases/{HOME_1}/team/"))
    told = {"team": made.pk, "reason": "far away"}
    assert head.post(f"/cases/{HOME_1}/team/", told | {"reason": ""}).status_code == 422
    answer = head.post(f"/cases/{HOME_1}/team/", told)
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{HOME_1}/")
    assert head.post(f"/cases/{HOME_1}/team/", told).status_code == 422
    page = main(head.get(f"/cases/{HOME_1}/"))
    assert "Teams clearing_team of north Clearing team Take away" in page
    assert "Came to a team branch_head clearing_team of north far away" in page
    taken = f"/teams/{made.pk}/cases/{HOME_1}/end/"
    assert [head.post(taken).status_code, head.post(taken).status_code] == [302, 409]
    assert TeamCase.objects.filter(until_on__isnull=True).count() == 0


def test_a_case_that_goes_meanwhile_to_another(head: Client) -> None:
    """Both see the form; whoever comes second is told."""
    first, second = led(), led()
    head.get(f"/cases/{DAG}/team/")
    do.give_cases(
        team=first,
        cases=[Case.objects.get(pk=DAG)],
        by=User.objects.get(username="management"),
        at=timezone.now(),
    )
    told = {"team": second.pk, "reason": "x"}
    assert head.post(f"/cases/{DAG}/team/", told).status_code == 422
    assert TeamCase.objects.get().team == first


def test_a_team_is_ended_once_asked(head: Client) -> None:
    made = led()
    head.post(f"/teams/{made.pk}/pairs/", {"institution": "below"})
    head.post(f"/teams/{made.pk}/cases/", {"names": "N3", "reason": "x"})
    page = main(head.get(f"/teams/{made.pk}/end/"))
    assert "It releases 1 open cases, 1 members and 1 institutions that it helps." in page
    assert head.post(f"/teams/{made.pk}/end/", {"reason": ""}).status_code == 422
    assert head.post(f"/teams/{made.pk}/end/", {"reason": "done"}).status_code == 302
    page = main(head.get(f"/teams/{made.pk}/"))
    assert "This team has ended." in page
    assert [word in page for word in ("Add a member", "Take out", "Nobody leads")] == [False] * 3
    assert head.post(f"/teams/{made.pk}/end/", {"reason": "done"}).status_code == 422
    assert "There is no team here" in main(head.get("/teams/"))
    assert made.name in main(head.get("/teams/?ended=1"))


def test_large_debts_have_what_the_rule_finds(head: Client) -> None:
    large = set_up(Kind.LARGE_DEBTS, largest=1)
    page = main(head.get(f"/teams/{large.pk}/"))
    assert "It has the 1 households with the largest non-performing balance" in page
    assert "Give it cases by a list" not in page
    assert main(head.get(f"/teams/{large.pk}/changes/")).count("by the rule") == 2
    taken = head.post(f"/teams/{large.pk}/cases/{HOME_1}/end/")
    assert taken.status_code == 409
    assert "has the 1 largest households" in main(taken)
    assert "Take away" not in main(head.get(f"/cases/{HOME_1}/"))


def test_what_another_branch_has_is_none_that_there_is(head: Client) -> None:
    south = led("south")
    assert head.get("/teams/").context["page"].object_list.count() == 0
    for part in ("", "change/", "changes/", "leader/", "members/", "pairs/", "cases/", "end/"):
        assert (part, head.get(f"/teams/{south.pk}/{part}").status_code) == (part, 404)
    for part in ("leader/", "members/", "pairs/", "cases/", "end/"):
        assert (part, head.post(f"/teams/{south.pk}/{part}").status_code) == (part, 404)
    assert head.get(f"/teams/{10**30}/").status_code == 404


def test_a_team_of_above_shows_what_is_of_the_own_scope(signed_in: SignedIn) -> None:
    """
    the bank's team helps north and south, and has a case of each; the head of south sees theirs
    """
    wide = led("bank")
    at = timezone.now()
    by = User.objects.get(username="head")
    for place in ("north", "south"):
        do.pair_with(team=wide, institution=Institution.objects.get(pk=place), by=by, at=at)
    do.give_cases(team=wide, cases=Case.objects.all(), by=by, at=at)
    appoint("sur", Role.BRANCH_HEAD, "south")
    browser = signed_in("sur")
    page = main(browser.get(f"/teams/{wide.pk}/"))
    assert "Sur CNY" in page
    assert [word in page for word in ("Río Norte", "=2+5", "Ana", "Add a member")] == [False] * 4
    assert main(browser.get(f"/teams/{wide.pk}/changes/")).count("by hand") == 0
    assert browser.get(f"/teams/{wide.pk}/end/").status_code == 404
    assert browser.post(f"/teams/{wide.pk}/members/", {"user": 1}).status_code == 404


def test_a_case_of_another_branch_is_given_by_nobody_else(signed_in: SignedIn) -> None:
    """The head of south sees S1 of the household, whose case belongs to north."""
    appoint("sur", Role.BRANCH_HEAD, "south")
    browser = signed_in("sur")
    assert browser.get(f"/cases/{HOME_1}/").status_code == 200
    assert browser.get(f"/cases/{HOME_1}/team/").status_code == 404
    assert browser.get(f"/cases/{DAG}/team/").status_code == 404


def test_before_the_first_close_a_team_has_nothing(signed_in: SignedIn) -> None:

    made = led()
    Close.objects.update(shown_at=None)
    assert "It has no open case" in main(signed_in("branch_head").get(f"/teams/{made.pk}/"))


@pytest.mark.parametrize("number", [1, 3])
def test_teams_are_asked_for_at_once(
    number: int, signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        led()
    browser = signed_in("risk")
    with django_assert_num_queries(7):
        assert len(browser.get("/teams/").context["page"]) == number


@pytest.mark.parametrize("number", [1, 2])
def test_what_a_team_has_is_asked_for_at_once(
    number: int, signed_in: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = led("bank")
    by, at = User.objects.get(username="head"), timezone.now()
    for place in ("north", "south")[:number]:
        do.pair_with(team=made, institution=Institution.objects.get(pk=place), by=by, at=at)
    do.give_cases(team=made, cases=Case.objects.all()[:number], by=by, at=at)
    for user in User.objects.filter(username__in=("risk", "management", "legal")[: number + 1]):
        do.add_member(team=made, user=user, by=by, at=at)
    browser = signed_in("head")
    with django_assert_num_queries(13):
        browser.get(f"/teams/{made.pk}/")
    with django_assert_num_queries(8):
        browser.get(f"/teams/{made.pk}/changes/")


def test_long_lists_of_a_team_show_the_first_and_lead_to_all(head: Client) -> None:
    """
    20 people have left it, and it helps 21 places without loans
    """
    made = led()
    on = made.from_on
    TeamMember.objects.bulk_create(
        TeamMember(team=made, user_id=pk("legal"), from_on=on, until_on=on) for _ in range(20)
    )
    places = Institution.objects.bulk_create(
        Institution(
            institution_id=f"p{number}",
            name=f"Place {number}",
            kind="sub_branch",
            path=f"{made.institution.path}9{number:03}",
            parent_id="north",
        )
        for number in range(21)
    )
    Pair.objects.bulk_create(Pair(team=made, institution=one, from_on=on) for one in places)
    address = f"/teams/{made.pk}/"
    first = head.get(address)
    assert {name: len(first.context[name]) for name in ("members", "results")} == {
        "members": 20,
        "results": 20,
    }
    assert "Name of head leads" in main(first)
    assert main(first).count("Show all 21") == 2
    for name, other in (("members", "results"), ("results", "members")):
        page = head.get(f"{address}?all={name}")
        assert (len(page.context[name]), len(page.context[other])) == (21, 20)
        assert main(page).count("Show all 21") == 1


def test_what_households_owe_is_summed_over_all_of_them(head: Client) -> None:
    made = led()
    do.give_cases(
        team=made,
        cases=Case.objects.filter(institution="north"),
        by=User.objects.get(username="branch_head"),
        at=timezone.now(),
    )
    sums = head.get(f"/teams/{made.pk}/").context["sums"]
    assert [(one["currency"], one["households"]) for one in sums] == [("CNY", 2), ("USD", 1)]
    assert [one["outstanding"] for one in sums] == [520_00, 90_00]


def test_a_leading_group_sees_what_has_climbed_to_it(head: Client) -> None:
    """Its delay has brought a case to north; the other is in time."""
    Case.objects.filter(pk=1).update(escalated_to="north")
    group, other = set_up(Kind.LEADING_GROUP), led()
    said = "Overdue cases that have climbed to this institution: 1."
    assert said in main(head.get(f"/teams/{group.pk}/"))
    assert said not in main(head.get(f"/teams/{other.pk}/"))
