from datetime import UTC, date, datetime

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from recobro.book.models import Institution
from recobro.office.people.enums import Role
from recobro.office.people.models import User
from recobro.office.people.operations import (
    InstitutionUnknown,
    PasswordWeak,
    UserTaken,
    add_user,
    speak,
)

Tree = dict[str, Institution]
AT = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
PASSWORD = "correct horse battery"  # noqa: S105 - of people that there are in tests alone
MEI = {"username": "mei", "password": PASSWORD, "role": Role.LEGAL, "institution_id": "east"}


def added(**changes: str | Role) -> User:
    return add_user(**(MEI | changes), at=AT)  # type: ignore[arg-type]  # by their names


def known(username: str, password: str) -> User | None:
    """Return whom a name and a password prove."""
    request = RequestFactory().post("/sign-in/")
    user = authenticate(request, username=username, password=password)
    assert user is None or isinstance(user, User)
    return user


def test_a_person_has_an_account_and_a_first_post(tree: Tree) -> None:
    mei = added(name="Mei", staff_id="7", language="zh")
    (post,) = mei.posts.all()
    assert (mei.name, mei.staff_id, mei.language, mei.is_active) == ("Mei", "7", "zh", True)
    assert mei.added_at == AT
    assert (post.role_held, post.institution) == (Role.LEGAL, tree["east"])
    assert (post.from_on, post.until_on) == (date(2026, 3, 1), None)
    assert PASSWORD not in mei.password


def test_a_person_without_a_name_is_called_as_they_sign_in(tree: Tree) -> None:
    assert str(added()) == "mei"


def test_a_name_that_is_taken(tree: Tree) -> None:
    added()
    with pytest.raises(UserTaken) as refused:
        added(role=Role.RISK, institution_id="west")
    assert str(refused.value) == (
        "There is a user 'mei' already; nothing was changed. Choose another name."
    )
    assert [post.role for post in User.objects.get().posts.all()] == ["legal"]


def test_an_institution_that_there_is_not(tree: Tree) -> None:
    with pytest.raises(InstitutionUnknown) as refused:
        added(institution_id="moon")
    assert str(refused.value) == (
        "The book has no institution 'moon'; nothing was changed. Name one of the delivered "
        "institutions, or load and close a delivery that brings it."
    )
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "This password is too short. It must contain at least 12 characters."),
        ("mei-mei-lin-12", "The password is too similar to the username."),
        ("qwerty123456", "This password is too common."),
    ],
)
def test_a_password_that_others_would_guess(password: str, reason: str, tree: Tree) -> None:
    with pytest.raises(PasswordWeak) as refused:
        added(password=password, username="mei-mei-lin")
    assert str(refused.value) == f"The password is too weak; nothing was changed. {reason}"
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    ("username", "password", "expected"),
    [
        ("mei", PASSWORD, True),
        ("mei", PASSWORD.upper(), False),
        ("mei", "", False),
        ("Mei", PASSWORD, False),
        ("wei", PASSWORD, False),
    ],
)
def test_whom_a_password_proves(
    username: str, password: str, *, expected: bool, tree: Tree
) -> None:
    mei = added()
    assert known(username, password) == (mei if expected else None)


def test_an_account_that_has_ended(tree: Tree) -> None:
    mei = added()
    User.objects.filter(pk=mei.pk).update(is_active=False)
    assert known("mei", PASSWORD) is None


def test_somebody_speaks_another_language(tree: Tree) -> None:
    mei = added()
    mei.name = "not kept"
    speak(user=mei, language="es")
    mei.refresh_from_db()
    assert (mei.language, mei.name) == ("es", "mei")
