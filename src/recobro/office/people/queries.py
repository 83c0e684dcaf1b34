from collections.abc import Iterable
from datetime import date, datetime
from typing import cast

from django.contrib.sessions.models import Session
from django.db.models import F, FilteredRelation, Prefetch, Q, QuerySet

from recobro.book.models import Institution
from recobro.book.queries import Scope, climbed
from recobro.office.people.enums import APPOINTED_HERE, RIGHTS, Right, Role
from recobro.office.people.models import Delegation, Post, User, UserSession
from recobro.office.people.signals import expected


def posts_of(user: User, *, on: date) -> list[Post]:
    """Return the posts that a person holds on a day: none whose account has ended."""
    if not user.is_active:
        return []
    return list(user.posts.filter(_held(on)).select_related("institution"))


def acting_posts(user: User, *, on: date) -> list[Post]:
    """Return the posts in which a person acts on a day: their own, then those of who is away.

    Those of another have `held_for`; `away_until` and `away_deputy` tell of whoever holds a post
    how long they are away, and who acts for them. There is no chain: only what somebody holds
    themselves is delegated. What made somebody a deputy must still be so, and what the absent
    person was given after they named the deputy is not passed on. Whose account has ended acts in
    none.
    """
    if not user.is_active:
        return []
    in_force = Q(user__delegations__from_on__lte=on, user__delegations__until_on__gt=on)
    posts = Post.objects.annotate(away=FilteredRelation("user__delegations", condition=in_force))
    posts = posts.filter(
        _held(on), Q(user=user) | Q(away__deputy=user, user__is_active=True)
    ).annotate(
        away_until=F("away__until_on"),
        away_deputy=F("away__deputy__name"),
        away_since=F("away__given_at"),
    )
    found = list(posts.select_related("institution", "user"))
    own: list[Post] = [post for post in found if post.user_id == user.pk]
    others: dict[int, list[Post]] = {}
    for post in found:
        if post.user_id != user.pk and post.from_on <= post.away_since.date():
            post.held_for = post.user
            others.setdefault(post.user_id, []).append(post)
    return own + [post for theirs in others.values() if _fit(own, theirs) for post in theirs]


def authority(by: User, right: Right, institution: Institution, *, on: date) -> str | None:
    """Return in whose name a person has a right at an institution, as the journal tells it.

    Their own user name, or that and for whom they act; None where they have not the right.
    """
    for post in acting_posts(by, on=on):
        if right in post.rights and institution.path.startswith(post.institution.path):
            return name_in(post, by)
    return None


def name_in(post: Post, by: User) -> str:
    """Return in whose name a person acts in a post, as the journal tells it."""
    return f"{by.username} for {post.held_for.username}" if post.held_for else by.username


def delegations_of(user: User, *, on: date) -> list[Delegation]:
    """Return who acts for a person and for whom they act, on a day or later."""
    own = Q(user=user) | Q(deputy=user)
    found = Delegation.objects.filter(own, until_on__gt=on).exclude(until_on=F("from_on"))
    return list(found.select_related("user", "deputy"))


def open_sessions(user: User, *, at: datetime) -> list[UserSession]:
    """Return where somebody is signed in, the latest seen first."""
    lasting = Session.objects.filter(expire_date__gt=at).values("session_key")
    return list(UserSession.objects.filter(user=user, key__in=lasting))


def possible_deputies(user: User, *, on: date) -> QuerySet[User]:
    """Return who could act for a person, by name: who works at, above or below each post.

    Whoever administers accounts sees no debtor, and so acts for nobody who does.
    """
    own = posts_of(user, on=on)
    held: dict[int, list[Post]] = {}
    for post in posts_on(on):
        held.setdefault(post.user_id, []).append(post)
    able = [pk for pk, posts in held.items() if pk != user.pk and own and _fit(posts, own)]
    return User.objects.filter(pk__in=able).order_by("name")


def _fit(own: list[Post], others: list[Post]) -> bool:
    """Tell whether who holds some posts can act in those of another."""
    appoints = Right.APPOINT in rights_of(own)
    beside = all(_beside(post.institution.path, own) for post in others)
    return beside and not (appoints and Right.DEBTORS in rights_of(others))


def _beside(place: str, posts: Iterable[Post]) -> bool:
    paths = [post.institution.path for post in posts]
    return any(place.startswith(path) or path.startswith(place) for path in paths)


def posts_on(day: date) -> list[Post]:
    """Return every post that is held on a day by somebody whose account lasts."""
    posts = Post.objects.filter(_held(day), user__is_active=True)
    return list(posts.select_related("institution", "user"))


def scope_of(posts: list[Post], right: Right) -> Scope:
    """Return what a right opens to the holder of some posts: the subtrees of those that give it."""
    return Scope.of(post.institution.path for post in posts if right in post.rights)


def rights_of(posts: list[Post]) -> frozenset[Right]:
    """Return every right that some posts give anywhere."""
    return frozenset[Right]().union(*(post.rights for post in posts))


def over_all(posts: Iterable[Post], right: Right) -> Post | None:
    """Return the first of some posts that gives a right over the whole bank; None if none does."""
    tops = (post for post in posts if post.institution.parent_id is None)
    return next((post for post in tops if right in post.rights), None)


