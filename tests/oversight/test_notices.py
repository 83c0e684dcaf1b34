"""Branches are told of new bad loans, report those of three and six, and are chased."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from recobro.book.models import Close, Institution
from recobro.book.queries import Scope
from recobro.journal.models import Entry
from recobro.office.escalation import steps_up
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.oversight.notices.enums import Kind
from recobro.oversight.notices.models import Notice, NoticeLoan
from recobro.oversight.notices.operations import (
    MayNotSignOff,
    SignedOff,
    issue,
    pass_on,
    sign_off,
)
from recobro.oversight.notices.queries import late, notices_in, waiting_for
from recobro.oversight.notices.rules import STEP, TERM
from recobro.runs.operations import show
from tests.runs.bank import Bank
from tests.runs.kept import Kept, kept
from tests.web.workplace import appoint, delivery

pytestmark = pytest.mark.django_db
AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def delivered(bank: Bank) -> None:
    """Load the book of two branches, one of them with a sub-branch."""
    bank.load(delivery())


@pytest.fixture(scope="module")
def once(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Kept:
    """Return that bank, made once."""
    return kept(tmp_path_factory.mktemp("once"), delivered, django_db_blocker)


@pytest.fixture
def bank(once: Kept, tmp_path: Path) -> Bank:
    """Return that bank, with a home of its own."""
    return once.copied(tmp_path)


@pytest.fixture(scope="module")
def told_once(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Kept:
    """Return a bank whose branches have been told of new loans, made once."""

    def tell(bank: Bank) -> None:
        delivered(bank)
        shown(bank, "2026-05-30", "2026-06-29")

    return kept(tmp_path_factory.mktemp("told"), tell, django_db_blocker)


@pytest.fixture
def told_bank(told_once: Kept, tmp_path: Path) -> Bank:
    """Return that bank, with a home of its own."""
    return told_once.copied(tmp_path)


def shown(bank: Bank, *days: str) -> None:
    """Close days, and show them one by one as the worker does."""
    for day in days:
        bank.close(day)
        show(home=bank.home, at=AT)


def told() -> dict[tuple[str, str, str], list[str]]:
    """Return the loans of each notice, by kind, institution and day."""
    return {
        (notice.kind, notice.institution_id, str(notice.on)): [
            row.loan.loan_id for row in notice.loans.select_related("loan").order_by("loan")
        ]
        for notice in Notice.objects.all()
    }


def test_a_first_close_has_no_new_loan(bank: Bank) -> None:
    shown(bank, "2026-03-30")
    assert told() == {}


def test_each_branch_is_told_of_its_own_new_loans(told_bank: Bank) -> None:
    """
    on 30 May T1 and S1 are 71 and 90 days late, N1 is 145 and was bad before
    """
    assert told() == {
        ("new_nonperforming", "below", "2026-06-29"): ["T1"],
        ("new_nonperforming", "south", "2026-06-29"): ["S1"],
    }


def test_the_month_end_reports_three_and_six(bank: Bank) -> None:
    """Of T1 three instalments in a row are missed by the end of June."""
    shown(bank, "2026-06-29")
    assert told() == {}
    shown(bank, "2026-06-30")
    assert told()["three_six", "below", "2026-06-30"] == ["T1"]
    row = NoticeLoan.objects.get(loan__loan_id="T1")
    assert (row.overdue_amount, row.days_past_due, row.currency) == (30_00, 102, "CNY")
    assert (row.missed_in_a_row, row.missed_ever, row.grade) == (3, 3, "substandard")


def test_a_day_that_is_closed_again_adds_nothing(bank: Bank) -> None:
    """Also where the day before it, which was compared with, is shown no more."""
    shown(bank, "2026-05-30", "2026-05-31", "2026-06-28", "2026-06-29", "2026-06-30")
    before = told()
    shown(bank, "2026-06-30")
    assert told() == before
    shown(bank, "2026-07-01", "2026-07-01")
    assert told() == before


def test_a_month_end_is_reported_though_the_day_after_is_closed_too(bank: Bank) -> None:
    for day in ("2026-06-30", "2026-07-01"):
        bank.close(day)
    show(home=bank.home, at=AT)
    assert {key[0]: key[2] for key in told()}["three_six"] == "2026-06-30"


def test_an_older_day_tells_nobody(bank: Bank) -> None:
    shown(bank, "2026-05-30", "2026-06-30")
    before = told()
    shown(bank, "2026-05-31")
    assert told() == before


def test_closes_that_are_shown_together_tell_of_the_last(bank: Bank) -> None:
    for day in ("2026-04-30", "2026-05-31", "2026-06-30"):
        bank.close(day)
    show(home=bank.home, at=AT)
    assert {on for _, _, on in told()} == {"2026-06-30"}


def test_what_was_told_stays(told_bank: Bank) -> None:
    """A loan that is paid afterwards is still in the notice."""
    before = told()
    shown(told_bank, "2026-07-31")
    assert {key: loans for key, loans in told().items() if key in before} == before


def test_a_notice_has_its_term_from_the_day_it_is_issued(bank: Bank) -> None:
    shown(bank, "2026-05-30", "2026-06-30")
    terms = {(notice.kind, notice.due_on) for notice in Notice.objects.all()}
    assert terms == {(kind.value, AT.date() + TERM[kind].default * DAY) for kind in Kind}


@pytest.fixture
def notice(told_once: Kept) -> Notice:
    """Return the notice to the sub-branch below north."""
    told_once.put()
    return Notice.objects.get(institution="below")


def head(username: str, institution: str, role: Role = Role.BRANCH_HEAD) -> User:
    return appoint(username, role, institution)


def test_the_head_signs_off(notice: Notice) -> None:
    signed = sign_off(notice=notice, by=head("mei", "below"), at=AT, remark="Visits this week")
    assert signed.signed_by is not None
    assert (signed.signed_by.username, signed.signed_at, signed.remark) == (
        "mei",
        AT,
        "Visits this week",
    )
    entry = Entry.objects.get(act="notices.signed-off")
    assert (entry.by, entry.reason, entry.institution_id) == ("mei", "Visits this week", "below")
    assert [told.act for told in Entry.objects.filter(chain=notice.chain).order_by("position")] == [
        "notices.issued",
        "notices.signed-off",
    ]


def test_whoever_comes_second_is_told_who_was_first(notice: Notice) -> None:
    sign_off(notice=notice, by=head("mei", "below"), at=AT)
    with pytest.raises(SignedOff, match=r"^Name of mei signed this off on 2026-07-01 08:00 UTC;"):
        sign_off(notice=notice, by=head("li", "north"), at=AT)
    notice.refresh_from_db()
    assert notice.signed_by is not None
    assert notice.signed_by.username == "mei"


@pytest.mark.parametrize(
    ("role", "institution", "may"),
    [
        (Role.BRANCH_HEAD, "below", True),
        (Role.BRANCH_HEAD, "north", True),
        (Role.MANAGEMENT, "bank", True),
        (Role.BRANCH_HEAD, "south", False),
        (Role.ACCOUNT_MANAGER, "below", False),
        (Role.RISK, "bank", False),
        (Role.AUDITOR, "bank", False),
    ],
)
def test_who_may_sign(role: Role, institution: str, may: bool, notice: Notice) -> None:  # noqa: FBT001 - a column
    user = head("mei", institution, role)
    if may:
        assert sign_off(notice=notice, by=user, at=AT).signed_by == user
        return
    with pytest.raises(MayNotSignOff, match="does not sign for 白云支行; nothing was changed"):
        sign_off(notice=notice, by=user, at=AT)


@pytest.mark.parametrize(
    ("days", "steps"), [(-5, 0), (0, 0), (1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (30, 10)]
)
def test_how_far_a_delay_goes_up(days: int, steps: int) -> None:
    due_on = date(2026, 7, 6)
    assert STEP == 3 * DAY
    assert steps_up(due_on, due_on + days * DAY, step=STEP) == steps


def where(notice: Notice, days: int) -> str:
    """Return where a notice is so many days after its term."""
    pass_on(at=datetime.combine(notice.due_on + days * DAY, AT.timetz()))
    notice.refresh_from_db()
    return str(notice.now_at_id)


def test_an_overdue_notice_climbs_from_head_to_head(notice: Notice) -> None:
    for username, institution in (("mei", "below"), ("li", "north"), ("wang", "bank")):
        head(username, institution)
    assert [where(notice, days) for days in (-1, 0, 1, 3, 4, 90)] == [
        *("below", "below", "north", "north", "bank", "bank"),
    ]
    acts = Entry.objects.filter(chain=notice.chain, act="notices.passed-on").order_by("position")
    assert [entry.after for entry in acts] == [{"to": "north"}, {"to": "bank"}]
    assert pass_on(at=AT + 365 * DAY) == []


def test_it_waits_for_the_nearest_head_that_there_is(notice: Notice) -> None:
    """Nobody headed anything as it was issued."""
    assert where(notice, 90) == "below"
    head("wang", "bank")
    assert where(notice, -1) == "bank"
    post = head("li", "north").posts.get()
    assert [where(notice, days) for days in (0, 1)] == ["north", "bank"]
    Post.objects.filter(pk=post.pk).update(until_on=AT.date())
    assert where(notice, 0) == "bank"


def test_it_is_issued_to_the_nearest_head(bank: Bank) -> None:
    shown(bank, "2026-05-30")
    head("li", "north")
    shown(bank, "2026-06-29")
    to = dict(Notice.objects.values_list("institution", "now_at"))
    assert to == {"below": "north", "south": "south"}


def test_what_is_signed_climbs_no_further(notice: Notice) -> None:
    sign_off(notice=notice, by=head("mei", "below"), at=AT)
    pass_on(at=AT + 30 * DAY)
    notice.refresh_from_db()
    assert notice.now_at_id == "below"


def test_who_it_waits_for(notice: Notice) -> None:
    north, below = (Institution.objects.get(pk=name) for name in ("north", "below"))
    head("mei", "below")
    head("li", "north")
    assert where(notice, 0) == "below"
    assert [found.institution_id for found in waiting_for([below])] == ["below"]
    assert waiting_for([north]).count() == 0
    assert where(notice, 1) == "north"
    assert waiting_for([below]).count() == 1  # it is still theirs to sign
    assert [found.institution_id for found in waiting_for([north])] == ["below"]
    everywhere = notices_in(Scope(("0001",)))
    assert late(everywhere, on=notice.due_on + DAY) == 2
    assert late(everywhere, on=notice.due_on) == 0


def test_the_journal_holds(notice: Notice) -> None:
    sign_off(notice=notice, by=head("mei", "below"), at=AT)
    assert Close.objects.exists()
    issue(close=Close.objects.latest("as_of"), at=AT)
    chains = Entry.objects.filter(chain__startswith="notice:").values_list("chain", flat=True)
    assert len(set(chains)) == Notice.objects.count()
