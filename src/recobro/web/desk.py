"""Who is asking, what they may see, and which day and institution they look at."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest
from django_htmx.middleware import HtmxDetails

from recobro.book.models import Close, Institution
from recobro.book.queries import Scope, shown_closes
from recobro.office.people.enums import Right
from recobro.office.people.models import Post, User
from recobro.office.people.queries import acting_posts, name_in, over_all, rights_of, scope_of
from recobro.office.saved.enums import List
from recobro.office.saved.models import SavedView
from recobro.office.saved.queries import views_of
from recobro.reports.language import Language

_LONGEST: Final = 200
"""Signs of a search or filter that are looked at."""
_DIGITS: Final = 18
"""Of a number that every database holds."""


def as_number(told: str) -> int | None:
    """Return the number of a row that an address says; None where it says none."""
    plain = told.isascii() and told.isdigit() and len(told) <= _DIGITS
    return int(told) if plain else None


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away until a day, the last one, and another acts for them."""

    absent: User
    deputy: str
    last_on: date
    own: bool
    """Whether whoever is asking is away."""


@dataclass
class Desk:
    """Where somebody sits for the length of one request; `on` is the day of it."""

    user: User | None
    language: Language
    on: date
    asked: HttpRequest = field(repr=False)
    _nodes: dict[Right, Institution | None] = field(init=False, repr=False, default_factory=dict)
    _views: dict[List, list[SavedView]] = field(init=False, repr=False, default_factory=dict)

    @cached_property
    def posts(self) -> list[Post]:
        """The posts in which the person acts now: their own, and those of who is away."""
        return acting_posts(self.user, on=self.on) if self.user else []

    @property
    def factor_demanded(self) -> bool:
        """Whether one of the posts demands a second factor."""
        return any(post.role_held in settings.SECOND_FACTOR_ROLES for post in self.posts)

    @property
    def enrols_first(self) -> bool:
        """Whether the person must enrol a second factor before anything else."""
        missing = self.user is not None and not self.user.has_second_factor
        return missing and self.factor_demanded and not self.vouched

    @property
    def chooses_first(self) -> bool:
        """Whether the person must choose a password before anything else."""
        return self.user is not None and self.user.must_change and not self.vouched

    @property
    def vouched(self) -> bool:
        """Whether the bank's identity provider vouches for the person, by its own factors."""
        return bool(self.asked.session.get("vouched"))

    @cached_property
    def absent(self) -> list[User]:
        """Those for whom the person acts now."""
        return list(dict.fromkeys(post.held_for for post in self.posts if post.held_for))

    @cached_property
    def absences(self) -> list[Absence]:
        """Who is away now: those for whom the person acts, or the person, for whom another does."""
        found = (_absence(post) for post in self.posts)
        return list(dict.fromkeys(each for each in found if each is not None))

    @cached_property
    def rights(self) -> frozenset[Right]:
        """What these posts let the person do anywhere."""
        return rights_of(self.posts)

    def whole(self, right: Right) -> bool:
        """Tell whether the person has a right over the whole bank."""
        return bool(self.name(right))

    def name(self, right: Right) -> str:
        """Return in whose name the person has a right over the whole bank; empty without it."""
        post = over_all(self.posts, right)
        return name_in(post, self.user) if post and self.user else ""

    def name_at(self, right: Right, node: Institution | None = None) -> str:
        """Return in whose name the person has a right at an institution, or anywhere."""
        for post in self.posts:
            there = node is None or node.path.startswith(post.institution.path)
            if there and right in post.rights and self.user:
                return name_in(post, self.user)
        return ""

    def scope(self, right: Right) -> Scope:
        """Return where the person has a right."""
        return scope_of(self.posts, right)

    @cached_property
    def closes(self) -> list[Close]:
        """The closes that can be looked at, latest day first."""
        return shown_closes()

    def views(self, kind: List) -> list[SavedView]:
        """Return the views of a list that the person sees."""
        if kind not in self._views:
            found = views_of(kind, self.user, self.posts) if self.user else []
            self._views[kind] = found
        return self._views[kind]

    def told(self, name: str) -> str:
        """Return what the address says of something; NUL, which databases refuse, fits nothing."""
        return self.asked.GET.get(name, "").strip().replace("\0", "\N{REPLACEMENT CHARACTER}")

    def sought(self, name: str) -> str:
        """Return what the address looks for: SQLite refuses a condition of a thousand words."""
        return self.told(name)[:_LONGEST]

    @cached_property
    def close(self) -> Close | None:
        """The close that is looked at: that of the day in the address, else the latest."""
        named = (close for close in self.closes if str(close.as_of) == self.told("as_of"))
        return next(named, self.closes[0] if self.closes else None)

    @property
    def earlier(self) -> list[Close]:
        """The closes before the one that is looked at, latest day first."""
        return [one for one in self.closes if self.close and one.as_of < self.close.as_of]

    @property
    def astray(self) -> bool:
        """Whether the address names a day that is not shown."""
        told = self.told("as_of")
        return bool(told) and (self.close is None or str(self.close.as_of) != told)

    @property
    def stale(self) -> bool:
        """Whether an older close is looked at than the latest."""
        return self.close is not None and self.close != self.closes[0]

    def node(self, right: Right) -> Institution | None:
        """Return the institution that is looked at: the one in the address, else the topmost.

        None where the person sees several trees and has chosen none. Raises Http404 for one out of
        scope.
        """
        if right not in self._nodes:
            self._nodes[right] = self._node(right)
        return self._nodes[right]

    def _node(self, right: Right) -> Institution | None:
        scope, told = self.scope(right), self.told("at")
        if told:
            found = Institution.objects.filter(scope.within(), pk=told).first()
            if found is None:
                raise Http404
            return found
        tops = [post.institution for post in self.posts if post.institution.path in scope.paths]
        distinct = {top.pk: top for top in tops}
        return next(iter(distinct.values())) if len(distinct) == 1 else None

    def within(self, right: Right) -> Scope:
        """Return what is looked at: the subtree of the chosen institution, else the whole scope."""
        node = self.node(right)
        return Scope((node.path,)) if node else self.scope(right)


def _absence(post: Post) -> Absence | None:
    until: date | None = getattr(post, "away_until", None)
    if until is None:
        return None
    deputy: str = getattr(post, "away_deputy", "")
    return Absence(post.user, deputy, until - timedelta(days=1), own=post.held_for is None)


class Asked(HttpRequest):
    """A request that has come as far as a view."""

    desk: Desk
    htmx: HtmxDetails
