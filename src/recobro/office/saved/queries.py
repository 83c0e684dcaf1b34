from collections.abc import Iterable

from django.db.models import Q

from recobro.book.queries import climbed
from recobro.office.people.models import Post, User
from recobro.office.saved.enums import List
from recobro.office.saved.models import SavedView


def views_of(kind: List, user: User, posts: Iterable[Post]) -> list[SavedView]:
    """Return the views of a list that somebody has, or that are shared where they work."""
    above = {path for post in posts for path in climbed(post.institution.path)}
    seen = Q(user=user) | Q(shared_with__path__in=above)
    rows = SavedView.objects.filter(seen, kind=kind.value)
    return list(rows.select_related("user", "shared_with"))
