from collections import Counter

import pytest

from recobro.casework.case.queries import Roster
from recobro.office.people.enums import Role
from recobro.office.people.models import Post
from tests.casework.shown import TREE, open_bank, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bank() -> None:
    open_bank()


def roster() -> Roster:
    return Roster(posts=Post.objects.select_related("user", "institution"), load=Counter())


def chosen(where: str, *originators: str) -> tuple[str, str] | None:
    found = roster().responsible(TREE[where][1], set(originators))
    return found and (found[0].username, found[1].value)


def test_nobody_is_there() -> None:
    person("other", Role.ACCOUNT_MANAGER, "south")
    person("clerk", Role.ARCHIVE, "north")
    assert chosen("north") is None


def test_the_account_manager_of_the_place_comes_first() -> None:
    person("head", Role.BRANCH_HEAD, "below")
    person("near", Role.ACCOUNT_MANAGER, "below")
    person("far", Role.ACCOUNT_MANAGER, "north")
    assert chosen("below") == ("near", "rule")
    assert chosen("north") == ("far", "rule")


def test_the_next_one_up_the_tree() -> None:
    person("far", Role.ACCOUNT_MANAGER, "north")
    assert chosen("below") == ("far", "rule")


def test_who_made_the_loan_never_collects_it() -> None:
    person("maker", Role.ACCOUNT_MANAGER, "north", staff_id="7")
    assert chosen("north", "7") is None
    person("head", Role.BRANCH_HEAD, "north", staff_id="8")
    assert chosen("north", "7") == ("head", "branch_head")
    assert chosen("north", "7", "8") is None
    person("boss", Role.MANAGEMENT, "bank", staff_id="8")
    assert chosen("north", "7", "8") == ("boss", "superior")


def test_cases_are_shared_by_how_many_each_has() -> None:
    for name in ("a", "b", "c"):
        person(name, Role.ACCOUNT_MANAGER, "north")
    own = roster()
    users = {post.user.username: post.user.pk for post in own.posts}
    own.load[users["b"]] = 2
    found = [own.responsible(TREE["north"][1], set()) for _ in range(5)]
    assert [one[0].username for one in found if one] == ["a", "c", "a", "c", "a"]
