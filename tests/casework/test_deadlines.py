"""By when a case is due, and to whom its delay goes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest

from recobro.book.models import Institution
from recobro.book.queries import Scope
from recobro.casework.case.models import Case, Handover
from recobro.casework.case.operations import (
    CaseClosed,
    DayImpossible,
    DueOtherwise,
    MayNotAssign,
    OnceOwnDeadline,
    OwnDeadline,
    assign,
    escalate,
    escalate_unsigned,
    set_deadline,
    sign_for,
)
from recobro.casework.case.queries import escalated_to, open_cases, unsigned_of
from recobro.journal.models import Entry
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.office.people.operations import delegate
from recobro.office.settings.models import Setting
from tests.casework.shown import acts, close, lend, open_bank, person

pytestmark = pytest.mark.django_db
AT: Final = datetime(2026, 7, 1, 8, tzinfo=UTC)
DUE: Final = date(2026, 9, 29)
DAY: Final = timedelta(days=1)


@pytest.fixture(autouse=True)
def bank() -> None:
    """Open a bank where a household of the sub-branch below north has a case."""
    open_bank()
    person("carl", Role.ACCOUNT_MANAGER, "below")
    person("hal", Role.BRANCH_HEAD, "north")
    person("pia", Role.MANAGEMENT, "bank")
    lend(1, "ana", at="below")
    close("2026-06-30", (1, "substandard"))


def case() -> Case:
    return Case.objects.get(household_id="ana")


def put(due_on: date, by: str = "hal", **more: Any) -> Case:
    user = User.objects.get(username=by)
    return set_deadline(case=case(), due_on=due_on, reason="Harvest", by=user, at=AT, **more)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


def where(day: date) -> str | None:
    escalate(at=at(day))
    return case().escalated_to_id


def test_a_new_case_is_due_after_some_days() -> None:
    assert case().due_on == DUE
    Setting.objects.create(key="cases.due.days", value=30, set_at=AT, set_by="ada", reason="Sooner")
    lend(2, "wang")
    close("2026-07-31", (1, "substandard"), (2, "loss"))
    assert Case.objects.get(household_id="wang").due_on == date(2026, 8, 30)
    assert case().due_on == DUE


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, None), (1, "north"), (15, "north"), (16, "bank"), (31, "bank"), (900, "bank")],
)
def test_what_is_late_climbs(days: int, expected: str | None) -> None:
    """To the head of the place, or the nearest above it, and on to the top."""
    assert where(DUE + days * DAY) == expected


def test_each_step_is_told_once() -> None:
    assert [one.pk for one in escalate(at=at(DUE + DAY))] == [case().pk]
    assert escalate(at=at(DUE + 2 * DAY)) == []
    escalate(at=at(DUE + 16 * DAY))
    told = Entry.objects.filter(act="case.escalated").order_by("id")
    assert [(one.by, one.after) for one in told] == [
        ("recobro", {"to": "north", "due_on": "2026-09-29"}),
        ("recobro", {"to": "bank", "due_on": "2026-09-29"}),
    ]


def give(to: str, by: str) -> None:
    users = {name: User.objects.get(username=name) for name in (to, by)}
    assign(case=case(), to=users[to], reason="Nearer", by=users[by], at=AT)


def test_a_handover_that_nobody_signs_for_climbs_as_cases_do() -> None:
    """
    within three days; on the day after to the head, fifteen days later to the one above
    """
    person("dan", Role.ACCOUNT_MANAGER, "below")
    give("dan", by="hal")
    handover = Handover.objects.get()
    last = date(2026, 7, 4)
    heads = {name: Institution.objects.get(pk=name) for name in ("north", "bank")}
    assert handover.sign_by == last
    for days, expected in ((0, None), (1, "north"), (15, "north"), (16, "bank"), (17, "bank")):
        escalate_unsigned(at=at(last + days * DAY))
        handover.refresh_from_db()
        assert (days, handover.escalated_to_id) == (days, expected)
    told = Entry.objects.filter(act="case.handover-escalated").order_by("id")
    assert [(one.by, one.institution_id, one.after) for one in told] == [
        ("recobro", "below", {"to": "north", "sign_by": "2026-07-04"}),
        ("recobro", "below", {"to": "bank", "sign_by": "2026-07-04"}),
    ]
    assert (list(unsigned_of([heads["bank"]])), list(unsigned_of([heads["north"]]))) == (
        [handover],
        [],
    )
    sign_for(handover=handover, by=handover.taker, at=at(last + 20 * DAY))
    assert not unsigned_of([heads["bank"]]).exists()
    assert escalate_unsigned(at=at(last + 40 * DAY)) == []


def test_what_has_gone_on_unsigned_is_no_heads_matter_any_more() -> None:
    person("dan", Role.ACCOUNT_MANAGER, "below")
    give("dan", by="hal")
    last = date(2026, 7, 4)
    (late,) = escalate_unsigned(at=at(last + DAY))
    give("carl", by="hal")
    assert not unsigned_of([Institution.objects.get(pk="north")]).exists()
    (again,) = escalate_unsigned(at=at(last + DAY))
    assert (late.taker.username, again.taker.username) == ("dan", "carl")


def test_no_deadline_is_put_off_by_handing_over_and_back() -> None:
    """
    hal takes the case, gives it back, and then can bring its deadline forward alone; so can who
    acts for him; the one above puts it off
    """
    before = case().due_on
    give("hal", by="pia")
    give("carl", by="hal")
    assert case().due_on == before
    with pytest.raises(OnceOwnDeadline, match="hal was responsible"):
        put(before + DAY)
    dan = person("dan", Role.ACCOUNT_MANAGER, "below")
    delegate(
        user=User.objects.get(username="hal"),
        deputy=dan,
        first=AT.date(),
        last=AT.date(),
        at=AT - DAY,
    )
    with pytest.raises(OnceOwnDeadline):
        put(before + DAY, by="dan")
    assert put(before - DAY).due_on == before - DAY
    with pytest.raises(OnceOwnDeadline):
        put(before)
    assert put(before + DAY, by="pia").due_on == before + DAY


def test_who_heads_a_place_is_found_anew() -> None:
    assert where(DUE + DAY) == "north"
    Post.objects.filter(user__username="hal").update(until_on=DUE)
    assert where(DUE + 2 * DAY) == "bank"


def test_where_nobody_heads_anything_it_stays() -> None:
    Post.objects.exclude(user__username="carl").update(until_on=AT.date())
    assert where(DUE + DAY) == "below"


def test_the_heads_see_what_has_come_to_them() -> None:
    north, bank = (Institution.objects.get(pk=name) for name in ("north", "bank"))
    assert where(DUE + DAY) == "north"
    assert (list(escalated_to([north])), list(escalated_to([bank]))) == ([case()], [])
    assert list(open_cases(Scope(("0001",)), late_on=DUE)) == []
    assert list(open_cases(Scope(("0001",)), late_on=DUE + DAY)) == [case()]


def test_another_day_takes_it_back() -> None:
    assert where(DUE + DAY) == "north"
    put(DUE + 60 * DAY, instead_of=DUE)
    assert (case().due_on, case().escalated_to) == (DUE + 60 * DAY, None)
    entry = Entry.objects.get(act="case.deadline-set")
    assert (entry.by, entry.reason, entry.before, entry.after) == (
        "hal",
        "Harvest",
        {"due_on": "2026-09-29"},
        {"due_on": "2026-11-28"},
    )
    assert where(DUE + 2 * DAY) is None


def test_a_case_that_ends_is_late_no_more() -> None:
    where(DUE + DAY)
    close("2026-10-31")
    assert (case().outcome, case().escalated_to) == ("cured", None)
    assert escalate(at=at(DUE + 40 * DAY)) == []
    assert acts("ana")[-1] == "case.closed"
    with pytest.raises(CaseClosed):
        put(DUE + 60 * DAY)


def test_who_is_responsible_does_not_say_by_when() -> None:
    own = case()
    own.responsible = User.objects.get(username="hal")
    own.save()
    with pytest.raises(OwnDeadline):
        put(DUE + DAY)
    with pytest.raises(MayNotAssign):
        put(DUE + DAY, by="carl")


def test_nor_does_who_acts_for_them() -> None:
    own = case()
    own.responsible = User.objects.get(username="hal")
    own.save()
    dan = person("dan", Role.ACCOUNT_MANAGER, "north")
    delegate(user=own.responsible, deputy=dan, first=AT.date(), last=AT.date(), at=AT)
    with pytest.raises(OwnDeadline):
        put(DUE + DAY, by="dan")
    put(DUE + DAY, by="pia")


@pytest.mark.parametrize("due_on", [AT.date() - DAY, AT.date() + 3651 * DAY, date.max])
def test_a_day_that_cannot_be(due_on: date) -> None:
    with pytest.raises(DayImpossible):
        put(due_on)
    assert case().due_on == DUE


def test_the_second_writer_is_told() -> None:
    put(DUE + DAY, instead_of=DUE)
    with pytest.raises(DueOtherwise, match="It is due on 2026-09-30 by now"):
        put(DUE + 9 * DAY, by="pia", instead_of=DUE)
    assert case().due_on == DUE + DAY
