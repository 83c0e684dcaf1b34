from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict

from recobro.book.queries import climbed
from recobro.office.people.models import Post, User
from recobro.office.saved.enums import KEPT, List
from recobro.office.saved.models import DefaultView, SavedView


def views_of(kind: List, user: User, posts: Iterable[Post]) -> list[SavedView]:
    """Return the views of a list that somebody has, or that are shared where they work.

    `opens` says of each whether the list opens with it to them.
    """
    above = {path for post in posts for path in climbed(post.institution.path)}
    seen = Q(user=user) | Q(shared_with__path__in=above)
    chosen = DefaultView.objects.filter(view=OuterRef("pk"), user=user)
    rows = SavedView.objects.filter(seen, kind=kind.value).annotate(opens=Exists(chosen))
    return list(rows.select_related("user", "shared_with"))


def default_among(views: Iterable[SavedView]) -> SavedView | None:
    """Return the view with which the list opens, of those that somebody sees; perhaps none."""
    return next((view for view in views if getattr(view, "opens", False)), None)


def kept_of(kind: List, address: QueryDict) -> QueryDict:
    """Return what of an address belongs to a view; what is empty says nothing."""
    kept = QueryDict(mutable=True)
    for name in address:
        told = [value for value in address.getlist(name) if value]
        if name in KEPT[kind] and told:
            kept.setlist(name, told)
    return kept
