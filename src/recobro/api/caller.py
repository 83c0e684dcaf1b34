"""Who is asking, and what they may see."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.http import Http404, HttpRequest

from recobro.book.models import Close, Institution
from recobro.book.queries import Scope, shown_closes
from recobro.office.people.enums import Right
from recobro.office.people.models import Post, User
from recobro.office.people.queries import over_all, posts_of, rights_of, scope_of
from recobro.office.tokens.models import Token
from recobro.terms.refusal import Refusal


class NameAnInstitution(Refusal):
    """Somebody sees several trees, and has not said which they mean."""

    def __init__(self) -> None:
        super().__init__("You see several institutions: name one of them by its id, as `at`.")


@dataclass
class Caller:
    """A program with a person's token, for the length of one request; `on` is the day of it."""

    token: Token
    on: date

    @property
    def user(self) -> User:
        """The person whose token it is."""
        return self.token.user

    @cached_property
    def posts(self) -> list[Post]:
        """The posts that the person holds now."""
        return posts_of(self.user, on=self.on)

    @cached_property
    def rights(self) -> frozenset[Right]:
        """What these posts let the person do anywhere."""
        return rights_of(self.posts)

    def scope(self, right: Right) -> Scope:
        """Return where the person has a right."""
        return scope_of(self.posts, right)

    @property
    def everywhere(self) -> Scope:
        """Where the person holds any post."""
        return Scope.of(post.institution.path for post in self.posts)

    def whole(self, *rights: Right) -> bool:
        """Tell whether one of some rights covers the whole bank."""
        return any(over_all(self.posts, right) for right in rights)

    @cached_property
    def closes(self) -> list[Close]:
        """The closes that can be looked at, latest day first."""
        return shown_closes()

    def close(self, as_of: date | None) -> Close:
        """Return the close of a day, else the latest. Raises Http404 for one that is not shown."""
        found = (close for close in self.closes if as_of in {None, close.as_of})
        close = next(found, None)
        if close is None:
            raise Http404
        return close

    def node(self, right: Right, at: str) -> Institution:
        """Return an institution where the person has a right. Raises Http404 for another."""
        found = Institution.objects.filter(self.scope(right).within(), pk=at).first()
        if found is None:
            raise Http404
        return found

    def one_node(self, right: Right, at: str) -> Institution:
        """Return the institution named, else the topmost where the person has a right.

        Raises Http404 for another, NameAnInstitution where several are topmost.
        """
        if at:
            return self.node(right, at)
        tops = list(Institution.objects.filter(path__in=self.scope(right).paths)[:2])
        if len(tops) != 1:
            raise NameAnInstitution
        return tops[0]

    def within(self, right: Right, at: str) -> Scope:
        """Return what is looked at: the subtree of the one named, else the whole scope."""
        return Scope((self.node(right, at).path,)) if at else self.scope(right)


class Asked(HttpRequest):
    """A request that has come as far as an endpoint."""

    auth: Caller
