from datetime import datetime
from typing import Any

from django.dispatch import receiver

from recobro.office.appointments.queries import expected_posts
from recobro.office.appointments.rules import KIND
from recobro.office.approvals.models import Request
from recobro.office.approvals.operations import lapse
from recobro.office.approvals.queries import waiting_of
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.office.people.queries import may_appoint
from recobro.office.people.signals import expected, given, left


@receiver(left)
def forget_asked(user: User, at: datetime, **_: Any) -> None:  # noqa: ANN401 - as signals call it
    """Let the posts lapse that whoever left was to get, or asked for and can give no more."""
    rows = waiting_of(KIND).select_related("institution", "asked_by")
    own = [] if user.is_active else list(rows.filter(subject=user.username))
    theirs = [one for one in rows.filter(asked_by=user) if not _stands(one, user, at)]
    lapse(kind=KIND, subjects=[one.subject for one in own + theirs], at=at)


@receiver(given)
def forget_held(post: Post, at: datetime, **_: Any) -> None:  # noqa: ANN401 - the same
    """Let what was asked for lapse once the person holds it otherwise."""
    wish = {"user": post.user.username, "role": post.role, "institution": post.institution_id}
    rows = waiting_of(KIND).filter(subject=post.user.username)
    lapse(kind=KIND, subjects=[one.subject for one in rows if one.content == wish], at=at)


@receiver(expected)
def tell_expected(user: User, **_: Any) -> list[Post]:  # noqa: ANN401 - the same
    """Tell which posts wait for a person, or did last."""
    return expected_posts(user)


def _stands(one: Request, by: User, at: datetime) -> bool:
    role = Role(one.content["role"])
    return may_appoint(by, role, one.institution, on=at.date())
