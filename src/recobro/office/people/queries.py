from collections.abc import Iterable
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from recobro.book.models import Institution
from recobro.book.queries import Scope
from recobro.office.people.enums import RIGHTS, Right
from recobro.office.people.models import Post, User


def posts_of(user: User, *, on: date) -> list[Post]:
    """Return the posts that a person holds on a day."""
    return list(user.posts.filter(_held(on)).select_related("institution"))


def posts_on(day: date) -> list[Post]:
    """Return every post that is held on a day by somebody whose account lasts."""
    posts = Post.objects.filter(_held(day), user__is_active=True)
    return list(posts.select_related("institution", "user"))


def scope_of(posts: list[Post], right: Right) -> Scope:
    """Return what a right opens to the holder of some posts: the subtrees of those that give it."""
    return Scope.of(post.institution.path for post in posts if right in RIGHTS[post.role_held])


def rights_of(posts: list[Post]) -> frozenset[Right]:
    """Return every right that some posts give anywhere."""
    return frozenset[Right]().union(*(RIGHTS[post.role_held] for post in posts))


def colleagues(scope: Scope, *, on: date) -> list[User]:
    """Return who holds a post in a scope, by name, each with the posts of that day in `held`."""
    posts = Post.objects.filter(_held(on), scope.within("institution__path"))
    posts = posts.select_related("institution")
    users = User.objects.filter(posts__in=posts, is_active=True)
    return list(users.distinct().prefetch_related(Prefetch("posts", posts, to_attr="held")))


def holds(posts: Iterable[Post], user: User, right: Right, institution: Institution) -> bool:
    """Tell whether one of some posts gives a person a right at an institution."""
    return any(
        post.user_id == user.pk
        and right in RIGHTS[post.role_held]
        and institution.path.startswith(post.institution.path)
        for post in posts
    )


def holders(right: Right, institution: Institution, *, on: date) -> QuerySet[User]:
    """Return who has a right at an institution, by name."""
    found = {
        post.user_id
        for post in posts_on(on)
        if right in RIGHTS[post.role_held] and institution.path.startswith(post.institution.path)
    }
    return User.objects.filter(pk__in=found).order_by("name")


def _held(on: date) -> Q:
    return Q(from_on__lte=on) & (Q(until_on__isnull=True) | Q(until_on__gt=on))
