"""What a bank sets: who may, how it is written, what held before."""

from datetime import UTC, datetime

import pytest

from recobro.journal.models import Entry
from recobro.office.approvals.rules import within
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.office.people.operations import delegate
from recobro.office.people.operations.delegation import LONGEST
from recobro.office.settings.operations import (
    AlreadySo,
    MayNotSet,
    OwnLimits,
    SetMeanwhile,
    SettingUnknown,
    change,
)
from recobro.office.settings.queries import held, history, value_of, values_of
from recobro.office.settings.rules import Amounts, Limit, NotReadable, Whole
from tests.casework.shown import open_bank, person

pytestmark = pytest.mark.django_db
AT = datetime(2026, 7, 1, 8, tzinfo=UTC)


@pytest.fixture
def ada() -> User:
    """Return an administrator of the whole bank."""
    open_bank()
    return person("ada", Role.ADMINISTRATOR, "bank")


def test_the_last_one_holds(ada: User) -> None:
    assert value_of(LONGEST) == 60
    change(key="absence.days", told="90", reason="Long leave", by=ada, at=AT)
    change(key="absence.days", told=" 30 ", reason="Too long", by=ada, at=AT)
    assert (value_of(LONGEST), values_of([LONGEST])) == (30, {"absence.days": 30})
    assert [(row.value, row.reason, row.set_by) for row in history("absence.days")] == [
        (30, "Too long", "ada"),
        (90, "Long leave", "ada"),
    ]
    (one,) = (one for one in held() if one.known is LONGEST)
    assert (one.value, one.written, one.last and one.last.reason) == (30, "30", "Too long")
    entry = Entry.objects.filter(act="settings.changed").latest("id")
    assert (entry.subject, entry.by, entry.before, entry.after) == (
        "absence.days",
        "ada",
        {"value": 90},
        {"value": 30},
    )


@pytest.mark.parametrize(
    "told", ["", "0", "367", "1.5", "-3", "many", "１２", "9" * 40, "0000000060"]
)
def test_what_is_no_number_of_days_changes_nothing(told: str, ada: User) -> None:
    with pytest.raises(NotReadable, match="from 1 to 366"):
        change(key="absence.days", told=told, reason="x", by=ada, at=AT)
    assert value_of(LONGEST) == 60


def test_who_may(ada: User) -> None:
    """
    risk sees the settings, and changes none; nor does an administrator of a branch
    """
    for nobody in (
        person("risk", Role.RISK, "bank"),
        person("north", Role.ADMINISTRATOR, "north"),
    ):
        with pytest.raises(MayNotSet):
            change(key="absence.days", told="90", reason="x", by=nobody, at=AT)
    ada.is_active = False
    with pytest.raises(MayNotSet):
        change(key="absence.days", told="90", reason="x", by=ada, at=AT)


def test_nobody_sets_the_limits_that_bind_them(ada: User) -> None:
    """
    nor lets a deputy set any; other settings are theirs
    """
    key = "approvals.case-assign.alone"
    hal = person("hal", Role.BRANCH_HEAD, "north")
    delegate(user=ada, deputy=hal, first=AT.date(), last=AT.date(), at=AT)
    with pytest.raises(MayNotSet):
        change(key=key, told="*", reason="x", by=hal, at=AT)
    Post.objects.create(user=ada, role="branch_head", institution_id="north", from_on=AT.date())
    with pytest.raises(OwnLimits):
        change(key=key, told="*", reason="x", by=ada, at=AT)
    change(key="absence.days", told="90", reason="x", by=ada, at=AT)


def test_the_second_writer_is_told(ada: User) -> None:
    first = change(key="absence.days", told="90", reason="x", by=ada, at=AT, seen=0)
    with pytest.raises(SetMeanwhile, match="ada has set this"):
        change(key="absence.days", told="30", reason="x", by=ada, at=AT, seen=0)
    with pytest.raises(AlreadySo):
        change(key="absence.days", told="90", reason="x", by=ada, at=AT, seen=first.pk)
    with pytest.raises(SettingUnknown):
        change(key="absence.weeks", told="90", reason="x", by=ada, at=AT)


@pytest.mark.parametrize(
    ("told", "limit"),
    [
        ("CNY 500,000", {"CNY": 500_000_00}),
        ("EUR 1.50\n\n CNY 2", {"EUR": 1_50, "CNY": 2_00}),
        ("JPY 7", {"JPY": 7}),
        ("", {}),
        (" * ", None),
    ],
)
def test_amounts_as_people_write_them(told: str, limit: Limit) -> None:
    read = Amounts().read(told)
    assert read == limit
    assert Amounts().read(Amounts().write(read)) == limit


@pytest.mark.parametrize(
    "told",
    [
        "500000",
        "XXX 5",
        "CNY",
        "CNY -5",
        "CNY 5e3",
        "CNY 1.005",
        "JPY 1.5",
        "CNY 5 * EUR",
        "CNY 5\nCNY 6",
    ],
)
def test_what_is_no_amount(told: str) -> None:
    with pytest.raises(NotReadable, match="nothing was changed"):
        Amounts().read(told)


def test_a_number_is_written_as_digits() -> None:
    assert Whole(1, 9).write(7) == "7"


@pytest.mark.parametrize(
    ("amounts", "limit", "expected"),
    [
        ({"CNY": 5}, {"CNY": 5}, True),
        ({"CNY": 6}, {"CNY": 5}, False),
        ({"CNY": 1, "USD": 1}, {"CNY": 5}, False),
        ({"USD": 0}, {"CNY": 5}, True),
        ({"USD": 10**18}, None, True),
        ({}, {}, True),
    ],
)
def test_amounts_within_a_limit(amounts: dict[str, int], limit: Limit, *, expected: bool) -> None:
    assert within(amounts, limit) is expected
