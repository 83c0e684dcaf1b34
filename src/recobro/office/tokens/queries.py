from datetime import date

from django.db.models import Q, QuerySet

from recobro.office.people.models import User
from recobro.office.tokens.models import Token
from recobro.office.tokens.rules import LONGEST, digest


def good(on: date) -> Q:
    """Return the condition that a token is good on a day, and the account behind it lasts."""
    return Q(ended_at__isnull=True, until_on__gt=on, user__is_active=True)


def token_of(secret: str, *, on: date) -> Token | None:
    """Return the token that somebody shows, with its person; None for one that is not good."""
    if len(secret) > LONGEST:
        return None
    tokens = Token.objects.select_related("user")
    return tokens.filter(good(on), digest=digest(secret)).first()


def tokens_of(user: User) -> QuerySet[Token]:
    """Return the tokens of a person that have not been ended, newest first."""
    return Token.objects.filter(user=user, ended_at__isnull=True).order_by("-id")


def every_token() -> QuerySet[Token]:
    """Return the tokens that have not been ended, by person, newest first."""
    tokens = Token.objects.filter(ended_at__isnull=True).select_related("user")
    return tokens.order_by("user__username", "-id")
