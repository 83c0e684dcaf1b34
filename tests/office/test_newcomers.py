"""Who has an account and no post yet: who looks after it, and who cannot take it over."""

import pytest

from recobro.book.models import Institution
from recobro.book.queries import Scope
from recobro.journal.models import Entry
from recobro.office.appointments.operations import (
    NobodyConfirms,
    appoint,
    appoint_newcomer,
    lapse_old,
)
from recobro.office.appointments.queries import newcomers, person_near
from recobro.office.approvals.models import Request
from recobro.office.approvals.operations import (
    MayNotDecide,
    OwnMatter,
    OwnRequest,
    approve,
    refuse,
    withdraw,
)
from recobro.office.people.enums import Role
from recobro.office.people.models import User
from recobro.office.people.operations import (
    AccountEnded,
    MayNotLookAfter,
    change_password,
    end_account,
    end_post,
    resume_account,
)
from recobro.office.people.queries import looks_after
from tests.office.appointed import (
    ANOTHER,
    AT,
    DAY,
    EAST,
    GOOD,
    asked,
    held,
    open_bank,
    person,
    place,
    user,
)
from tests.office.conftest import TREE

pytestmark = pytest.mark.usefixtures("tree")


@pytest.fixture(autouse=True)
def _bank(tree: dict[str, Institution]) -> None:
    del tree
    open_bank()


def test_a_newcomer_holds_no_post_until_then() -> None:
    """
    whoever looks after people of the east sees them meanwhile, and after a refusal
    """
    made = appoint_newcomer(
        username="nia",
        password=GOOD,
        role=Role.RISK,
        institution_id="east",
        by=user("ada"),
        at=AT,
        name="Nia",
        reason="New",
    )
    assert (made.must_change, held("nia")) == (True, [])
    assert list(newcomers(EAST)) == [made]
    assert person_near(EAST, "nia", on=AT.date()) == made
    assert person_near(Scope((TREE["west"],)), "nia", on=AT.date()) is None
    refuse(request=Request.objects.get(), by=user("rita"), at=AT, remark="No")
    assert person_near(EAST, "nia", on=AT.date()) == made
    approve(request=asked(of="nia"), by=user("rita"), at=AT)
    assert (held("nia"), list(newcomers(EAST))) == ([("branch_head", "east")], [])


def test_a_newcomer_who_cannot_be_appointed_gets_no_account() -> None:
    end_account(user=user("rita"), at=AT, by="shell:x")
    with pytest.raises(NobodyConfirms):
        appoint_newcomer(
            username="nia",
            password=GOOD,
            role=Role.RISK,
            institution_id="east",
            by=user("ada"),
            at=AT,
        )
    assert not User.objects.filter(username="nia").exists()


def nia(at: str = "east", role: Role = Role.RISK) -> User:
    """Return a newcomer for whom ada has asked for a post with power."""
    return appoint_newcomer(
        username="nia", password=GOOD, role=role, institution_id=at, by=user("ada"), at=AT
    )


@pytest.fixture
def locals_() -> dict[str, User]:
    """Return an administrator of east, and one of west."""
    return {name: person(name, Role.ADMINISTRATOR, name) for name in ("east", "west")}


def cares(by: User, of: str = "nia") -> bool:
    return looks_after(by, user(of), on=AT.date())


def other_password(by: User, of: str = "nia") -> User:
    return change_password(user=user(of), password=ANOTHER, at=AT, by=by, must_change=True)


def refused_nia() -> None:
    nia()
    refuse(request=Request.objects.get(), by=user("rita"), at=AT, remark="No")


@pytest.mark.parametrize("end", ["refused", "withdrawn", "lapsed"])
def test_a_newcomer_without_a_post_is_looked_after(end: str, locals_: dict[str, User]) -> None:
    """
    by who asked, another administrator of the bank and that of east; not by that of west, nor by
    who decides; the account ends, comes back, and is asked for again
    """
    nia()
    request = Request.objects.get()
    if end == "refused":
        refuse(request=request, by=user("rita"), at=AT, remark="No")
    elif end == "withdrawn":
        withdraw(request=request, by=user("ada"), at=AT)
    else:
        lapse_old(at=AT + 31 * DAY)
    able = [user("ada"), user("ann"), locals_["east"]]
    assert [cares(by) for by in able] == [True, True, True]
    assert [cares(by) for by in (locals_["west"], user("rita"), user("nia"))] == [False] * 3
    assert other_password(locals_["east"]).check_password(ANOTHER)
    assert end_account(user=user("nia"), at=AT, by=locals_["east"]).is_active is False
    assert Entry.objects.get(act="people.account-ended").institution_id == "east"
    assert (list(newcomers(EAST)), list(newcomers(EAST, lasting=False))) == ([], [user("nia")])
    assert person_near(EAST, "nia", on=AT.date()) == user("nia")
    assert resume_account(user=user("nia"), password=GOOD, at=AT, by=user("ann")).is_active
    approve(request=asked(of="nia", by="east"), by=user("rita"), at=AT)
    assert held("nia") == [("branch_head", "east")]


