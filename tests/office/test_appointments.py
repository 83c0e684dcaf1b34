"""Posts with power are held once a second person has confirmed them."""

import pytest

from recobro.book.models import Institution
from recobro.book.queries import Scope
from recobro.journal.models import Entry
from recobro.office.appointments.operations import (
    NobodyConfirms,
    appoint,
    lapse_old,
)
from recobro.office.appointments.queries import asked_for, asked_in
from recobro.office.approvals.models import Request
from recobro.office.approvals.operations import (
    MayNotDecide,
    OwnMatter,
    OwnRequest,
    WaitsAlready,
    approve,
)
from recobro.office.approvals.queries import deciders, waits_for
from recobro.office.people.enums import Role
from recobro.office.people.models import Post
from recobro.office.people.operations import (
    MayNotAppoint,
    OwnPost,
    PostHeld,
    delegate,
    end_account,
    end_post,
    give_post,
)
from recobro.office.people.queries import acting_posts
from recobro.office.settings.models import Setting
from recobro.office.settings.operations import change
from tests.office.appointed import AT, DAY, EAST, asked, held, open_bank, person, place, user
from tests.office.conftest import TREE

pytestmark = pytest.mark.usefixtures("tree")


@pytest.fixture(autouse=True)
def _bank(tree: dict[str, Institution]) -> None:
    del tree
    open_bank()


def test_a_post_with_power_is_held_once_it_is_confirmed() -> None:
    made = asked()
    assert held() == [("office", "east")]
    assert asked_for(user("mei"), EAST) == [made] == list(asked_in(EAST))
    assert list(asked_in(Scope((TREE["west"],)))) == []
    approve(request=made, by=user("rita"), at=AT + DAY, remark="Good")
    assert held() == [("office", "east"), ("branch_head", "east")]
    assert Post.objects.latest("id").from_on == (AT + DAY).date()
    told = Entry.objects.get(act="people.post-given")
    assert (told.by, told.reason, (told.after or {})["request"]) == ("ada", "Fit", made.pk)
    assert asked_for(user("mei"), EAST) == []


@pytest.mark.parametrize(
    ("role", "alone"),
    [
        (Role.BRANCH_HEAD, False),
        (Role.BUSINESS, False),
        (Role.RISK, False),
        (Role.LEGAL, False),
        (Role.ACCOUNT_MANAGER, True),
        (Role.ARCHIVE, True),
        (Role.PERSONNEL, True),
    ],
)
def test_which_posts_one_person_gives_alone(role: Role, *, alone: bool) -> None:
    made = appoint(user=user("mei"), role=role, institution=place("east"), by=user("ada"), at=AT)
    assert isinstance(made, Post) is alone
    assert ((role.value, "east") in held()) is alone


def test_nobody_confirms_their_own() -> None:
    """
    rita is appointed to another post; hal, who heads east and is away, is stood in for by mei
    """
    rolf = person("rolf", Role.RISK, "bank")
    hal = person("hal", Role.BRANCH_HEAD, "east")
    delegate(user=hal, deputy=user("mei"), first=AT.date(), last=AT.date(), at=AT - DAY)
    own = asked(of="rita", role=Role.LEGAL)
    with pytest.raises(OwnMatter):
        approve(request=own, by=user("rita"), at=AT)
    assert waits_for(acting_posts(user("rita"), on=AT.date()), user("rita")) == []
    theirs = asked()
    with pytest.raises(OwnMatter, match="This is for Mei"):
        approve(request=theirs, by=user("mei"), at=AT)
    assert deciders(theirs, on=AT.date()) == [user("rita"), rolf]
    Post.objects.create(
        user=user("ada"), role=Role.RISK.value, institution_id="bank", from_on=AT.date()
    )
    with pytest.raises(OwnRequest):
        approve(request=theirs, by=user("ada"), at=AT)


def test_nor_does_whoever_stands_in_for_them() -> None:
    """
    rita is appointed, and dan stands in for her
    """
    dan = person("dan", Role.ACCOUNT_MANAGER, "east")
    person("rolf", Role.RISK, "bank")
    made = asked(of="rita", role=Role.LEGAL)
    delegate(user=user("rita"), deputy=dan, first=AT.date(), last=AT.date(), at=AT - DAY)
    with pytest.raises(MayNotDecide):
        approve(request=made, by=dan, at=AT)


def test_who_administers_accounts_confirms_nothing() -> None:
    made = asked()
    with pytest.raises(MayNotDecide):
        approve(request=made, by=user("ann"), at=AT)


