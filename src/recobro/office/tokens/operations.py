"""Give and end tokens, and keep what was answered to whoever asks twice."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from recobro.journal.operations import record
from recobro.office.people.models import User
from recobro.office.people.operations import AccountEnded
from recobro.office.tokens.models import Answer, Token
from recobro.office.tokens.queries import tokens_of
from recobro.office.tokens.rules import LONGEST_NAME, digest, new_secret
from recobro.terms.refusal import Phrase, Refusal

MOST_DAYS: Final = 366
"""No token is good for longer: what nobody renews nobody needs."""

_MOST: Final = 20
"""Tokens of one person."""

_KEPT: Final = timedelta(days=1)
"""How long an answer is kept."""

_TAKES: Final = timedelta(minutes=2)
"""Within which a request is over: a server ends one that takes half of it."""


class TokenNameTaken(Refusal):
    """The person has a token of this name."""

    says = (
        "{username} has a token {name!r} already; nothing was changed. End that one first, or "
        "choose another name."
    )

    def __init__(self, user: User, name: str) -> None:
        super().__init__(username=user.username, name=name)


class TokenUnusable(Refusal):
    """A token cannot be such a one."""

    says = "{reason}; nothing was changed."

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class TooManyTokens(Refusal):
    """The person has as many as one person can have."""

    says = "{username} has {most} tokens; nothing was changed. End one that is not used any more."

    def __init__(self, user: User) -> None:
        super().__init__(username=user.username, most=_MOST)


class TokenEnded(Refusal):
    """The token has been ended already."""

    says = "The token {name!r} has been ended already; nothing was changed."

    def __init__(self, token: Token) -> None:
        super().__init__(name=token.name)


class KeyReused(Refusal):
    """An idempotency key came again, with something else to be done."""

    says = (
        "The key {key!r} was used for another request within a day; nothing was changed. Choose a "
        "new key for each thing that is to be done."
    )

    def __init__(self, key: str) -> None:
        super().__init__(key=key)


class StillAtWork(Refusal):
    """What was asked for under this key is being done."""

    says = (
        "What was asked for under the key {key!r} is being done right now. Ask again in a few "
        "seconds, with the same key: you get its answer then."
    )

    def __init__(self, key: str) -> None:
        super().__init__(key=key)


def give_token(
    *, user: User, name: str, may_write: bool, days: int, at: datetime, by: str
) -> tuple[Token, str]:
    """Make a token of a person's, good for some days; return it and what nobody sees again.

    Raises AccountEnded, TokenUnusable, TooManyTokens, TokenNameTaken.
    """
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        reason = "A token has a name of 1 to {longest} signs"
        raise TokenUnusable(Phrase(reason, longest=LONGEST_NAME))
    if not 1 <= days <= MOST_DAYS:
        reason = "A token is good for 1 to {most} days, not for {days}"
        raise TokenUnusable(Phrase(reason, most=MOST_DAYS, days=days))
    secret = new_secret()
    with transaction.atomic():
        own = User.objects.select_for_update().get(pk=user.pk)  # one at a time
        _check(own, name)
        token = Token(
            user=own,
            name=name,
            digest=digest(secret),
            may_write=may_write,
            given_at=at,
            until_on=at.date() + timedelta(days=days),
        )
        token.save()
        record(
            chain=f"people:{own.username}",
            act="tokens.token-given",
            subject=own.username,
            by=by,
            at=at,
            after={"name": name, "may_write": may_write, "until_on": token.until_on},
        )
    return token, secret


def _check(user: User, name: str) -> None:
    if not user.is_active:
        raise AccountEnded(user)
    names = set(tokens_of(user).values_list("name", flat=True))
    if name in names:
        raise TokenNameTaken(user, name)
    if len(names) >= _MOST:
        raise TooManyTokens(user)


@transaction.atomic
def end_token(*, token: Token, at: datetime, by: str) -> Token:
    """End a token at once.

    Raises TokenEnded.
    """
    own = Token.objects.select_for_update().select_related("user").get(pk=token.pk)
    if own.ended_at is not None:
        raise TokenEnded(own)
    own.ended_at = at
    own.save(update_fields=["ended_at"])
    record(
        chain=f"people:{own.user.username}",
        act="tokens.token-ended",
        subject=own.user.username,
        by=by,
        at=at,
        before={"name": own.name, "until_on": own.until_on},
    )
    return own


def used(*, token: Token, on: date) -> None:
    """Remember the day on which a token was used last; once a day that is written."""
    if token.used_on != on:
        Token.objects.filter(pk=token.pk).update(used_on=on)


def once(
    *, token: Token, key: str, request: str, at: datetime, do: Callable[[], tuple[int, str]]
) -> tuple[int, str]:
    """Do what is asked for under a key, once: return status and body of its answer, or those kept.

    What is done comes with its answer, in one transaction; what is refused or fails leaves nothing,
    and can be asked for again. Raises KeyReused, StillAtWork, and what the doing raises.
    """
    answer = _begun(token, key, request, at)
    if answer.status is not None:
        return answer.status, answer.body
    try:
        with transaction.atomic():
            status, body = do()
            _keep(answer, status, body)
    except BaseException:
        Answer.objects.filter(pk=answer.pk, status__isnull=True).delete()
        raise
    return status, body


def _begun(token: Token, key: str, request: str, at: datetime) -> Answer:
    """Return the answer that a key has been given, or a new one without a status.

    It is there for others before anything is done. One whose doing never came to an end is begun
    anew after a while.
    """
    lost = Q(token=token, key=key, status__isnull=True, asked_at__lt=at - _TAKES)
    Answer.objects.filter(Q(asked_at__lt=at - _KEPT) | lost).delete()
    made = Answer(token=token, key=key, request=request, asked_at=at)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        return _given(token, key, request)
    return made


def _given(token: Token, key: str, request: str) -> Answer:
    found = Answer.objects.filter(token=token, key=key).first()
    if found is not None and found.request != request:
        raise KeyReused(key)
    if found is None or found.status is None:
        raise StillAtWork(key)
    return found


def _keep(answer: Answer, status: int, body: str) -> None:
    """Keep what was answered; where somebody else has begun it anew meanwhile, nothing is done."""
    if not Answer.objects.filter(pk=answer.pk).update(status=status, body=body):
        raise StillAtWork(answer.key)