def test_who_could_not_give_what_waits_gives_no_password(locals_: dict[str, User]) -> None:
    """
    mei works at east, and is to come to the risk department of west: who administers east would
    have her password once it is confirmed
    """
    assert (cares(locals_["east"], "mei"), cares(user("ada"), "mei")) == (True, True)
    made = asked(role=Role.RISK, at="west")
    assert (cares(locals_["east"], "mei"), cares(user("ada"), "mei")) == (False, True)
    with pytest.raises(MayNotLookAfter, match="who is to get a post elsewhere"):
        other_password(locals_["east"], "mei")
    withdraw(request=made, by=user("ada"), at=AT)
    assert cares(locals_["east"], "mei")


def test_nobody_takes_a_newcomer_over_by_asking_elsewhere(locals_: dict[str, User]) -> None:
    """
    who administers west asks for a post there, to choose the password before east appoints her
    """
    refused_nia()
    for role in (Role.RISK, Role.OFFICE):
        with pytest.raises(MayNotLookAfter):
            asked(role=role, of="nia", at="west", by="west")
    assert (cares(locals_["west"]), Request.objects.count()) == (False, 1)


@pytest.mark.parametrize("role", [Role.RISK, Role.OFFICE])
def test_a_first_post_elsewhere_ends_the_password(role: Role, locals_: dict[str, User]) -> None:
    """
    who administers east has chosen it, and would come into a post at west
    """
    refused_nia()
    other_password(locals_["east"])
    appoint(user=user("nia"), role=role, institution=place("west"), by=user("ada"), at=AT)
    one = user("nia")
    assert (one.has_usable_password(), one.must_change) == (False, True)
    assert Entry.objects.get(act="people.password-taken").by == "ada"
    assert (cares(locals_["east"]), cares(locals_["west"])) == (False, True)
    assert list(newcomers(EAST)) == []


def test_who_gave_the_password_may_ask_again() -> None:
    refused_nia()
    asked(of="nia", role=Role.LEGAL)
    assert user("nia").check_password(GOOD)


def test_a_password_that_another_gave_is_good_for_no_first_post(locals_: dict[str, User]) -> None:
    """
    who administers east has chosen it, and may administer nothing any more
    """
    refused_nia()
    other_password(locals_["east"])
    asked(of="nia", role=Role.LEGAL)
    assert not user("nia").has_usable_password()


def test_a_password_chosen_without_a_post_is_good_for_none(locals_: dict[str, User]) -> None:
    """
    mei held a post at east: who administers it gives her a password, and chooses another as her
    """
    end_post(post=user("mei").posts.get(), at=AT, by=user("ada"))
    other_password(locals_["east"], "mei")
    change_password(user=user("mei"), password=GOOD, at=AT, by="mei")
    asked(of="mei", at="west")
    assert not user("mei").has_usable_password()


@pytest.mark.parametrize(("at", "stays"), [("west", False), ("east", True)])
def test_a_password_that_was_just_given_opens_no_post_elsewhere(
    locals_: dict[str, User], at: str, *, stays: bool
) -> None:
    other_password(locals_["east"], "mei")
    asked(of="mei", at=at)
    assert user("mei").has_usable_password() is stays


def test_a_password_of_ones_own_opens_a_further_post() -> None:
    change_password(user=user("mei"), password=GOOD, at=AT, by="mei")
    asked(of="mei", at="west")
    assert user("mei").check_password(GOOD)


def test_whoever_asked_confirms_nothing_by_the_newcomer(locals_: dict[str, User]) -> None:
    """
    ada may choose nia's password: nia decides nothing, about herself or another, before and after
    """
    nia(role=Role.BRANCH_HEAD)
    mine, other = Request.objects.get(), asked(role=Role.RISK)
    for request in (mine, other):
        with pytest.raises((OwnMatter, MayNotDecide)):
            approve(request=request, by=user("nia"), at=AT)
    approve(request=mine, by=user("rita"), at=AT)
    with pytest.raises(MayNotDecide):
        approve(request=other, by=user("nia"), at=AT)
    with pytest.raises(OwnRequest):
        approve(request=other, by=user("ada"), at=AT)
    assert cares(locals_["east"])


def test_nobody_asks_for_themselves_or_for_who_has_left() -> None:
    refused_nia()
    end_account(user=user("nia"), at=AT, by=user("ada"))
    with pytest.raises(AccountEnded):
        asked(of="nia")
