"""What teams have: cases by hand, by list and by the rule of the largest; pairs and results."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from recobro.book.models import Close, Institution
from recobro.book.queries import Scope
from recobro.casework.case.models import Case
from recobro.journal.models import Entry
from recobro.oversight.teams import operations as do
from recobro.oversight.teams.enums import Kind
from recobro.oversight.teams.models import Pair, Team, TeamCase
from recobro.oversight.teams.queries import (
    cases_of,
    changes_of,
    largest_households,
    pairs_of,
    results,
    teams_for,
)
from recobro.oversight.teams.rules import largest_of
from recobro.runs.operations import show
from tests.oracle.written import written
from tests.oversight.test_teams import AT, DAY, EVERYWHERE, NORTH, at, case, team, told, who
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of

pytestmark = pytest.mark.usefixtures("cleared")


def has(found: Team) -> list[str]:
    """Return the households whose open cases a team has."""
    rows = TeamCase.objects.filter(team=found, until_on__isnull=True)
    return sorted(rows.values_list("case__household_id", flat=True))


def give(found: Team, *households: str, **how: Any) -> list[TeamCase]:
    cases = [case(name) for name in households]
    known: dict[str, Any] = {"by": who("president"), "at": AT} | how
    return do.give_cases(team=found, cases=cases, **known)


def test_cases_are_given_and_taken() -> None:
    made = team()
    assert len(give(made, "ana", "cai", reason="Close to each other")) == 2
    assert give(made, "cai") == []
    assert has(made) == ["ana", "cai"]
    entry = Entry.objects.get(act="teams.case-joined", subject="ana")
    assert (entry.by, entry.chain, entry.institution_id, entry.reason, entry.after) == (
        "president",
        case("ana").chain,
        "below",
        "Close to each other",
        {"team": "Team north"},
    )
    do.take_case(team=made, case=case("ana"), by=who("head"), at=AT + DAY, reason="Paid soon")
    with pytest.raises(do.NotTheirs, match="Team north has not this case any more"):
        do.take_case(team=made, case=case("ana"), by=who("head"), at=AT + DAY)
    assert has(made) == ["cai"]
    rows = [(row.case.household_id, str(row.until_on)) for row in changes_of(made, EVERYWHERE)]
    assert rows == [("ana", "2026-07-02"), ("cai", "None")]
    give(made, "ana")
    assert has(made) == ["ana", "cai"]


def test_of_each_kind_one_team_has_a_case() -> None:
    first, second = team(), team(place="below")
    force = team(Kind.TASK_FORCE, until_on=date(2026, 8, 1))
    give(first, "ana")
    give(force, "ana")
    with pytest.raises(do.CaseTaken, match=r"has this already: ana \(Team north\); nothing was"):
        give(second, "bo", "ana")
    assert has(second) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamCase.objects.filter(kind=Kind.TASK_FORCE.value).update(kind=Kind.CLEARING_TEAM.value)


def test_what_cannot_be_given() -> None:
    north = team()
    with pytest.raises(do.CaseElsewhere, match="eve lies at Sur, not at or below Río Norte"):
        give(north, "ana", "eve")
    Case.objects.filter(household_id="bo").update(closed_on=AT.date(), outcome="paid")
    with pytest.raises(do.CaseOver, match="The case of bo was closed on 2026-07-01"):
        give(north, "bo")
    large = team(Kind.LARGE_DEBTS)
    for call in (
        lambda: give(large, "ana"),
        lambda: do.take_case(team=large, case=case("ana"), by=who("head"), at=AT),
    ):
        with pytest.raises(do.ByTheRule, match="has the 20 largest households"):
            call()
    assert has(north) == []


def test_a_list_names_loans_or_households() -> None:
    made = team()
    rows = do.give_list(team=made, names=["B1", "cai", "N1", "B1"], by=who("head"), at=AT)
    assert (len(rows), has(made)) == (2, ["ana", "cai"])


@pytest.mark.parametrize(
    ("names", "told_"),
    [
        (["B2", "S1"], "no open case here of S1; nothing"),
        (["zz1", "zz2", "zz3", "zz4", "zz5", "zz6"], "zz1, zz2, zz3, zz4, zz5 …; nothing"),
        ([], "no open case here of …"),
    ],
)
def test_a_list_with_what_is_not_there_gives_nothing(names: list[str], told_: str) -> None:
    made = team()
    with pytest.raises(do.NotFound, match=told_):
        do.give_list(team=made, names=names, by=who("head"), at=AT)
    assert has(made) == []


def test_the_teams_that_a_case_could_have() -> None:
    north, bank = team(), team(place="bank")
    team(place="south")
    team(Kind.LARGE_DEBTS)
    force = team(Kind.TASK_FORCE, until_on=date(2026, 7, 2))

    def could(days: int = 0) -> list[str]:
        found = teams_for(case("ana"), on=AT.date() + days * DAY)
        return [f"{each.kind} {each.institution_id}" for each in found]

    assert could() == ["clearing_team bank", "clearing_team north", "task_force north"]
    give(bank, "ana")
    assert could() == ["task_force north"]
    assert could(1) == []
    give(force, "bo")
    assert set(cases_of(force, NORTH)) == {case("bo")}
    assert set(cases_of(force, Scope(("00010003",)))) == set()
    assert has(north) == []


@pytest.mark.parametrize(("place", "number"), [("bank", 100), ("north", 20), ("below", 10)])
def test_how_many_are_large(place: str, number: int) -> None:
    assert largest_of(at(place)) == number
    assert team(Kind.LARGE_DEBTS, place).largest == number


@pytest.mark.parametrize("largest", [0, 1001])
def test_how_many_cannot_be_large(largest: int) -> None:
    with pytest.raises(do.LargestImpossible, match="from 1 to 1000 households"):
        team(Kind.LARGE_DEBTS, largest=largest)
    with pytest.raises(do.LargestImpossible):
        team(largest=3)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, "ana dag"), (2, "ana cai dag"), (3, "ana bo cai dag"), (9, "ana bo cai dag eve")],
)
def test_the_largest_in_each_currency(number: int, expected: str) -> None:
    """
    ana, cai, bo and eve owe 100, 90, 80 and 70 in CNY, dag 50 in USD
    """
    found = largest_households(EVERYWHERE, Close.objects.latest("as_of"), number)
    names = Case.objects.filter(pk__in=found).values_list("household_id", flat=True)
    assert " ".join(sorted(names)) == expected


def test_what_is_large_for_the_bank_is_not_the_branchs() -> None:
    bank = team(Kind.LARGE_DEBTS, "bank", largest=1)
    north = team(Kind.LARGE_DEBTS, "north", largest=1)
    below = team(Kind.LARGE_DEBTS, "below", largest=5)
    assert [has(bank), has(north), has(below)] == [["ana", "dag"], ["cai"], ["bo"]]
    assert do.renew_lists(at=AT) == 0
    do.change(team=bank, name="Bank", mandate="", version=1, largest=2, by=who("president"), at=AT)
    assert [has(bank), has(north), has(below)] == [["ana", "cai", "dag"], ["bo"], []]
    entry = Entry.objects.filter(act="teams.list-renewed", chain=below.chain).latest("pk")
    assert (entry.by, entry.after) == (
        "president",
        {"close": "2026-06-30", "came": 0, "left": 1},
    )
    do.end_team(team=bank, by=who("president"), at=AT)
    assert [has(bank), has(north), has(below)] == [[], ["ana", "dag"], ["bo"]]


def test_each_close_finds_the_largest_anew(cleared_bank: Bank) -> None:
    """
    on 10 July ana pays all: her case is closed, and eve is among the three largest
    """
    large = team(Kind.LARGE_DEBTS, "bank", largest=3)
    assert has(large) == ["ana", "bo", "cai", "dag"]
    cleared_bank.close("2026-07-31")
    show(home=cleared_bank.home, at=AT + 31 * DAY)
    assert has(large) == ["bo", "cai", "dag", "eve"]
    rows = {row.case.household_id: row for row in changes_of(large, EVERYWHERE)}
    assert (rows["ana"].until_on, rows["eve"].from_on) == (date(2026, 7, 31), date(2026, 7, 31))
    entry = Entry.objects.filter(act="teams.list-renewed").latest("pk")
    assert (entry.by, entry.after) == (
        "recobro",
        {"close": "2026-07-31", "came": 1, "left": 1},
    )
    assert told(large) == ["set-up", "list-renewed", "list-renewed"]
    acts = Entry.objects.filter(chain=case("eve").chain).order_by("position")
    assert [each.act for each in acts][-1] == "teams.case-joined"


def test_an_older_close_changes_no_list(cleared_bank: Bank) -> None:
    large = team(Kind.LARGE_DEBTS, "bank", largest=3)
    before = has(large)
    cleared_bank.close("2026-04-30")
    show(home=cleared_bank.home, at=AT)
    assert (has(large), told(large)) == (before, ["set-up", "list-renewed"])


def test_before_any_close_nobody_is_large() -> None:
    Close.objects.update(shown_at=None)
    assert has(team(Kind.LARGE_DEBTS, "bank")) == []
    pair = do.pair_with(team=team(), institution=at("below"), by=who("head"), at=AT)
    assert (pair.then_on, pair.then) == (None, {})


def came_of(pair: Pair, close: Close) -> dict[str, tuple[Any, Any, Any, Mapping[str, int]]]:
    """Return the results of a pair by currency: then, now, change, ended."""
    fresh = [each for each in pairs_of(pair.team, EVERYWHERE) if each == pair]
    return {
        one.currency: (one.then, one.now, one.change, dict(one.ended))
        for one in results(fresh, close)
    }


def test_results_of_a_pair(cleared_bank: Bank) -> None:
    """
    ana and bo owed 180.00 at below; ana has paid by the end of July
    """
    made = team(place="bank")
    pair = do.pair_with(team=made, institution=at("below"), by=who("president"), at=AT)
    assert came_of(pair, Close.objects.latest("as_of")) == {"CNY": (180_00, 180_00, 0, {})}
    cleared_bank.close("2026-07-31")
    show(home=cleared_bank.home, at=AT + 31 * DAY)
    july, june = Close.objects.filter(shown_at__isnull=False)[:2]
    assert came_of(pair, july) == {"CNY": (180_00, 80_00, -100_00, {"cured": 1})}
    assert came_of(pair, june) == {"CNY": (180_00, 180_00, 0, {})}
    Pair.objects.filter(pk=pair.pk).update(then_on=None, then={})
    assert came_of(pair, july) == {"CNY": (None, 80_00, None, {"cured": 1})}


def test_results_in_each_currency() -> None:
    made = team(place="bank")
    pair = do.pair_with(team=made, institution=at("north"), by=who("president"), at=AT)
    close = Close.objects.latest("as_of")
    assert came_of(pair, close) == {
        "CNY": (270_00, 270_00, 0, {}),
        "USD": (50_00, 50_00, 0, {}),
    }
    empty = do.pair_with(team=made, institution=at("empty"), by=who("president"), at=AT)
    assert came_of(empty, close) == {"": (None, None, None, {})}
    assert results([], close) == []


def test_what_cannot_be_paired() -> None:
    made, other = team(), team(place="bank")
    for found, place in ((made, "north"), (made, "south"), (team(Kind.LEADING_GROUP), "below")):
        with pytest.raises(do.CannotPair, match="helps institutions below its own"):
            do.pair_with(team=found, institution=at(place), by=who("head"), at=AT)
    do.pair_with(team=made, institution=at("below"), by=who("head"), at=AT)
    with pytest.raises(do.HelpedAlready, match="白云支行 is helped by Team north since 2026-07-01"):
        do.pair_with(team=other, institution=at("below"), by=who("president"), at=AT)
    assert Institution.objects.filter(pair__isnull=False).count() == 1


def test_a_team_helps_no_place_twice() -> None:
    wide = team(place="bank")
    first = do.pair_with(team=wide, institution=at("north"), by=who("president"), at=AT)
    with pytest.raises(do.CannotPair):
        do.pair_with(team=wide, institution=at("below"), by=who("president"), at=AT)
    do.end_pair(pair=first, by=who("president"), at=AT + DAY)
    with pytest.raises(do.PairOver, match="by Team bank no more since 2026-07-02"):
        do.end_pair(pair=first, by=who("president"), at=AT + DAY)
    do.pair_with(team=wide, institution=at("below"), by=who("president"), at=AT + DAY)
    with pytest.raises(do.CannotPair):
        do.pair_with(team=wide, institution=at("north"), by=who("president"), at=AT + DAY)
    assert told(wide) == ["set-up", "paired", "pair-ended", "paired"]


def test_a_full_delivery_is_not_needed_for_what_is_sold(cleared_bank: Bank) -> None:
    """
    2025-12-05 B2 lends 80.00 to person bo
    2026-01-05 B2 owes 80.00
    2026-07-20 B2 closed as sold
    """
    made = team(place="bank")
    pair = do.pair_with(team=made, institution=at("below"), by=who("president"), at=AT)
    rows = rows_of(written(test_a_full_delivery_is_not_needed_for_what_is_sold.__doc__))
    loans = [row | {"institution_id": "below"} for row in rows["loans"]]
    cleared_bank.load({"loans": loans}, kind="delta")
    cleared_bank.close("2026-07-31")
    show(home=cleared_bank.home, at=AT + 31 * DAY)
    close = Close.objects.latest("as_of")
    assert came_of(pair, close) == {"CNY": (180_00, 0, -180_00, {"cured": 1, "sold": 1})}
