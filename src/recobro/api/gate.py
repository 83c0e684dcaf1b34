"""Who may ask for what: every endpoint says so, and a test asks each of them as everybody."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer

from recobro.api.caller import Caller
from recobro.api.limits import FAILURES, REQUESTS
from recobro.office.address import address_of
from recobro.office.people.enums import Right
from recobro.office.tokens.operations import used
from recobro.office.tokens.queries import token_of
from recobro.terms.refusal import Refusal

WRITES = frozenset({"POST"})
"""Methods for which a token must be one that may write."""


class PasswordFirst(Refusal):
    """The person has not chosen their own password yet."""

    def __init__(self) -> None:
        super().__init__(
            "The password of this account was chosen by somebody else; nothing was done. Sign in "
            "to the pages and choose your own: until then its tokens open nothing."
        )


class SecondFactorFirst(Refusal):
    """The person has no second factor, and one of their posts demands it."""

    def __init__(self) -> None:
        super().__init__(
            "One of your posts demands a second factor, and this account has none; nothing was "
            "done. Sign in to the pages and set one up under Second factor: until then its tokens "
            "open nothing."
        )


class OnlyForReading(Refusal):
    """The token may read, and no more."""

    def __init__(self) -> None:
        super().__init__(
            "This token is for reading; nothing was done. Give the program one that may write."
        )


class NotForYourPosts(Refusal):
    """None of the person's posts gives the right."""

    def __init__(self, rights: frozenset[Right]) -> None:
        needed = " or ".join(sorted(rights))
        super().__init__(f"None of your posts opens this: it needs the right {needed}.")


class Token(HttpBearer):
    """A person's token; it opens what their posts open. See the page of your tokens."""

    def __init__(self, *rights: Right, whole: bool = False) -> None:
        super().__init__()
        self.rights = frozenset(rights)
        """One of them is enough; none: for whoever has a token."""
        self.whole = whole
        """Whether it must be over the whole bank."""

    def __call__(self, request: HttpRequest) -> Any | None:  # noqa: ANN401 - as ninja calls it
        """Return who asks, or nothing; who asks without a good token may do so only so often."""
        caller = super().__call__(request)
        if caller is None:
            FAILURES.count(address_of(request))
        return caller

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Return who asks with a token.

        Raises AskedTooOften, PasswordFirst, SecondFactorFirst, OnlyForReading, NotForYourPosts.
        """
        on = datetime.now(tz=UTC).date()
        found = token_of(token, on=on)
        if found is None:
            return None
        REQUESTS.count(str(found.pk))
        used(token=found, on=on)
        caller = Caller(found, on)
        if caller.user.must_change:
            raise PasswordFirst
        if _enrols_first(caller):
            raise SecondFactorFirst
        if request.method in WRITES and not found.may_write:
            raise OnlyForReading
        if self.rights and not self._opens_to(caller):
            raise NotForYourPosts(self.rights)
        return caller

    def _opens_to(self, caller: Caller) -> bool:
        held = caller.rights & self.rights
        return bool(held) and (not self.whole or caller.whole(*held))


def _enrols_first(caller: Caller) -> bool:
    """Tell whether one of the posts demands a second factor that the person has not."""
    roles = settings.SECOND_FACTOR_ROLES
    demanded = roles and any(post.role_held in roles for post in caller.posts)
    return bool(demanded) and not caller.user.has_second_factor
