from datetime import UTC, date, datetime, timedelta

import pytest

from recobro.book.models import Institution
from recobro.book.queries import Scope
from recobro.journal.models import Entry
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.office.people.operations import (
    AccountEnded,
    AccountLasts,
    MayNotAppoint,
    MayNotLookAfter,
    OwnPost,
    PostEnded,
    PostHeld,
    add_user,
    change_password,
    delegate,
    end_account,
    end_delegation,
    end_post,
    give_post,
    resume_account,
)
from recobro.office.people.queries import gone, looks_after, person_in, posts_of
from tests.office.conftest import TREE

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
LATER = AT + timedelta(days=30)
PASSWORD = "seven lean cows"  # noqa: S105 - of nobody
ANOTHER = "eight fat cows"
EAST, WEST = Scope((TREE["east"],)), Scope((TREE["west"],))
Tree = dict[str, Institution]


def added(username: str, role: Role = Role.RISK, at: str = "east-1") -> User:
    return add_user(username=username, password=PASSWORD, role=role, institution_id=at, at=AT)


@pytest.fixture
def admin(tree: Tree) -> User:
    return added("admin", Role.ADMINISTRATOR, "east")


@pytest.fixture
def mei(tree: Tree) -> User:
    return added("mei")


def post_of(user: User) -> Post:
    return user.posts.get()


def told(act: str) -> Entry:
    return Entry.objects.get(act=act)


def test_a_post_ends_on_the_day(admin: User, mei: User) -> None:
    ended = end_post(post=post_of(mei), at=LATER, by=admin, reason="moved")
    assert (ended.from_on, ended.until_on) == (AT.date(), LATER.date())
    assert posts_of(mei, on=LATER.date()) == []
    assert posts_of(mei, on=date(2026, 7, 30)) == [ended]
    entry = told("people.post-ended")
    assert (entry.subject, entry.by, entry.reason) == ("mei", "admin", "moved")
    assert (entry.institution_id, entry.before, entry.after) == (
        "east-1",
        {"role": "risk", "institution": "east-1"},
        {"until_on": "2026-07-31"},
    )
    with pytest.raises(PostEnded):
        end_post(post=ended, at=LATER, by=admin)


def test_a_post_that_was_a_mistake_was_held_on_no_day(admin: User, mei: User) -> None:
    end_post(post=post_of(mei), at=AT, by=admin)
    assert posts_of(mei, on=AT.date()) == []


def test_a_post_is_given_once(admin: User, mei: User, tree: Tree) -> None:
    give_post(user=mei, role=Role.LEGAL, institution=tree["east-1"], at=AT, by=admin)
    with pytest.raises(PostHeld, match="legal at east-1 is held since 2026-07-01"):
        give_post(user=mei, role=Role.LEGAL, institution=tree["east-1"], at=AT, by=admin)


def test_nobody_gives_themselves_a_post(admin: User, tree: Tree) -> None:
    with pytest.raises(OwnPost):
        give_post(user=admin, role=Role.LEGAL, institution=tree["east-1"], at=AT, by=admin)


@pytest.mark.parametrize(
    ("role", "at"),
    [(Role.RISK, "west"), (Role.RISK, "bank"), (Role.AUDITOR, "east"), (Role.MANAGEMENT, "east-1")],
)
def test_whose_post_and_account_an_administrator_leaves_alone(
    role: Role, at: str, admin: User, tree: Tree
) -> None:
    boss = added("boss", role, at)
    assert looks_after(admin, boss, on=AT.date()) is False
    with pytest.raises(MayNotAppoint):
        end_post(post=post_of(boss), at=AT, by=admin)
    with pytest.raises(MayNotLookAfter, match="may not change the account of boss"):
        end_account(user=boss, at=AT, by=admin)
    with pytest.raises(MayNotLookAfter):
        change_password(user=boss, password=ANOTHER, at=AT, by=admin)
    end_account(user=boss, at=AT, by="shell:x")
    with pytest.raises(MayNotLookAfter):
        resume_account(user=boss, password=ANOTHER, at=AT, by=admin)
    assert (posts_of(boss, on=AT.date()), User.objects.get(username="boss").is_active) == (
        [],
        False,
    )


def test_nobody_ends_their_own(admin: User) -> None:
    with pytest.raises(MayNotAppoint):
        end_post(post=post_of(admin), at=LATER, by=admin)
    with pytest.raises(MayNotLookAfter):
        end_account(user=admin, at=LATER, by=admin)


