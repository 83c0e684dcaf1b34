"""Cases that go to somebody else in bulk: as it was seen, at once, signed for."""

from datetime import UTC, date, datetime
from typing import Final

import pytest
from pytest_django import DjangoAssertNumQueries

from recobro.book.models import Standing
from recobro.book.queries import Scope
from recobro.casework.case.models import Case, Handover, HandoverCase, Responsibility
from recobro.casework.case.operations import (
    GoneOn,
    HandedOver,
    NothingMoves,
    NotTheTaker,
    PlanChanged,
    SignedFor,
    TooManyAsked,
    TooManyCases,
    assign,
    hand_over,
    sign_for,
)
from recobro.casework.case.queries import MOST, cases_of, handovers_of, plan, to_sign_for
from recobro.journal.models import Entry
from recobro.office.approvals.models import Request
from recobro.office.approvals.operations import approve
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.office.people.operations import delegate
from recobro.office.settings.models import Setting
from tests.casework.shown import close, lend, open_bank, person

pytestmark = pytest.mark.django_db
AT: Final = datetime(2026, 7, 1, 8, tzinfo=UTC)
HOUSEHOLDS: Final = ("ana", "bob", "eva", "li")


@pytest.fixture(autouse=True)
def bank() -> None:
    """Open a bank where carl collects of four households, each owing 0.50; cleo made eva's loan."""
    open_bank()
    person("carl", Role.ACCOUNT_MANAGER, "north")
    person("rita", Role.RISK, "bank")
    for number, name in enumerate(HOUSEHOLDS, 1):
        lend(number, name, staff_id="9" if name == "eva" else "")
    close("2026-06-30", *((number, "loss") for number in range(1, 5)))
    person("cleo", Role.ACCOUNT_MANAGER, "north", staff_id="9")
    person("hal", Role.BRANCH_HEAD, "north")


def _losses(first: int, last: int) -> list[tuple[int, str]]:
    return [(number, "loss") for number in range(first, last)]


def user(name: str) -> User:
    return User.objects.get(username=name)


def cases(*households: str) -> list[Case]:
    rows = Case.objects.select_related("institution", "responsible").order_by("household_id")
    return list(rows.filter(household_id__in=households or HOUSEHOLDS))


def steps(to: str = "", by: str = "hal", *households: str) -> dict[str, tuple[str, str]]:
    """Return of each household to whom its case would go, and what becomes of that."""
    found = plan(cases(*households), to=user(to) if to else None, by=user(by), on=AT.date())
    return {
        one.case.household_id: (one.to.username if one.to else "", one.step.value)
        for one in found.cases
    }


def hand(to: str = "", by: str = "hal", *households: str) -> HandedOver:
    """Hand over what a plan says now."""
    own = cases(*households)
    taker = user(to) if to else None
    return hand_over(
        cases=[case.pk for case in own],
        to=taker,
        reason="Carl is ill",
        by=user(by),
        at=AT,
        seen=plan(own, to=taker, by=user(by), on=AT.date()).fingerprint,
    )


def collects() -> dict[str, str]:
    return {case.household_id: case.responsible.username for case in cases()}


def set_to(key: str, value: object) -> None:
    Setting.objects.create(key=key, value=value, set_at=AT, set_by="ada", reason="x")


def test_what_would_become_of_each() -> None:
    moves = ("cleo", "moves")
    assert steps("cleo") == dict.fromkeys(("ana", "bob", "li"), moves) | {
        "eva": ("cleo", "made_the_loan")
    }
    assert steps("carl") == dict.fromkeys(HOUSEHOLDS, ("carl", "same"))
    person("far", Role.ACCOUNT_MANAGER, "south")
    assert steps("far") == dict.fromkeys(HOUSEHOLDS, ("far", "cannot_collect"))
    assert steps("cleo", "carl") == dict.fromkeys(HOUSEHOLDS, ("", "not_yours"))


