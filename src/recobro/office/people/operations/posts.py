"""Posts, given and ended."""

from datetime import datetime

from django.db import transaction

from recobro.book.models import Institution
from recobro.journal.operations import NOBODY, record
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.office.people.queries import may_appoint, posts_of
from recobro.office.people.signals import given, left
from recobro.terms.refusal import Refusal


class MayNotAppoint(Refusal):
    """It is not for this person to give or end such a post."""

    says = (
        "{by} may not appoint {role} at {institution}; nothing was changed. Management, auditors, "
        "administrators and whoever sees the debtors of the whole bank are appointed by whoever "
        "runs the machine."
    )

    def __init__(self, by: User, role: Role, institution: Institution) -> None:
        super().__init__(by=by, role=role, institution=institution)


class OwnPost(Refusal):
    """Nobody gives themselves a post."""

    says = "{by} cannot give themselves a post; nothing was changed. Ask another administrator."

    def __init__(self, by: User) -> None:
        super().__init__(by=by)


class PostHeld(Refusal):
    """The person holds the post already."""

    says = "{user}: {role} at {institution} is held since {from_on} already; nothing was changed."

    def __init__(self, post: Post) -> None:
        super().__init__(
            user=post.user,
            role=Role(post.role),
            institution=post.institution,
            from_on=post.from_on,
        )


class PostEnded(Refusal):
    """The post is held no more."""

    says = "{user}: {role} at {institution} ended on {until_on} already; nothing was changed."

    def __init__(self, post: Post) -> None:
        super().__init__(
            user=post.user,
            role=Role(post.role),
            institution=post.institution,
            until_on=post.until_on,
        )


class AccountEnded(Refusal):
    """The account has ended already."""

    says = "The account of {username} has ended already; nothing was changed."

    def __init__(self, user: User) -> None:
        super().__init__(username=user.username)


@transaction.atomic
def give_post(
    *,
    user: User,
    role: Role,
    institution: Institution,
    at: datetime,
    by: User | str = NOBODY,
    reason: str = "",
    request: int | None = None,
) -> Post:
    """Let a person hold a role at an institution from that day on.

    `request` is the number of what a second person has confirmed; whether one must is for the
    caller to know. Raises MayNotAppoint, OwnPost, AccountEnded, PostHeld.
    """
    own = check_post(user=user, role=role, institution=institution, at=at, by=by)
    post = Post(user=own, role=role.value, institution=institution, from_on=at.date())
    post.full_clean()
    post.save()
    record(
        chain=f"people:{own.username}",
        act="people.post-given",
        subject=own.username,
        by=name_of(by),
        at=at,
        institution_id=institution.pk,
        reason=reason,
        after={"role": role.value, "institution": institution.pk, "from_on": post.from_on}
        | ({"request": request} if request else {}),
    )
    given.send(Post, post=post, at=at)
    return post


def check_post(
    *, user: User, role: Role, institution: Institution, at: datetime, by: User | str
) -> User:
    """Return a person who could be given a post now, for one writer at a time.

    Raises MayNotAppoint, OwnPost, AccountEnded, PostHeld.
    """
    _may_appoint(by, role, institution, at)
    if by == user:
        raise OwnPost(user)
    own = User.objects.select_for_update().get(pk=user.pk)
    if not own.is_active:
        raise AccountEnded(own)
    for held in posts_of(own, on=at.date()):
        if (held.role_held, held.institution_id) == (role, institution.pk):
            raise PostHeld(held)
    return own


@transaction.atomic
def end_post(*, post: Post, at: datetime, by: User | str, reason: str = "") -> Post:
    """End a post at once: on the day of it, it is held no more.

    Whoever hears `left` may refuse. Raises MayNotAppoint, PostEnded.
    """
    _may_appoint(by, post.role_held, post.institution, at)
    user = User.objects.select_for_update().get(pk=post.user_id)
    own = Post.objects.select_related("institution").get(pk=post.pk)
    if own.until_on is not None:
        raise PostEnded(own)
    own.user = user
    own.until_on = max(at.date(), own.from_on)
    own.save(update_fields=["until_on"])
    record(
        chain=f"people:{user.username}",
        act="people.post-ended",
        subject=user.username,
        by=name_of(by),
        at=at,
        institution_id=own.institution_id,
        reason=reason,
        before={"role": own.role, "institution": own.institution_id},
        after={"until_on": own.until_on},
    )
    left.send(User, user=user, at=at)
    return own


def name_of(by: User | str) -> str:
    """Return what the journal calls who decides: a person by user name, a program as it says."""
    return by.username if isinstance(by, User) else by


def _may_appoint(by: User | str, role: Role, institution: Institution, at: datetime) -> None:
    if isinstance(by, User) and not may_appoint(by, role, institution, on=at.date()):
        raise MayNotAppoint(by, role, institution)
