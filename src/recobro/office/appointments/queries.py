from datetime import date

from django.db.models import F, Q, QuerySet

from recobro.book.queries import Scope
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


def newcomers(scope: Scope) -> QuerySet[User]:
    """Return who has an account and never held a post, but was to get one in a scope, by name."""
    asked = requests_in(scope).filter(kind=KIND).order_by().values("subject")
    without = ~Q(pk__in=Post.objects.values("user"))
    return User.objects.filter(without, username__in=asked, is_active=True).order_by(
        F("name"), "username"
    )


def person_near(scope: Scope, username: str, *, on: date) -> User | None:
    """Return a person who belongs to a scope, or never belonged anywhere and was to belong there.

    Another is none that there is.
    """
    newcomer = newcomers(scope).filter(username=username).first
    return person_in(scope, username, on=on) or newcomer()
