"""What one person asks for and a second one decides; here that a case goes to somebody else."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Final

import pytest

from recobro.book.queries import Scope
from recobro.casework.case.models import Case, Responsibility
from recobro.casework.case.operations import (
    AssignedMeanwhile,
    CannotCollect,
    CaseClosed,
    MayNotAssign,
    assign,
)
from recobro.journal.models import Entry
from recobro.office.approvals.enums import MOVES, State
from recobro.office.approvals.models import Request
from recobro.office.approvals.operations import (
    Decided,
    MayNotDecide,
    NobodyDecides,
    NotAsked,
    OwnRequest,
    RemarkMissing,
    WaitsAlready,
    approve,
    refuse,
    withdraw,
)
from recobro.office.approvals.queries import (
    deciders,
    of_subject,
    requests_in,
    waiting,
    waits_for,
)
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.office.people.operations import delegate
from recobro.office.people.queries import acting_posts
from recobro.office.settings.models import Setting
from tests.casework.shown import close, lend, open_bank, person

pytestmark = pytest.mark.django_db
AT: Final = datetime(2026, 7, 1, 8, tzinfo=UTC)
DAY: Final = timedelta(days=1)
OWED: Final = 50


@pytest.fixture(autouse=True)
def bank() -> None:
    """Open a bank where a household of north owes 0.50, and nobody decides alone."""
    open_bank()
    person("carl", Role.ACCOUNT_MANAGER, "north")
    person("cleo", Role.ACCOUNT_MANAGER, "north")
    person("hal", Role.BRANCH_HEAD, "north")
    person("rita", Role.RISK, "bank")
    lend(1, "ana")
    close("2026-06-30", (1, "substandard"))
    limit("alone", {})


def limit(name: str, value: dict[str, int] | None) -> None:
    """Set a limit of handing a case over."""
    key = f"approvals.case-assign.{name}"
    Setting.objects.create(key=key, value=value, set_at=AT, set_by="ada", reason="x")


def user(name: str) -> User:
    return User.objects.get(username=name)


def case() -> Case:
    return Case.objects.get(household_id="ana")


def asked(by: str = "hal", to: str = "") -> Request:
    """Ask that the case goes to whoever has it not."""
    other = "cleo" if case().responsible.username == "carl" else "carl"
    made = assign(case=case(), to=user(to or other), reason="Nearer", by=user(by), at=AT)
    assert isinstance(made, Request)
    return made


def test_nothing_happens_until_a_second_person_approves() -> None:
    before = case().responsible
    made = asked()
    assert (made.amounts, made.asked_as, made.state) == ({"CNY": OWED}, "hal", "waiting")
    assert case().responsible == before
    approve(request=made, by=user("rita"), at=AT, remark="Good")
    assert case().responsible.username == made.content["to"]
    assert Responsibility.objects.filter(case=case()).latest("id").reason == "Nearer"
    own = Request.objects.get()
    assert (own.state, own.decided_by, own.remark) == ("approved", user("rita"), "Good")
    told = Entry.objects.filter(act__startswith="approvals.").order_by("id")
    assert [(one.act, one.by, one.institution_id) for one in told] == [
        ("approvals.asked", "hal", "north"),
        ("approvals.approved", "rita", "north"),
    ]
    entry = Entry.objects.filter(act="case.assigned").get()
    assert (entry.by, entry.after) == (
        "hal",
        {"responsible": made.content["to"], "request": made.pk},
    )


def test_one_person_is_enough_below_the_limit() -> None:
    limit("alone", {"CNY": OWED})
    to = user("cleo" if case().responsible.username == "carl" else "carl")
    made = assign(case=case(), to=to, reason="Nearer", by=user("hal"), at=AT)
    assert isinstance(made, Responsibility)
    assert case().responsible == to


def test_who_asks_does_not_decide() -> None:
    made = asked("rita")
    for act in (approve, refuse):
        with pytest.raises(OwnRequest):
            act(request=made, by=user("rita"), at=AT, remark="x")
    assert Request.objects.get().state == "waiting"


def test_nor_does_who_acts_for_them() -> None:
    """
    dan acts for rita, who has asked; in a post of his own he decides
    """
    dan = person("dan", Role.ACCOUNT_MANAGER, "north")
    made = asked("rita")
    delegate(user=user("rita"), deputy=dan, first=AT.date(), last=AT.date(), at=AT - DAY)
    with pytest.raises(MayNotDecide):
        approve(request=made, by=dan, at=AT)
    Post.objects.create(
        user=dan, role=Role.BRANCH_HEAD.value, institution_id="north", from_on=AT.date()
    )
    approve(request=made, by=dan, at=AT)
    assert Entry.objects.get(act="approvals.approved").by == "dan"


def test_who_acts_for_another_decides_in_their_name() -> None:
    dan = person("dan", Role.ACCOUNT_MANAGER, "north")
    made = asked("hal")
    delegate(user=user("rita"), deputy=dan, first=AT.date(), last=AT.date(), at=AT - DAY)
    approve(request=made, by=dan, at=AT)
    assert Entry.objects.get(act="approvals.approved").by == "dan for rita"


@pytest.mark.parametrize(
    ("role", "place", "decides"),
    [
        (Role.BRANCH_HEAD, "north", True),
        (Role.MANAGEMENT, "bank", True),
        (Role.BRANCH_HEAD, "south", False),
        (Role.BRANCH_HEAD, "below", False),
        (Role.ACCOUNT_MANAGER, "north", False),
        (Role.AUDITOR, "bank", False),
        (Role.ADMINISTRATOR, "bank", False),
    ],
)
def test_who_decides(role: Role, place: str, *, decides: bool) -> None:
    made = asked()
    eve = person("eve", role, place)
    assert (eve in deciders(made, on=AT.date())) is decides
    assert waits_for(acting_posts(eve, on=AT.date()), eve) == ([made] if decides else [])
    if decides:
        assert approve(request=made, by=eve, at=AT).state == "approved"
    else:
        with pytest.raises(MayNotDecide):
            approve(request=made, by=eve, at=AT)


def test_up_to_the_amount_of_the_role() -> None:
    """
    a second head of north decides up to 0.49, and the household owes 0.50
    """
    eve = person("eve", Role.BRANCH_HEAD, "north")
    made = asked()
    limit("branch_head", {"CNY": OWED - 1})
    with pytest.raises(MayNotDecide):
        refuse(request=made, by=eve, at=AT, remark="No")
    assert [one.username for one in deciders(made, on=AT.date())] == ["rita"]
    limit("branch_head", {"CNY": OWED})
    refuse(request=made, by=eve, at=AT, remark="No")
    assert Request.objects.get().state == "refused"


def test_where_nobody_decides_nothing_is_asked_for() -> None:
    limit("branch_head", {})
    with pytest.raises(NobodyDecides, match="Nobody else at north"):
        asked("rita")
    assert Request.objects.count() == 0


def test_one_at_a_time_waits() -> None:
    made = asked()
    with pytest.raises(WaitsAlready, match="hal asked for a decision about this"):
        asked("rita")
    assert waiting("case-assign", case().chain) == made
    assert list(of_subject("case-assign", [case().chain, "case:0"])) == [made]
    refuse(request=made, by=user("rita"), at=AT, remark="No")
    asked("rita")
    assert sorted(Request.objects.values_list("state", flat=True)) == ["refused", "waiting"]


def test_whoever_refuses_says_why() -> None:
    made, before = asked(), case().responsible
    with pytest.raises(RemarkMissing):
        refuse(request=made, by=user("rita"), at=AT, remark=" ")
    refuse(request=made, by=user("rita"), at=AT, remark="He knows them")
    assert case().responsible == before
    assert Entry.objects.get(act="approvals.refused").reason == "He knows them"


def test_only_who_asked_withdraws() -> None:
    made = asked()
    with pytest.raises(NotAsked):
        withdraw(request=made, by=user("rita"), at=AT)
    withdraw(request=made, by=user("hal"), at=AT)
    own = Request.objects.get()
    assert (own.state, own.decided_by) == ("withdrawn", user("hal"))


@pytest.mark.parametrize(
    ("first", "second"), [*product(("approve", "refuse", "withdraw"), repeat=2)]
)
def test_it_is_decided_once(first: str, second: str) -> None:
    """Every pair of decisions: whoever comes second is told who was first."""
    acts = {
        "approve": lambda made: approve(request=made, by=user("rita"), at=AT),
        "refuse": lambda made: refuse(request=made, by=user("rita"), at=AT, remark="No"),
        "withdraw": lambda made: withdraw(request=made, by=user("hal"), at=AT),
    }
    made = asked()
    acts[first](made)
    state = Request.objects.get().state
    with pytest.raises(Decided, match=state):
        acts[second](made)
    assert Request.objects.get().state == state


def test_the_states() -> None:
    ends = frozenset({State.APPROVED, State.REFUSED, State.WITHDRAWN, State.LAPSED})
    assert {state: MOVES[state] for state in State} == {
        State.WAITING: ends,
        **dict.fromkeys(ends, frozenset()),
    }


def test_what_has_changed_meanwhile_is_not_overwritten() -> None:
    """The request still waits, and can be refused or withdrawn."""
    made = asked()
    own = case()
    own.responsible = user("hal")
    own.save()
    with pytest.raises(AssignedMeanwhile):
        approve(request=made, by=user("rita"), at=AT)
    assert (Request.objects.get().state, case().responsible.username) == ("waiting", "hal")


def test_who_may_not_take_it_any_more() -> None:
    made = asked()
    Post.objects.filter(user__username=made.content["to"]).update(until_on=AT.date())
    with pytest.raises(CannotCollect):
        approve(request=made, by=user("rita"), at=AT)


def test_who_asked_may_no_more() -> None:
    made = asked()
    Post.objects.filter(user__username="hal").update(until_on=AT.date())
    with pytest.raises(MayNotAssign):
        approve(request=made, by=user("rita"), at=AT)


def test_what_waits_lapses_with_its_case() -> None:
    made = asked()
    close("2026-07-31")
    own = Request.objects.get()
    assert (own.state, own.decided_by) == ("lapsed", None)
    entry = Entry.objects.get(act="approvals.lapsed")
    assert (entry.by, entry.chain) == ("recobro", f"approval:{made.pk}")
    for act in (approve, withdraw):
        with pytest.raises(Decided, match="What this was about ended on 2026-07-01"):
            act(request=made, by=user("rita"), at=AT)


def test_a_case_that_ends_otherwise_meanwhile() -> None:
    made = asked()
    Case.objects.update(closed_on="2026-07-01", outcome="paid")
    with pytest.raises(CaseClosed):
        approve(request=made, by=user("rita"), at=AT)
    withdraw(request=made, by=user("hal"), at=AT)


def test_what_waits_comes_first() -> None:
    first = asked()
    refuse(request=first, by=user("rita"), at=AT, remark="No")
    second = asked()
    assert list(requests_in(Scope(("0001",)))) == [second, first]
    assert list(requests_in(Scope(("00010002",)))) == []


def test_it_is_decided_by_what_it_is_worth_now() -> None:
    """
    0.50 when it was asked for, within what the head decides; 1,000.00 at the close after
    """
    eve = person("eve", Role.BRANCH_HEAD, "north")
    made = asked("rita")
    limit("branch_head", {"CNY": OWED})
    close("2026-07-31", (1, "loss", {"outstanding_principal": 1000_00}))
    with pytest.raises(MayNotDecide):
        approve(request=made, by=eve, at=AT)
    person("pia", Role.MANAGEMENT, "bank")
    approve(request=made, by=user("pia"), at=AT)
    assert Request.objects.get().amounts == {"CNY": 1000_00}


def test_and_where_it_matters_now() -> None:
    """The case has gone to south: the head of north decides no more."""
    made = asked("rita")
    own = case()
    own.institution_id = "south"
    own.save()
    with pytest.raises(MayNotDecide, match="at south"):
        refuse(request=made, by=user("hal"), at=AT, remark="No")


def test_nobody_decides_what_was_asked_for_in_their_name() -> None:
    dan = person("dan", Role.ACCOUNT_MANAGER, "north")
    delegate(user=user("hal"), deputy=dan, first=AT.date(), last=AT.date(), at=AT - DAY)
    made = asked("dan")
    assert made.asked_as == "dan for hal"
    with pytest.raises(MayNotDecide):
        approve(request=made, by=user("hal"), at=AT)
    assert [one.username for one in deciders(made, on=AT.date())] == ["rita"]
    withdraw(request=made, by=dan, at=AT)
    assert Entry.objects.get(act="approvals.withdrawn").by == "dan for hal"


def test_an_account_that_has_ended_decides_nothing() -> None:
    made = asked()
    rita = user("rita")
    rita.is_active = False
    with pytest.raises(MayNotDecide):
        approve(request=made, by=rita, at=AT)