def colleagues(scope: Scope, *, on: date) -> list[User]:
    """Return who holds a post in a scope, by name, each with the posts of that day in `held`."""
    posts = Post.objects.filter(_held(on), scope.within("institution__path"))
    posts = posts.select_related("institution")
    users = User.objects.filter(posts__in=posts, is_active=True)
    return list(users.distinct().prefetch_related(Prefetch("posts", posts, to_attr="held")))


def posts_at(institution: Institution, *, on: date) -> list[Post]:
    """Return the posts that are held at an institution on a day, by name.

    Where nobody heads it, the posts of who heads the nearest above it are among them.
    """
    above = Q(institution__path__in=climbed(institution.path), role=Role.BRANCH_HEAD)
    posts = Post.objects.filter(_held(on), Q(institution=institution) | above, user__is_active=True)
    found = list(posts.select_related("institution", "user").order_by("user__name", "id"))
    heads = [post.institution.path for post in found if post.role_held is Role.BRANCH_HEAD]
    nearest = max(heads, key=len, default="")
    return [post for post in found if post.institution.path in {institution.path, nearest}]


def holds(posts: Iterable[Post], user: User, right: Right, institution: Institution) -> bool:
    """Tell whether one of some posts gives a person a right at an institution."""
    return any(
        post.user_id == user.pk
        and right in post.rights
        and institution.path.startswith(post.institution.path)
        for post in posts
    )


def holders(right: Right, institution: Institution, *, on: date) -> list[User]:
    """Return who has a right at an institution, by name."""
    found = {
        post.user
        for post in posts_on(on)
        if right in post.rights and institution.path.startswith(post.institution.path)
    }
    return sorted(found, key=lambda user: (user.name, user.pk))


def belonging(user: User, *, on: date) -> list[Post]:
    """Return the posts by which a person belongs somewhere: those held, else those that ended last.

    Whoever has left stays with those who saw them last.
    """
    held = posts_of(user, on=on)
    if held:
        return held
    past = list(user.posts.filter(until_on__lte=on).select_related("institution"))
    last = max((post.until_on for post in past if post.until_on), default=None)
    return [post for post in past if post.until_on == last]


def person_in(scope: Scope, username: str, *, on: date) -> User | None:
    """Return a person who belongs to a scope; another is none that there is."""
    user = User.objects.select_related("second_factor").filter(username=username).first()
    if user is None:
        return None
    places = belonging(user, on=on)
    return user if any(scope.has(post.institution) for post in places) else None


def gone(scope: Scope, *, on: date) -> list[User]:
    """Return who held a post in a scope and works nowhere now, each with the posts there.

    They stand in `held`, as with colleagues. Whose account has ended works nowhere.
    """
    posts = Post.objects.filter(scope.within("institution__path")).select_related("institution")
    working = Post.objects.filter(_held(on), user__is_active=True).values("user")
    users = User.objects.filter(posts__in=posts).exclude(pk__in=working)
    return list(users.distinct().prefetch_related(Prefetch("posts", posts, to_attr="held")))


def looks_after(by: User, user: User, *, on: date) -> bool:
    """Tell whether somebody may change another's account: who could give all that it opens.

    That is the person's own posts, those that wait for a second person, and those of everybody for
    whom they act or will act. So nobody takes over the account of somebody who has more rights, or
    is to get them, and nobody their own.
    """
    scope = scope_of(posts_of(by, on=on), Right.APPOINT)
    places = _opened_by(user, on=on)
    return (
        by != user
        and bool(places)
        and all(gives(scope, post.role_held, post.institution) for post in places)
    )


def _opened_by(user: User, *, on: date) -> list[Post]:
    """Return the posts that an account opens on a day or later; without an own one, the last.

    What is to be confirmed counts as if it were held: whoever has the password by then has it too.
    """
    coming = Delegation.objects.filter(deputy=user, until_on__gt=on).exclude(until_on=F("from_on"))
    posts = Post.objects.filter(Q(user=user) | Q(user__in=coming.values("user")))
    lasting = posts.filter(Q(until_on__isnull=True) | Q(until_on__gt=on))
    found = list(lasting.select_related("institution"))
    own = any(post.user_id == user.pk for post in found)
    found += awaited_by(user)
    return found if own else [*belonging(user, on=on), *found]


def awaited_by(user: User) -> list[Post]:
    """Return the posts that wait for a person; of who never held any, the last that did."""
    answers = expected.send(User, user=user)
    return [post for _, posts in answers for post in cast("list[Post]", posts)]


def may_appoint(by: User, role: Role, institution: Institution, *, on: date) -> bool:
    """Tell whether it is for somebody to give or end such a post."""
    return gives(scope_of(posts_of(by, on=on), Right.APPOINT), role, institution)


def gives(scope: Scope, role: Role, institution: Institution) -> bool:
    """Tell whether such a post is given and ended from the pages by who appoints in a scope.

    One that sees the debtors of the whole bank is not.
    """
    everybody = institution.parent_id is None and Right.DEBTORS in RIGHTS[role]
    return role in APPOINTED_HERE and not everybody and scope.has(institution)


def roles_given(scope: Scope) -> list[Role]:
    """Return the roles that who appoints in a scope can give at some institution of it."""
    below = Institution.objects.filter(scope.within(), parent__isnull=False).exists()
    offered = (role for role in Role if role in APPOINTED_HERE)
    return [role for role in offered if below or Right.DEBTORS not in RIGHTS[role]]


def _held(on: date) -> Q:
    return Q(from_on__lte=on) & (Q(until_on__isnull=True) | Q(until_on__gt=on))
