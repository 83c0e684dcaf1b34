from datetime import UTC, datetime, timedelta

import pytest

from recobro.book.models import Institution
from recobro.journal.models import Entry
from recobro.office.people.enums import Role
from recobro.office.people.models import User
from recobro.office.people.operations import (
    AccountEnded,
    MayNotAppoint,
    NameUnusable,
    PasswordWeak,
    UserTaken,
    add_user,
    change_password,
    end_account,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
PASSWORD = "seven lean cows"  # noqa: S105 - of nobody
ANOTHER, SHORT = "eight fat cows", "short"


@pytest.fixture(autouse=True)
def bank() -> None:
    root = Institution.objects.create(institution_id="bank", name="b", kind="branch", path="0001")
    Institution.objects.create(
        institution_id="north", name="n", kind="branch", path="00010001", parent=root
    )


def added(username: str, role: Role = Role.RISK, at: str = "bank", by: User | None = None) -> User:
    return add_user(
        username=username,
        password=PASSWORD,
        role=role,
        institution_id=at,
        at=AT,
        by=by or "shell:x",
    )


def test_an_account_ends_once() -> None:
    user = added("wang")
    assert end_account(user=user, at=AT, by="shell:x", reason="left").is_active is False
    told = Entry.objects.get(act="people.account-ended")
    assert (told.subject, told.by, told.reason) == ("wang", "shell:x", "left")
    with pytest.raises(AccountEnded):
        end_account(user=user, at=AT, by="shell:x")


def test_a_password_is_changed() -> None:
    user = added("wang")
    changed = change_password(user=user, password=ANOTHER, at=AT, by="wang")
    assert (changed.check_password(ANOTHER), changed.must_change) == (True, False)
    with pytest.raises(PasswordWeak):
        change_password(user=user, password=SHORT, at=AT, by="wang")
    assert Entry.objects.filter(act="people.password-changed").count() == 1


@pytest.mark.parametrize("name", ["", "recobro", "Recobro", "shell:root", "a b", "x" * 61])
def test_a_name_that_nobody_can_have(name: str) -> None:
    with pytest.raises(NameUnusable):
        added(name)


def test_a_name_that_looks_like_another() -> None:
    assert added("ｍｅｉ").username == "mei"
    for name in ("Mei", "ｍｅｉ"):
        with pytest.raises(UserTaken):
            added(name)


@pytest.mark.parametrize("role", [Role.MANAGEMENT, Role.AUDITOR, Role.ADMINISTRATOR])
def test_whom_nobody_appoints_on_the_pages(role: Role) -> None:
    admin = added("admin", Role.ADMINISTRATOR)
    with pytest.raises(MayNotAppoint, match=f"may not appoint {role} at b"):
        added("sock", role, by=admin)
    assert not User.objects.filter(username="sock").exists()


def test_an_appointment_stays_below_whoever_makes_it() -> None:
    admin = added("admin", Role.ADMINISTRATOR, "north")
    assert added("mine", Role.LEGAL, "north", by=admin).username == "mine"
    with pytest.raises(MayNotAppoint):
        added("theirs", Role.LEGAL, "bank", by=admin)
    with pytest.raises(MayNotAppoint):
        added("none", Role.LEGAL, "north", by=added("risk"))


def test_nobody_is_appointed_from_the_pages_to_see_the_whole_bank() -> None:
    """
    the administrator of the bank makes no account that sees every debtor; one without debtors, or
    at a branch, they do
    """
    admin = added("admin", Role.ADMINISTRATOR)
    for role in (Role.RISK, Role.BUSINESS, Role.ARCHIVE, Role.INSPECTOR):
        with pytest.raises(MayNotAppoint, match="sees the debtors of the whole bank"):
            added("sock", role, by=admin)
    assert added("plan", Role.PLANNING, by=admin).username == "plan"
    assert added("north", Role.RISK, "north", by=admin).username == "north"
    assert added("head", Role.RISK).username == "head"


def test_an_appointment_ends_with_the_post() -> None:
    admin = added("admin", Role.ADMINISTRATOR)
    admin.posts.update(until_on=(AT + timedelta(days=1)).date())
    with pytest.raises(MayNotAppoint):
        add_user(
            username="late",
            password=PASSWORD,
            role=Role.LEGAL,
            institution_id="north",
            at=AT + timedelta(days=1),
            by=admin,
        )