def test_who_holds_a_post_elsewhere_too_is_looked_after_by_neither(
    admin: User, mei: User, tree: Tree
) -> None:
    assert looks_after(admin, mei, on=AT.date()) is True
    give_post(user=mei, role=Role.LEGAL, institution=tree["west"], at=AT)
    assert looks_after(admin, mei, on=AT.date()) is False


def test_who_acts_for_somebody_higher_is_looked_after_by_neither(
    admin: User, mei: User, tree: Tree
) -> None:
    """
    mei acts for the president from the fifth to the eighth of July; for wei, whom the
    administrator looks after, later
    """
    boss, wei = added("boss", Role.MANAGEMENT, "bank"), added("wei", Role.LEGAL, "east")
    first = date(2026, 7, 5)
    made = delegate(user=boss, deputy=mei, first=first, last=date(2026, 7, 8), at=AT)
    for day in (AT.date(), first, date(2026, 7, 8)):
        assert looks_after(admin, mei, on=day) is False
    with pytest.raises(MayNotLookAfter, match="whoever runs the machine"):
        change_password(user=mei, password=ANOTHER, at=AT, by=admin, must_change=True)
    assert looks_after(admin, mei, on=date(2026, 7, 9)) is True
    end_delegation(delegation=made, at=AT, by=boss)
    assert looks_after(admin, mei, on=AT.date()) is True
    delegate(user=wei, deputy=mei, first=first, last=first, at=AT)
    assert looks_after(admin, mei, on=AT.date()) is True


def test_who_sees_the_debtors_of_the_whole_bank(tree: Tree) -> None:
    root = added("root", Role.ADMINISTRATOR, "bank")
    head, office = added("head", Role.RISK, "bank"), added("office", Role.OFFICE, "bank")
    branch = added("branch", Role.RISK, "east")
    told = [looks_after(root, one, on=AT.date()) for one in (head, office, branch)]
    assert told == [False, True, True]
    with pytest.raises(MayNotAppoint):
        end_post(post=post_of(head), at=AT, by=root)


def test_posts_end_with_the_account(admin: User, mei: User, tree: Tree) -> None:
    end_account(user=mei, at=LATER, by=admin, reason="left")
    assert [post.until_on for post in mei.posts.all()] == [LATER.date()]
    assert told("people.account-ended").before == {"posts": "risk at east-1"}
    with pytest.raises(AccountEnded):
        end_account(user=mei, at=LATER, by=admin)
    with pytest.raises(AccountEnded):
        give_post(user=mei, role=Role.LEGAL, institution=tree["east"], at=LATER, by=admin)


def test_an_account_comes_back_without_a_post(admin: User, mei: User) -> None:
    with pytest.raises(AccountLasts):
        resume_account(user=mei, password=ANOTHER, at=LATER, by=admin)
    end_account(user=mei, at=LATER, by=admin)
    back = resume_account(user=mei, password=ANOTHER, at=LATER, by=admin, reason="is back")
    assert (back.is_active, back.must_change, back.check_password(ANOTHER)) == (True, True, True)
    assert posts_of(back, on=LATER.date()) == []
    assert told("people.account-resumed").reason == "is back"


def test_where_somebody_belongs(admin: User, mei: User, tree: Tree) -> None:
    """
    mei works at east-1 until July 31, then at west
    """
    on = LATER.date()
    assert person_in(EAST, "nobody", on=on) is None
    assert person_in(WEST, "mei", on=on) is None
    end_post(post=post_of(mei), at=LATER, by=admin)
    assert (person_in(EAST, "mei", on=on), gone(EAST, on=on)) == (mei, [mei])
    west = give_post(user=mei, role=Role.LEGAL, institution=tree["west"], at=LATER)
    assert (person_in(EAST, "mei", on=on), gone(EAST, on=on)) == (None, [])
    assert person_in(WEST, "mei", on=on) == mei
    end_post(post=west, at=LATER + timedelta(days=1), by="shell:x")
    assert person_in(EAST, "mei", on=date(2027, 1, 1)) is None
    assert looks_after(admin, mei, on=date(2027, 1, 1)) is False


def test_an_ended_account_is_gone_whatever_its_posts_say(mei: User, tree: Tree) -> None:
    User.objects.filter(pk=mei.pk).update(is_active=False)
    assert [one.username for one in gone(EAST, on=LATER.date())] == ["mei"]


def test_who_never_held_a_post_belongs_nowhere(admin: User) -> None:
    wei = User.objects.create(username="wei", name="Wei", added_at=AT)
    assert person_in(EAST, "wei", on=AT.date()) is None
    assert looks_after(admin, wei, on=AT.date()) is False
