"""What is open in somebody's name: noted as it opens and is used, and ended."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from recobro.journal.operations import record
from recobro.office.people.models import User, UserSession
from recobro.office.people.operations.posts import name_of


def note_session(*, user: User, key: str, browser: str, address: str, at: datetime) -> UserSession:
    """Keep from where and when somebody uses a session; the first time, since when it is open."""
    return UserSession.objects.update_or_create(
        key=key,
        defaults={"user": user, "seen_at": at, "browser": browser[:300], "address": address[:45]},
        create_defaults={
            "user": user,
            "since_at": at,
            "seen_at": at,
            "browser": browser[:300],
            "address": address[:45],
        },
    )[0]


@transaction.atomic
def end_sessions(
    *, user: User, at: datetime, by: User | str, only: int | None = None, but: str = ""
) -> int:
    """End what is open in somebody's name: all, the one of a number, or all but one of a key.

    Return how many; nothing is written where none was open.
    """
    sessions = UserSession.objects.filter(user=user).exclude(key=but)
    if only is not None:
        sessions = sessions.filter(pk=only)
    ended = _forget(sessions.values_list("key", flat=True))
    if ended:
        record(
            chain=f"people:{user.username}",
            act="people.sessions-ended",
            subject=user.username,
            by=name_of(by),
            at=at,
            after={"sessions": ended},
        )
    return ended


@transaction.atomic
def sweep_sessions(*, at: datetime) -> int:
    """Forget the sessions that have run out or were signed out of; return how many."""
    Session.objects.filter(expire_date__lt=at).delete()
    gone = UserSession.objects.exclude(key__in=Session.objects.values("session_key"))
    return gone.delete()[0]


def forget_sessions(*, user: User) -> int:
    """Forget all that is open in somebody's name, as part of something else; return how much."""
    return _forget(UserSession.objects.filter(user=user).values_list("key", flat=True))


def _forget(keys: Iterable[str]) -> int:
    found = list(keys)
    Session.objects.filter(session_key__in=found).delete()
    return UserSession.objects.filter(key__in=found).delete()[0]
