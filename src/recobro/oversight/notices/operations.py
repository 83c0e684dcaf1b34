"""Issue notices by each close, sign them off, and pass those on that are overdue."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from recobro.book.models import Close, Institution, Standing
from recobro.journal.operations import NOBODY, Draft, record, record_all
from recobro.office.escalation import WayUp, steps_up
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.office.people.queries import authority
from recobro.office.settings.queries import value_of
from recobro.office.webhooks.enums import NAMED, Event
from recobro.office.webhooks.operations import announce
from recobro.oversight.notices.enums import Kind
from recobro.oversight.notices.models import Notice, NoticeLoan
from recobro.oversight.notices.rules import STEP, TERM
from recobro.terms.dates import month_end
from recobro.terms.refusal import Refusal

_AT_ONCE = 2_000
"""Rows in one statement."""
_SEEN = (
    *("loan_id", "borrower_id", "currency", "outstanding_principal", "overdue_amount"),
    *("days_past_due", "missed_in_a_row", "missed_ever", "grade"),
)
"""What of a standing a notice keeps."""


class SignedOff(Refusal):
    """Somebody has signed the notice off already."""

    says = "{signed_by} signed this off on {signed_at:%Y-%m-%d %H:%M} UTC; nothing was changed."

    def __init__(self, notice: Notice) -> None:
        super().__init__(signed_by=notice.signed_by, signed_at=notice.signed_at)


class MayNotSignOff(Refusal):
    """It is not for this person to sign for the branch."""

    says = (
        "{user} does not sign for {institution}; nothing was changed. Its head does, or a superior."
    )

    def __init__(self, user: User, notice: Notice) -> None:
        super().__init__(user=user, institution=notice.institution)


def issue(*, close: Close, at: datetime) -> list[Notice]:
    """Issue the notices of a close that is shown, one a branch and kind.

    New loans are told of by the latest day alone, and a bank's first close tells of none: all would
    be new. The report of a month is that of the latest month end. A day that is closed again adds
    nothing to what the branches were told of it. In the transaction of the caller.
    """
    later = Close.objects.filter(as_of__gt=close.as_of).values_list("as_of", flat=True)
    shown = Close.objects.filter(shown_at__isnull=False).exclude(pk=close.pk)
    before = shown.filter(as_of__lt=close.as_of).order_by("-as_of", "-id").first()
    again = shown.filter(as_of=close.as_of).exists()
    made: list[Notice] = []
    if before is not None and not later and not again:
        made += _issue(Kind.NEW_NONPERFORMING, _new(close, before), close, at)
    if close.as_of == month_end(close.as_of) and not any(day == month_end(day) for day in later):
        found = Standing.objects.filter(close=close, three_six=True, on_balance=True)
        made += _issue(Kind.THREE_SIX, found, close, at)
    return made


def _new(close: Close, before: Close) -> QuerySet[Standing]:
    bad = Standing.objects.filter(nonperforming=True, on_balance=True)
    return bad.filter(close=close).exclude(loan__in=bad.filter(close=before).values("loan"))


def _issue(kind: Kind, found: QuerySet[Standing], close: Close, at: datetime) -> list[Notice]:
    told = Notice.objects.filter(kind=kind, on=close.as_of).values("institution")
    rows = list(found.exclude(institution__in=told).values("institution_id", *_SEEN))
    due_on = max(at.date(), close.as_of) + timedelta(days=value_of(TERM[kind]))
    to = Institution.objects.in_bulk({row["institution_id"] for row in rows})
    way_up = WayUp(Right.SIGN_OFF, at.date())
    made = Notice.objects.bulk_create(
        Notice(
            kind=kind.value,
            institution=institution,
            on=close.as_of,
            issued_at=at,
            due_on=due_on,
            now_at_id=way_up.at(institution, 0),
        )
        for institution in sorted(to.values(), key=lambda each: each.path)
    )
    numbers = {notice.institution_id: notice.pk for notice in made}
    NoticeLoan.objects.bulk_create(
        (NoticeLoan(notice_id=numbers[row.pop("institution_id")], **row) for row in rows),
        batch_size=_AT_ONCE,
    )
    _record(made, "notices.issued", at, after={"kind": kind.value, "due_on": str(due_on)})
    if made:
        announce(event=Event.NOTICES_ISSUED, about=_about(kind, close.as_of, made), at=at)
    return made


def _about(kind: Kind | str, on: date, notices: Sequence[Notice]) -> dict[str, Any]:
    numbers = [notice.pk for notice in notices[:NAMED]]
    return {
        "kind": str(kind),
        "as_of": str(on),
        "count": len(notices),
        "notices": numbers,
        "addresses": [f"/api/v1/notices/{number}" for number in numbers],
    }


@transaction.atomic
def sign_off(*, notice: Notice, by: User, at: datetime, remark: str = "") -> Notice:
    """Say that the branch knows, and what it has to say; once.

    Raises SignedOff, MayNotSignOff.
    """
    own = Notice.objects.select_for_update().get(pk=notice.pk)
    if own.signed_at is not None:
        raise SignedOff(own)
    name = authority(by, Right.SIGN_OFF, own.institution, on=at.date())
    if name is None:
        raise MayNotSignOff(by, own)
    own.signed_by, own.signed_at, own.remark = by, at, remark
    own.save(update_fields=["signed_by", "signed_at", "remark"])
    record(
        chain=own.chain,
        act="notices.signed-off",
        subject=str(own.pk),
        by=name,
        at=at,
        institution_id=own.institution_id,
        reason=remark,
        after={"kind": own.kind, "on": str(own.on)},
    )
    announce(event=Event.NOTICE_SIGNED, about=_about(own.kind, own.on, [own]), at=at)
    return own


@transaction.atomic
def pass_on(*, at: datetime) -> list[Notice]:
    """Let each notice go to whoever is to see to it now; return those that moved.

    That is the nearest head at or above its institution, and where it is overdue the superior that
    its delay has reached.
    """
    way_up = WayUp(Right.SIGN_OFF, at.date())
    open_ = Notice.objects.select_for_update(of=("self",)).filter(signed_at__isnull=True)
    moved = []
    for notice in open_.select_related("institution"):
        to = way_up.at(notice.institution, steps_up(notice.due_on, at.date(), step=STEP))
        if to != notice.now_at_id:
            notice.now_at_id = to
            moved.append(notice)
    Notice.objects.bulk_update(moved, ["now_at"], batch_size=_AT_ONCE)
    for notice in moved:
        _record([notice], "notices.passed-on", at, after={"to": notice.now_at_id})
    return moved


def _record(notices: Iterable[Notice], act: str, at: datetime, *, after: Mapping[str, str]) -> None:
    record_all(
        drafts=[
            Draft(
                chain=notice.chain,
                act=act,
                subject=str(notice.pk),
                institution_id=notice.institution_id,
                after=after,
            )
            for notice in notices
        ],
        by=NOBODY,
        at=at,
    )
