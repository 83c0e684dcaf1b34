"""Appoint people to posts, those with power only as a second person confirms it."""

from datetime import date, datetime, timedelta
from typing import cast

from django.db import transaction

from recobro.book.models import Institution
from recobro.office.appointments.queries import password_set_by
from recobro.office.appointments.rules import CONFIRM, CONFIRMED, KIND, LAPSES
from recobro.office.approvals.acts import approved
from recobro.office.approvals.models import Request
from recobro.office.approvals.operations import NobodyDecides, ask, lapse
from recobro.office.approvals.queries import waiting_of
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.office.people.operations import (
    check_post,
    give_post,
    institution_of,
    open_account,
    take_password,
)
from recobro.office.people.queries import posts_of
from recobro.office.settings.models import Setting
from recobro.office.settings.queries import history, value_of
from recobro.terms.refusal import Refusal


class NobodyConfirms(Refusal):
    """Nobody could confirm the post."""

    says = (
        "Nobody else at {institution} or above it could confirm the post {role}; nothing was "
        "changed. A branch head, the risk department or management does; whoever runs the "
        "machine can appoint one of them."
    )

    def __init__(self, role: Role, institution: Institution) -> None:
        super().__init__(role=role, institution=institution)


@transaction.atomic
def appoint(
    *, user: User, role: Role, institution: Institution, by: User, at: datetime, reason: str = ""
) -> Post | Request:
    """Let a person hold a role at an institution, or ask a second person to confirm it.

    Where somebody else than `by` may know their password only whoever looks after them does, and it
    is good no more: whoever chose it would come into a post that is not theirs to give.
    Raises MayNotLookAfter, MayNotAppoint, OwnPost, AccountEnded, PostHeld, NobodyConfirms,
    WaitsAlready.
    """
    own = User.objects.select_for_update().get(pk=user.pk)
    if own != by and not _stays_secret(own, institution, by, at.date()):
        own = take_password(user=own, at=at, by=by)
    return _appoint(own, role=role, institution=institution, by=by, at=at, reason=reason)


def _stays_secret(user: User, institution: Institution, by: User, on: date) -> bool:
    """Tell whether nobody but who appoints can come by somebody's password into a post there.

    Who holds no post has no reason to sign in, and does not notice a password that another chose;
    who holds one has chosen their own, or who gave it looks after the new post too.
    """
    if password_set_by(user) == by.username:
        return True
    held = posts_of(user, on=on)
    there = any(institution.path.startswith(post.institution.path) for post in held)
    return bool(held) and (there or not user.must_change)


def _appoint(
    user: User, *, role: Role, institution: Institution, by: User, at: datetime, reason: str
) -> Post | Request:
    if not _confirmed(role, by):
        return give_post(user=user, role=role, institution=institution, at=at, by=by, reason=reason)
    check_post(user=user, role=role, institution=institution, at=at, by=by)
    try:
        return ask(
            kind=KIND,
            subject=user.username,
            institution=institution,
            content={"user": user.username, "role": role.value, "institution": institution.pk},
            reason=reason,
            by=by,
            name=by.username,
            at=at,
        )
    except NobodyDecides:
        raise NobodyConfirms(role, institution) from None


@transaction.atomic
def appoint_newcomer(
    *,
    username: str,
    password: str,
    role: Role,
    institution_id: str,
    by: User,
    at: datetime,
    name: str = "",
    language: str = "en",
    reason: str = "",
) -> User:
    """Give a person an account, good for choosing a password, and a first post or ask for it.

    Until it is confirmed they hold none. Raises as opening an account and appointing.
    """
    institution = institution_of(institution_id)
    user = open_account(
        username=username,
        password=password,
        institution=institution,
        at=at,
        name=name,
        language=language,
        must_change=True,
        by=by,
    )
    _appoint(user, role=role, institution=institution, by=by, at=at, reason=reason)
    return user


def _now(request: Request) -> tuple[Institution, dict[str, int]]:
    """Return where a post is to be held; it is worth no amount."""
    return Institution.objects.get(pk=request.content["institution"]), {}


@approved(KIND, CONFIRM, _now, whom="user")
def appoint_confirmed(request: Request, at: datetime) -> None:
    """Give a post as it was asked for, from the day of the confirmation on.

    Raises MayNotAppoint, AccountEnded, PostHeld.
    """
    give_post(
        user=User.objects.get(username=request.content["user"]),
        role=Role(request.content["role"]),
        institution=request.institution,
        at=at,
        by=request.asked_by,
        reason=request.reason,
        request=request.pk,
    )


@transaction.atomic
def lapse_old(*, at: datetime) -> int:
    """Let what nobody has confirmed for the days of the setting lapse; return how much did."""
    before = at - timedelta(days=value_of(LAPSES))
    found = waiting_of(KIND).filter(asked_at__lt=before)
    return lapse(kind=KIND, subjects=list(found.values_list("subject", flat=True)), at=at)


def _confirmed(role: Role, by: User) -> bool:
    """Tell whether a post needs a second person: also as it was before whoever asks set the rule.

    So nobody lifts the rule to appoint alone.
    """
    agreed = next((each for each in history(CONFIRMED.key) if not _set_by(each, by)), None)
    before = CONFIRMED.default if agreed is None else cast("list[str]", agreed.value)
    return role.value in {*value_of(CONFIRMED), *before}


def _set_by(setting: Setting, user: User) -> bool:
    return user.username in setting.set_by.split(" for ")
