"""Who somebody is at the bank's identity provider."""

from datetime import datetime

from django.db import IntegrityError, transaction

from recobro.journal.operations import record
from recobro.office.identity_provider import Told
from recobro.office.people.models import Identity, User
from recobro.office.people.operations.posts import name_of
from recobro.terms.refusal import Refusal

_LONGEST = 255
"""Signs of an issuer or subject; a provider's subject has no more (OpenID Connect Core 1.0 §2)."""


class NobodyCalled(Refusal):
    """Nobody here has the name that the provider tells."""

    says = "Nobody here is called {name!r}; nobody was signed in."

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class IdentityOfAnother(Refusal):
    """The provider's person and the account do not belong together."""

    says = (
        "The account {name!r} and the provider's person {subject!r} do not belong together: one of "
        "them came with another before. Nobody was signed in. If it is right, `recobro user "
        "unbind` lets the account be bound anew."
    )

    def __init__(self, told: Told) -> None:
        super().__init__(name=told.name, subject=told.subject)


class NotBound(Refusal):
    """The account is bound to nobody at a provider."""

    says = "{user} has not signed in by an identity provider yet; nothing was changed."

    def __init__(self, user: User) -> None:
        super().__init__(user=user)


@transaction.atomic
def identify(*, told: Told, at: datetime) -> User:
    """Return whose account it is that a provider tells of; the first time it is bound to them.

    The name must be a user name to the sign. Raises NobodyCalled, IdentityOfAnother.
    """
    user = _called(told.name)
    if user is None:
        raise NobodyCalled(told.name)
    bound = Identity.objects.filter(user=user, issuer=told.issuer).first()
    if bound is None:
        _bind(user, told, at)
    elif bound.subject != told.subject:
        raise IdentityOfAnother(told)
    return user


@transaction.atomic
def unbind(*, user: User, at: datetime, by: User | str) -> User:
    """Forget who somebody is at any provider; whoever comes next with their name is bound.

    Raises NotBound.
    """
    own = User.objects.select_for_update().get(pk=user.pk)
    if not own.identities.all().delete()[0]:
        raise NotBound(own)
    _record(own, "people.identity-unbound", by=name_of(by), at=at)
    return own


def _called(name: str) -> User | None:
    if not name.isprintable():  # with NUL or half a sign, which databases refuse
        return None
    people = User.objects.select_for_update().filter(username=name, is_active=True)
    user = people.first()
    return user if user is not None and user.username == name else None


def _bind(user: User, told: Told, at: datetime) -> None:
    usable = told.subject.isprintable() and max(len(told.subject), len(told.issuer)) <= _LONGEST
    if not usable:
        raise IdentityOfAnother(told)
    made = Identity(user=user, issuer=told.issuer, subject=told.subject, since_at=at)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:  # another account is bound to them
        raise IdentityOfAnother(told) from error
    _record(user, "people.identity-bound", by=user.username, at=at, issuer=told.issuer)


def _record(user: User, act: str, *, by: str, at: datetime, issuer: str = "") -> None:
    record(
        chain=f"people:{user.username}",
        act=act,
        subject=user.username,
        by=by,
        at=at,
        after={"issuer": issuer} if issuer else None,
    )