def test_it_happens_at_once() -> None:
    done = hand("cleo")
    assert collects() == {"ana": "cleo", "bob": "cleo", "eva": "carl", "li": "cleo"}
    assert (len(done.handovers), done.asked, done.left) == (1, [], 1)
    (made,) = Handover.objects.all()
    assert (made.taker, made.decided_as, made.reason) == (user("cleo"), "hal", "Carl is ill")
    rows = HandoverCase.objects.order_by("case__household_id")
    assert [(row.case.household_id, row.giver.username, row.amounts) for row in rows] == [
        (name, "carl", {"CNY": 50}) for name in ("ana", "bob", "li")
    ]
    last = Responsibility.objects.filter(case__household_id="bob").latest("id")
    assert (last.user, last.cause, last.reason) == (user("cleo"), "by_hand", "Carl is ill")
    told = Entry.objects.filter(act="case.assigned")
    assert [(one.by, one.before, one.after) for one in told] == [
        ("hal", {"responsible": "carl"}, {"responsible": "cleo"})
    ] * 3


def test_by_the_rule_of_the_place() -> None:
    """Each goes to whoever has the fewest, and nobody gets what they made; carl keeps a share."""
    assert steps() == {
        "ana": ("cleo", "moves"),
        "bob": ("cleo", "moves"),
        "eva": ("carl", "same"),
        "li": ("carl", "same"),
    }
    done = hand()
    assert collects() == {"ana": "cleo", "bob": "cleo", "eva": "carl", "li": "carl"}
    assert [one.taker.username for one in done.handovers] == ["cleo"]
    assert set(steps().values()) == {("cleo", "same"), ("carl", "same")}


def test_a_large_household_goes_to_the_head_by_rule() -> None:
    set_to("cases.managers.limit", {"CNY": 49})
    assert steps() == dict.fromkeys(HOUSEHOLDS, ("hal", "moves"))
    hand()
    assert set(collects().values()) == {"hal"}
    causes = Responsibility.objects.filter(user=user("hal")).values_list("cause", flat=True)
    assert set(causes) == {"branch_head"}


def test_nobody_is_there() -> None:
    Post.objects.exclude(user__username="rita").update(until_on=AT.date())
    assert steps(by="rita") == dict.fromkeys(HOUSEHOLDS, ("", "nobody"))
    with pytest.raises(NothingMoves):
        hand(by="rita")


def test_above_the_limit_a_second_person_is_asked() -> None:
    set_to("approvals.case-assign.alone", {"CNY": 49})
    assert steps("cleo", "hal", "ana", "bob") == dict.fromkeys(("ana", "bob"), ("cleo", "asks"))
    done = hand("cleo", "hal", "ana", "bob")
    assert (done.handovers, len(done.asked), done.left) == ([], 2, 0)
    assert set(collects().values()) == {"carl"}
    assert set(Request.objects.values_list("state", "reason")) == {("waiting", "Carl is ill")}
    assert steps("cleo", "hal", "ana") == {"ana": ("cleo", "waits")}


def test_what_nobody_could_approve_stays() -> None:
    set_to("approvals.case-assign.alone", {})
    set_to("approvals.case-assign.branch_head", {})
    Post.objects.filter(user__username="rita").update(role=Role.LEGAL.value)
    assert steps("cleo", "hal", "ana") == {"ana": ("cleo", "nobody")}
    with pytest.raises(NothingMoves):
        hand("cleo", "hal", "ana")
    assert Request.objects.count() == 0


def test_more_than_a_second_person_is_asked_about_at_once() -> None:
    """A hundred at most."""
    set_to("approvals.case-assign.alone", {})
    names = [f"h{number:03}" for number in range(10, 111)]
    for number, name in enumerate(names, 10):
        lend(number, name)
    close("2026-07-31", *((number, "loss") for number in range(1, 5)), *_losses(10, 111))
    with pytest.raises(TooManyAsked, match="101 of these cases"):
        hand("hal", "rita", *names)
    assert Request.objects.count() == 0
    assert len(hand("hal", "rita", *names[1:]).asked) == 100


def test_what_is_owed_is_part_of_what_was_seen() -> None:
    seen = plan(cases("ana"), to=user("cleo"), by=user("hal"), on=AT.date()).fingerprint
    Standing.objects.filter(household_id="ana").update(outstanding_principal=51)
    assert plan(cases("ana"), to=user("cleo"), by=user("hal"), on=AT.date()).fingerprint != seen


