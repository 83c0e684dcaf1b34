from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from recobro.book.models import Institution
from recobro.book.queries import Scope
from recobro.office.people.enums import Right, Role
from recobro.office.people.models import Post, User
from recobro.office.people.operations import delegate
from recobro.office.people.queries import (
    acting_posts,
    authority,
    colleagues,
    posts_of,
    rights_of,
    scope_of,
)
from tests.office.conftest import TREE

Tree = dict[str, Institution]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
JUNE = date(2026, 6, 1)
FIRST, LAST, AFTER = date(2026, 3, 1), date(2026, 4, 30), date(2026, 5, 1)


def person(username: str) -> User:
    return User.objects.create(username=username, name=username.title(), added_at=NOW)


def hold(
    user: User,
    role: Role,
    institution_id: str,
    *,
    from_on: date = FIRST,
    until_on: date | None = None,
) -> Post:
    return Post.objects.create(
        user=user,
        role=role.value,
        institution_id=institution_id,
        from_on=from_on,
        until_on=until_on,
    )


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 2, 28), 0),
        (FIRST, 1),
        (LAST, 1),
        (AFTER, 0),
        (JUNE, 0),
    ],
)
def test_a_post_is_held_from_its_first_day_until_it_is_held_no_more(
    on: date, expected: int, tree: Tree
) -> None:
    mei = person("mei")
    post = hold(mei, Role.RISK, "east", until_on=AFTER)
    assert posts_of(mei, on=on) == [post][:expected]
    assert colleagues(Scope((TREE["bank"],)), on=on) == [mei][:expected]


def test_a_post_without_an_end_is_held(tree: Tree) -> None:
    mei = person("mei")
    post = hold(mei, Role.RISK, "east")
    assert posts_of(mei, on=date(2099, 1, 1)) == [post]
    assert str(post) == "Mei: risk at east"


def test_whose_account_has_ended_holds_no_post_and_acts_in_none(tree: Tree) -> None:
    mei, bo = person("mei"), person("bo")
    post = hold(mei, Role.RISK, "east")
    hold(bo, Role.RISK, "east")
    delegate(user=bo, deputy=mei, first=JUNE, last=JUNE, at=NOW + timedelta(days=120))
    assert len(acting_posts(mei, on=JUNE)) == 2
    mei.is_active = False
    assert (posts_of(mei, on=JUNE), acting_posts(mei, on=JUNE)) == ([], [])
    assert authority(mei, Right.APPROVE, post.institution, on=JUNE) is None


def test_a_post_does_not_end_before_it_begins(tree: Tree) -> None:
    mei = person("mei")
    with pytest.raises(IntegrityError), transaction.atomic():
        hold(mei, Role.RISK, "east", until_on=date(2026, 2, 28))
    hold(mei, Role.RISK, "east", until_on=FIRST)
    assert [posts_of(mei, on=day) for day in (date(2026, 2, 28), FIRST, LAST)] == [[], [], []]


def test_a_role_that_there_is_not(tree: Tree) -> None:
    post = Post(user=person("mei"), role="king", institution=tree["east"], from_on=FIRST)
    with pytest.raises(ValidationError) as refused:
        post.full_clean()
    assert [*refused.value.message_dict] == ["role"]


def test_a_right_opens_the_subtrees_of_the_posts_that_give_it(tree: Tree) -> None:
    mei = person("mei")
    hold(mei, Role.LEGAL, "east-1")
    hold(mei, Role.LEGAL, "east-1-a")
    hold(mei, Role.AUDITOR, "west")
    hold(mei, Role.OFFICE, "tenth")
    hold(mei, Role.ADMINISTRATOR, "bank", until_on=AFTER)
    posts = posts_of(mei, on=JUNE)
    lacks = {
        *(Right.ASSIGN, Right.APPROVE, Right.JUDGE, Right.SIGN_OFF),
        *(Right.APPOINT, Right.START, Right.SETTINGS, Right.WEBHOOKS),
    }
    assert {right: scope_of(posts, right) for right in Right} == {
        Right.DEBTORS: Scope((TREE["east-1"], TREE["west"])),
        Right.COLLECT: Scope((TREE["east-1"],)),
        Right.JOURNAL: Scope((TREE["west"],)),
        Right.FIGURES: Scope((TREE["east-1"], TREE["west"], TREE["tenth"])),
        Right.RUNS: Scope((TREE["west"],)),
        Right.PEOPLE: Scope((TREE["west"],)),
        **dict.fromkeys(lacks, Scope()),
    }
    assert rights_of(posts) == frozenset(Right) - lacks


def test_whoever_holds_no_post_has_no_right() -> None:
    assert rights_of([]) == frozenset()
    assert scope_of([], Right.DEBTORS) == Scope()


def test_colleagues_are_those_with_a_post_in_scope(tree: Tree) -> None:
    """
    Wei works at west; Bo, east and west, is told with the post that is looked at
    """
    mei, bo, wei = person("mei"), person("bo"), person("wei")
    own = [hold(bo, Role.LEGAL, "east-1")]
    hold(bo, Role.RISK, "west")
    hold(mei, Role.OFFICE, "east")
    hold(mei, Role.OFFICE, "east-2")
    hold(wei, Role.OFFICE, "west-1")
    found = colleagues(Scope((TREE["east"],)), on=JUNE)
    assert found == [bo, mei]
    assert found[0].held == own  # type: ignore[attr-defined]  # prefetched
    assert colleagues(Scope(), on=JUNE) == []
