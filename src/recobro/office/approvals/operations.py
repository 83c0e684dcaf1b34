"""Ask for what a second person is to decide, and decide it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from recobro.book.models import Institution
from recobro.journal.operations import NOBODY, Draft, record, record_all
from recobro.office.approvals.acts import KINDS
from recobro.office.approvals.enums import MOVES, State
from recobro.office.approvals.models import Request
from recobro.office.approvals.queries import Deciders, concerns, deciding, of_subject, waiting, whom
from recobro.office.approvals.rules import AmountsOf
from recobro.office.people.models import User
from recobro.office.people.queries import acting_posts, name_in
from recobro.terms.refusal import Phrase, Refusal


class NobodyDecides(Refusal):
    """Nobody but who asks could decide it."""

    says = (
        "Nobody else at {institution} or above it may decide about this amount; nothing was "
        "changed. An administrator can appoint somebody, or raise the limits in the settings."
    )

    def __init__(self, institution: Institution) -> None:
        super().__init__(institution=institution)


class WaitsAlready(Refusal):
    """Somebody has asked for something about the same already."""

    says = (
        "{asked_by} asked for a decision about this on {asked_at:%Y-%m-%d %H:%M} UTC, and it "
        "waits; nothing was changed. Let it be decided or withdrawn first."
    )

    def __init__(self, request: Request) -> None:
        super().__init__(asked_by=request.asked_by, asked_at=request.asked_at)


class Decided(Refusal):
    """It was decided already."""

    says = "{told}; nothing was changed."

    def __init__(self, request: Request) -> None:
        super().__init__(told=_ended(request) if request.decided_by is None else _decided(request))


def _ended(request: Request) -> Phrase:
    on = request.decided_at and request.decided_at.date()
    return Phrase("What this was about ended on {on}", on=on)


def _decided(request: Request) -> Phrase:
    return Phrase(
        "{by} decided this on {at:%Y-%m-%d %H:%M} UTC ({state})",
        by=request.decided_by,
        at=request.decided_at,
        state=State(request.state),
    )


class OwnRequest(Refusal):
    """Nobody decides what they have asked for themselves."""

    says = "{by} asked for this; nothing was changed. A second person decides, or {by} withdraws."

    def __init__(self, by: User) -> None:
        super().__init__(by=by)


class OwnMatter(Refusal):
    """Nobody decides what is for themselves."""

    says = "This is for {by}; nothing was changed. Somebody else decides it."

    def __init__(self, by: User) -> None:
        super().__init__(by=by)


class MayNotDecide(Refusal):
    """It is not for this person to decide it."""

    says = (
        "{by} may not decide about this amount at {institution}; nothing was changed. The page "
        "names who may."
    )

    def __init__(self, by: User, request: Request) -> None:
        super().__init__(by=by, institution=request.institution)


class RemarkMissing(Refusal):
    """Whoever refuses says why."""

    says = "Say why it is refused; nothing was changed."


class NotAsked(Refusal):
    """Only who asked for it withdraws it."""

    says = "{asked_by} asked for this, and only they can withdraw it."

    def __init__(self, request: Request) -> None:
        super().__init__(asked_by=request.asked_by)


@transaction.atomic
def ask(
    *,
    kind: str,
    subject: str,
    institution: Institution,
    content: Mapping[str, Any],
    reason: str,
    by: User,
    name: str,
    at: datetime,
    amounts: AmountsOf | None = None,
) -> Request:
    """Ask for something that happens once a second person approves it.

    Whether who asks may do so is for the caller to know; `name` is in whose name they do. Raises
    NobodyDecides, WaitsAlready.
    """
    told = dict(amounts or {})
    if not Deciders(kind, on=at.date()).any(institution, told, by=by, name=name, content=content):
        raise NobodyDecides(institution)
    try:
        with transaction.atomic():
            made = Request.objects.create(
                kind=kind,
                subject=subject,
                institution=institution,
                amounts=told,
                content=dict(content),
                reason=reason,
                asked_by=by,
                asked_as=name,
                asked_at=at,
            )
    except IntegrityError:
        there = waiting(kind, subject)
        if there is None:  # it was decided in that moment
            raise  # pragma: no cover - a race of a moment
        raise WaitsAlready(there) from None
    _record(made, "approvals.asked", name, at, reason=reason, after=_told(made))
    return made


@transaction.atomic
def approve(*, request: Request, by: User, at: datetime, remark: str = "") -> Request:
    """Approve what somebody asked for, by what it is worth and where it matters now, and do it.

    Raises Decided, OwnRequest, OwnMatter, MayNotDecide; and as what was asked for, which then still
    waits.
    """
    own, name = _decide(request, State.APPROVED, by, at, remark)
    _record(own, "approvals.approved", name, at, reason=remark, after={"state": own.state})
    KINDS[own.kind].act(own, at)
    return own


@transaction.atomic
def refuse(*, request: Request, by: User, at: datetime, remark: str) -> Request:
    """Refuse what somebody asked for, and say why: nothing happens.

    Raises RemarkMissing, Decided, OwnRequest, OwnMatter, MayNotDecide.
    """
    if not remark.strip():
        raise RemarkMissing
    own, name = _decide(request, State.REFUSED, by, at, remark)
    _record(own, "approvals.refused", name, at, reason=remark, after={"state": own.state})
    return own


@transaction.atomic
def withdraw(*, request: Request, by: User, at: datetime) -> Request:
    """Take back what one has asked for.

    Raises Decided, NotAsked.
    """
    own = _open(request)
    if own.asked_by_id != by.pk:
        raise NotAsked(own)
    _move(own, State.WITHDRAWN, by, at, "")
    _record(own, "approvals.withdrawn", own.asked_as, at, after={"state": own.state})
    return own


def lapse(*, kind: str, subjects: Iterable[str], at: datetime) -> int:
    """Let what waits lapse whose subject is over, in the transaction of that; return how much did.

    Nobody has decided it, and nobody is asked any more.
    """
    found = list(of_subject(kind, subjects).select_for_update())
    for one in found:
        one.state, one.decided_at = State.LAPSED.value, at
    Request.objects.bulk_update(found, ["state", "decided_at"])
    drafts = [
        Draft(
            chain=one.chain,
            act="approvals.lapsed",
            subject=one.subject,
            institution_id=one.institution_id,
            after={"state": one.state},
        )
        for one in found
    ]
    return record_all(drafts=drafts, by=NOBODY, at=at)


def _decide(
    request: Request, state: State, by: User, at: datetime, remark: str
) -> tuple[Request, str]:
    own = _open(request)
    if own.asked_by_id == by.pk:
        raise OwnRequest(by)
    if concerns(own, by):
        raise OwnMatter(by)
    own.institution, amounts = KINDS[own.kind].now(own)
    own.amounts = dict(amounts)
    post = deciding(acting_posts(by, on=at.date()), own)
    if post is None:
        raise MayNotDecide(by, own)
    _move(own, state, by, at, remark)
    return own, name_in(post, by)


def _open(request: Request) -> Request:
    """Return a request that waits, for one writer at a time; raises Decided."""
    # Whom it is for first: so does who ends their account or posts, and lets this lapse.
    list(User.objects.select_for_update().filter(username=whom(request)).order_by())
    Request.objects.select_for_update().get(pk=request.pk)  # alone: what it names may change
    rows = Request.objects.select_related("institution", "asked_by", "decided_by")
    own = rows.get(pk=request.pk)
    if State.APPROVED not in MOVES[State(own.state)]:
        raise Decided(own)
    return own


def _move(own: Request, state: State, by: User, at: datetime, remark: str) -> None:
    own.state, own.decided_by, own.decided_at, own.remark = state.value, by, at, remark
    own.save(
        update_fields=["state", "decided_by", "decided_at", "remark", "institution", "amounts"]
    )


def _told(made: Request) -> dict[str, Any]:
    return {"kind": made.kind, "subject": made.subject, **made.amounts, **made.content}


def _record(
    own: Request,
    act: str,
    by: str,
    at: datetime,
    *,
    after: Mapping[str, Any],
    reason: str = "",
) -> None:
    record(
        chain=own.chain,
        act=act,
        subject=own.subject,
        by=by,
        at=at,
        institution_id=own.institution_id,
        reason=reason,
        after=after,
    )