def test_an_account_that_ends_meanwhile_takes_nothing() -> None:
    own, to = cases("ana"), user("cleo")
    seen = plan(own, to=to, by=user("hal"), on=AT.date()).fingerprint
    User.objects.filter(username="cleo").update(is_active=False)
    with pytest.raises(PlanChanged):
        hand_over(cases=[own[0].pk], to=to, reason="x", by=user("hal"), at=AT, seen=seen)
    assert collects()["ana"] == "carl"


def test_what_has_changed_since_it_was_seen_is_not_done() -> None:
    seen = plan(cases(), to=user("cleo"), by=user("hal"), on=AT.date()).fingerprint
    assign(case=cases("ana")[0], to=user("hal"), reason="Mine", by=user("rita"), at=AT)
    with pytest.raises(PlanChanged):
        hand_over(
            cases=[case.pk for case in cases()],
            to=user("cleo"),
            reason="x",
            by=user("hal"),
            at=AT,
            seen=seen,
        )
    assert collects() == {"ana": "hal", "bob": "carl", "eva": "carl", "li": "carl"}


def test_a_case_that_has_ended_meanwhile() -> None:
    seen = plan(cases(), to=user("cleo"), by=user("hal"), on=AT.date()).fingerprint
    numbers = [case.pk for case in cases()]
    close("2026-07-31", (1, "loss"), (2, "loss"), (3, "loss"))
    with pytest.raises(PlanChanged):
        hand_over(cases=numbers, to=user("cleo"), reason="x", by=user("hal"), at=AT, seen=seen)


def test_too_many_at_once() -> None:
    with pytest.raises(TooManyCases, match=f"{MOST + 1} cases"):
        hand_over(cases=range(MOST + 1), to=None, reason="x", by=user("hal"), at=AT, seen="")


def test_a_deputy_hands_over_in_the_name_of_who_is_away() -> None:
    dan = person("dan", Role.ACCOUNT_MANAGER, "north")
    delegate(user=user("hal"), deputy=dan, first=AT.date(), last=AT.date(), at=AT)
    hand("cleo", "dan", "ana")
    assert Entry.objects.get(act="case.assigned").by == "dan for hal"
    assert Handover.objects.get().decided_as == "dan for hal"