def test_nobody_confirms_in_a_post_that_whoever_asks_could_give() -> None:
    """
    hal heads east: an administrator of the bank may give him a new password, and sign in as him;
    of what an administrator of west asks, he decides as ever
    """
    hal = person("hal", Role.BRANCH_HEAD, "east")
    made = asked(at="east")
    assert deciders(made, on=AT.date()) == [user("rita")]
    assert waits_for(acting_posts(hal, on=AT.date()), hal) == []
    with pytest.raises(MayNotDecide):
        approve(request=made, by=hal, at=AT)
    Post.objects.filter(user=user("ada")).update(institution_id="west")
    assert deciders(made, on=AT.date()) == [hal, user("rita")]


def test_what_nobody_could_confirm_is_not_asked_for() -> None:
    """
    only rita could confirm, and it is about her
    """
    with pytest.raises(NobodyConfirms, match="Nobody else at east"):
        asked(of="rita", role=Role.LEGAL)
    assert Request.objects.count() == 0


def test_what_is_refused_alone_is_refused_here_too() -> None:
    with pytest.raises(OwnPost):
        asked(of="ada", role=Role.LEGAL)
    with pytest.raises(MayNotAppoint):
        asked(role=Role.LEGAL, at="bank")
    give_post(user=user("mei"), role=Role.LEGAL, institution=place("east"), at=AT)
    with pytest.raises(PostHeld):
        asked(role=Role.LEGAL)
    asked()
    with pytest.raises(WaitsAlready):
        asked(role=Role.RISK)


def test_who_asks_must_still_be_able_to_appoint() -> None:
    """
    Behind the back of the house, so that what was asked for waits still
    """
    made = asked()
    Post.objects.filter(user=user("ada")).delete()
    with pytest.raises(MayNotAppoint):
        approve(request=made, by=user("rita"), at=AT)
    assert (held(), Request.objects.get().state) == ([("office", "east")], "waiting")


def test_it_lapses_with_the_account_that_it_is_for() -> None:
    asked()
    end_account(user=user("mei"), at=AT, by="shell:x")
    assert Request.objects.get().state == "lapsed"


@pytest.mark.parametrize("end", ["account", "post"])
def test_it_lapses_with_whoever_asked(end: str) -> None:
    """
    what ann asked for goes on
    """
    asked()
    person("bo", Role.OFFICE, "east")
    asked(of="bo", by="ann")
    if end == "account":
        end_account(user=user("ada"), at=AT, by="shell:x")
    else:
        end_post(post=user("ada").posts.get(), at=AT, by="shell:x")
    assert dict(Request.objects.values_list("subject", "state")) == {
        "mei": "lapsed",
        "bo": "waiting",
    }


def test_it_lapses_once_the_post_is_given_at_the_machine() -> None:
    asked()
    give_post(user=user("mei"), role=Role.LEGAL, institution=place("east"), at=AT)
    assert Request.objects.get().state == "waiting"
    give_post(user=user("mei"), role=Role.BRANCH_HEAD, institution=place("east"), at=AT)
    assert Request.objects.get().state == "lapsed"


def test_it_lapses_after_the_days_of_the_setting() -> None:
    asked()
    assert (lapse_old(at=AT + 30 * DAY), lapse_old(at=AT + 31 * DAY)) == (0, 1)
    assert Request.objects.get().state == "lapsed"
    assert Entry.objects.get(act="approvals.lapsed").subject == "mei"


def test_a_bank_says_which_posts_it_is_about() -> None:
    change(key="appointments.confirmed", told="account_manager", reason="x", by=user("ann"), at=AT)
    assert asked(role=Role.ACCOUNT_MANAGER).content["role"] == "account_manager"
    appoint(user=user("mei"), role=Role.RISK, institution=place("east"), by=user("ada"), at=AT)
    assert ("risk", "east") in held()


def test_whoever_lifts_the_rule_still_needs_a_second_person() -> None:
    change(key="appointments.confirmed", told="", reason="x", by=user("ada"), at=AT)
    assert Setting.objects.get().value == []
    assert asked(role=Role.RISK).state == "waiting"


def test_nobody_sets_a_stricter_rule_back_to_appoint_alone() -> None:
    strict = "branch_head\nbusiness\nrisk\nlegal\naccount_manager"
    change(key="appointments.confirmed", told=strict, reason="x", by=user("ann"), at=AT)
    usual = "branch_head\nbusiness\nrisk\nlegal"
    change(key="appointments.confirmed", told=usual, reason="x", by=user("ada"), at=AT)
    assert asked(role=Role.ACCOUNT_MANAGER).state == "waiting"
    assert isinstance(
        appoint(
            user=user("rita"),
            role=Role.ACCOUNT_MANAGER,
            institution=place("west"),
            by=user("ann"),
            at=AT,
        ),
        Post,
    )
