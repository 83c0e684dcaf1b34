from datetime import date

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from recobro.book.queries import Scope
from recobro.journal.models import Entry
from recobro.office.appointments.rules import KIND
from recobro.office.approvals.enums import State
from recobro.office.approvals.models import Request
from recobro.office.approvals.queries import requests_in
from recobro.office.people.models import Post, User
from recobro.office.people.queries import person_in


def asked_in(scope: Scope) -> QuerySet[Request]:
    """Return the posts in a scope that wait for a second person, the oldest first."""
    return requests_in(scope).filter(kind=KIND, state=State.WAITING).order_by("asked_at", "id")


def asked_for(user: User, scope: Scope) -> list[Request]:
    """Return the posts in a scope that a person is to get once a second person confirms them."""
    return list(asked_in(scope).filter(subject=user.username))


def newcomers(scope: Scope, *, lasting: bool = True) -> QuerySet[User]:
    """Return who has an account and never held a post, but was last to get one in a scope, by name.

    Or those whose account has ended before they held one.
    """
    last = _asked_of(OuterRef("username")).values("institution__path")[:1]
    without = ~Q(pk__in=Post.objects.values("user"))
    users = User.objects.filter(without, is_active=lasting).annotate(place=Subquery(last))
    return users.filter(scope.within("place")).order_by(F("name"), "username")


def expected_posts(user: User) -> list[Post]:
    """Return the posts that wait for a person; of who never held one, what was last asked for."""
    asked = list(_asked_of(user.username).select_related("institution"))
    told = [one for one in asked if one.waits]
    if asked and not told and not user.posts.exists():
        told = asked[:1]
    return [Post(user=user, role=one.content["role"], institution=one.institution) for one in told]


def person_near(scope: Scope, username: str, *, on: date) -> User | None:
    """Return a person who belongs to a scope, or never belonged anywhere and was to belong there.

    Another is none that there is.
    """
    found = person_in(scope, username, on=on)
    for lasting in (True, False):
        found = found or newcomers(scope, lasting=lasting).filter(username=username).first()
    return found


def _asked_of(username: str | OuterRef) -> QuerySet[Request]:
    """Return the posts that were asked for somebody, by user name, the last first."""
    return Request.objects.filter(kind=KIND, subject=username).order_by("-id")


_SETS = (
    *("people.user-added", "people.password-changed"),
    *("people.account-resumed", "people.password-taken"),
)


def password_set_by(user: User) -> str:
    """Return who has last set somebody's password, as the journal tells; empty if nobody did."""
    told = Entry.objects.filter(chain=f"people:{user.username}", act__in=_SETS)
    return told.order_by("-position").values_list("by", flat=True).first() or ""