@pytest.mark.parametrize("households", [("ana",), ("ana", "bob", "li")])
def test_a_plan_asks_as_often_for_many_as_for_one(
    households: tuple[str, ...], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    own, to, by = cases(*households), user("cleo"), user("hal")
    with django_assert_num_queries(9):
        plan(own, to=to, by=by, on=AT.date())


def test_who_takes_them_signs_once() -> None:
    (made,) = hand("cleo").handovers
    assert list(to_sign_for(user("cleo"))) == [made]
    with pytest.raises(NotTheTaker):
        sign_for(handover=made, by=user("hal"), at=AT)
    sign_for(handover=made, by=user("cleo"), at=AT, remark="One file is missing")
    with pytest.raises(SignedFor, match="cleo signed for it on 2026-07-01"):
        sign_for(handover=made, by=user("cleo"), at=AT)
    assert list(to_sign_for(user("cleo"))) == []
    entry = Entry.objects.get(act="case.signed-for")
    assert (entry.by, entry.institution_id, entry.reason, entry.after) == (
        "cleo",
        "north",
        "One file is missing",
        {"cases": 3},
    )


def test_cases_of_ones_own_institutions_alone() -> None:
    """
    one case has gone to south meanwhile; who is to sign for all of them sees all
    """
    (made,) = hand("cleo").handovers
    Case.objects.filter(household_id="ana").update(institution_id="south")
    north = Scope(("00010001",))

    def seen(name: str) -> list[str]:
        rows = cases_of(made, user(name), north)
        return [row.case.household_id for row in rows]

    assert (seen("cleo"), seen("hal")) == (["ana", "bob", "li"], ["bob", "li"])
    sign_for(handover=made, by=user("cleo"), at=AT)
    made.refresh_from_db()
    assert seen("cleo") == ["bob", "li"]
    entry = Entry.objects.get(act="case.handed-over")
    numbers = [str(row.case_id) for row in made.cases.all()]
    cases = {number: {"CNY": 50} for number in numbers}
    assert (entry.by, entry.after) == ("hal", {"to": "cleo", "cases": cases})


def test_what_has_gone_on_is_signed_for_by_who_has_it_now() -> None:
    """
    cleo signs for none of three cases; bob's goes on to dan, then the others do too
    """
    (made,) = hand("cleo").handovers
    dan = person("dan", Role.ACCOUNT_MANAGER, "north")
    nowhere = Scope(())
    hand("dan", "hal", "bob")
    seen = [row.case.household_id for row in cases_of(made, user("cleo"), nowhere)]
    assert (seen, list(to_sign_for(user("cleo")))) == (["ana", "li"], [made])
    hand("dan", "hal", "ana", "li")
    assert list(cases_of(made, user("cleo"), nowhere)) == []
    assert list(to_sign_for(user("cleo"))) == []
    assert [one.waits for one in handovers_of(user("cleo"), nowhere)] == [False]  # type: ignore[attr-defined]  # of the query
    with pytest.raises(GoneOn):
        sign_for(handover=made, by=user("cleo"), at=AT)
    assert to_sign_for(dan).count() == 2


def test_a_handover_is_signed_for_as_far_as_one_has_it() -> None:
    (made,) = hand("cleo").handovers
    person("dan", Role.ACCOUNT_MANAGER, "north")
    hand("dan", "hal", "bob")
    sign_for(handover=made, by=user("cleo"), at=AT)
    assert Entry.objects.get(act="case.signed-for").after == {"cases": 2}


def test_whom_a_handover_concerns() -> None:
    (made,) = hand("cleo").handovers
    eve = person("eve", Role.RISK, "south")
    scopes = {"cleo": (), "hal": (), "carl": ("00010001",), "rita": ("0001",), "eve": ("00010002",)}
    found = {
        name: [(one, one.number) for one in handovers_of(user(name), Scope(paths))]  # type: ignore[attr-defined]  # of the query
        for name, paths in scopes.items()
    }
    own = [(made, 3)]
    assert found == {"cleo": own, "hal": own, "carl": own, "rita": own, eve.username: []}


def test_a_single_case_is_signed_for_too() -> None:
    """
    hal gives ana's case, who owes 0.50, to cleo on 1 July: three days to sign
    """
    assign(case=cases("ana")[0], to=user("cleo"), reason="Nearer", by=user("hal"), at=AT)
    (made,) = to_sign_for(user("cleo"))
    assert (made.decided_by, made.decided_as, made.reason) == (user("hal"), "hal", "Nearer")
    assert (made.sign_by, made.signed_at) == (date(2026, 7, 4), None)
    rows = [(row.case.household_id, row.giver.username, row.amounts) for row in made.cases.all()]
    assert rows == [("ana", "carl", {"CNY": 50})]
    assert made in handovers_of(user("hal"), Scope(()))
    with pytest.raises(NotTheTaker):
        sign_for(handover=made, by=user("hal"), at=AT)
    sign_for(handover=made, by=user("cleo"), at=AT, remark="No contract in the file")
    assert list(to_sign_for(user("cleo"))) == []
    acts = ["case.handed-over", "case.signed-for"]
    assert [one.act for one in Entry.objects.filter(chain=made.chain).order_by("id")] == acts


def test_whoever_has_a_case_already_signs_for_nothing() -> None:
    assign(case=cases("ana")[0], to=user("carl"), reason="Stays", by=user("hal"), at=AT)
    assert Handover.objects.count() == 0


def test_a_single_case_that_was_approved_is_signed_for() -> None:
    Setting.objects.create(
        key="approvals.case-assign.alone", value={}, set_at=AT, set_by="x", reason="x"
    )
    made = assign(case=cases("ana")[0], to=user("cleo"), reason="Near", by=user("hal"), at=AT)
    assert (isinstance(made, Request), Handover.objects.count()) == (True, 0)
    approve(request=Request.objects.get(), by=user("rita"), at=AT)
    (found,) = to_sign_for(user("cleo"))
    assert (found.decided_by, found.cases.get().amounts) == (user("hal"), {"CNY": 50})
