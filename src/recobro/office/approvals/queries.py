from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When

from recobro.book.models import Institution
from recobro.book.queries import Scope
from recobro.office.approvals.acts import KINDS
from recobro.office.approvals.enums import State
from recobro.office.approvals.models import Request
from recobro.office.approvals.rules import AmountsOf, within
from recobro.office.people.enums import Right
from recobro.office.people.models import Post, User
from recobro.office.people.queries import gives, posts_on, scope_of
from recobro.office.settings.queries import values_of
from recobro.office.settings.rules import Limit


def requests_in(scope: Scope) -> QuerySet[Request]:
    """Return what was asked for in a scope: what waits first, then what was decided last."""
    found = Request.objects.filter(scope.within("institution__path"))
    first = Case(When(state=State.WAITING, then=Value(0)), default=Value(1))
    return found.select_related("institution", "asked_by", "decided_by").order_by(
        first, "-decided_at", "asked_at", "id"
    )


def seen(rows: QuerySet[Request], posts: list[Post], by: User) -> QuerySet[Request]:
    """Return what of some requests the holder of some posts may read.

    What is for a colleague is read by who decides such things or looks after people there, by who
    asked and by whom it is for.
    """
    private = [kind for kind, known in KINDS.items() if known.whom]
    near = Scope.of(
        (*scope_of(posts, Right.APPROVE).paths, *scope_of(posts, Right.PEOPLE).paths)
    ).within("institution__path")
    return rows.filter(~Q(kind__in=private) | near | Q(asked_by=by) | Q(subject=by.username))


def waiting(kind: str, subject: str) -> Request | None:
    """Return what waits of a kind and subject; None if nothing does."""
    found = waiting_of(kind).filter(subject=subject)
    return found.select_related("asked_by").first()


def waits_for(posts: Iterable[Post], by: User) -> list[Request]:
    """Return what waits for the holder of some posts to decide, the oldest first."""
    places = [post.institution.path for post in posts if Right.APPROVE in post.rights]
    if not places:
        return []
    open_ = requests_in(Scope.of(places)).filter(state=State.WAITING)
    found = [one for one in open_ if not concerns(one, by)]
    limits, reach = _limits({request.kind for request in found}), _reach(found)
    return [one for one in found if deciding(posts, one, limits=limits, reach=reach) is not None]


def deciding(
    posts: Iterable[Post],
    request: Request,
    *,
    limits: dict[str, Limit] | None = None,
    reach: Mapping[int, Scope] | None = None,
) -> Post | None:
    """Return the first of some posts in which its holder decides a request; None if none is.

    The post reaches where it matters, and its role is given an amount that is enough. In the name
    of whoever asked, in whose name they asked, or whom it is for, nobody decides; nor in a post
    that whoever asked for somebody else's could give: they could sign in as its holder, with a new
    password.
    """
    held = _limits({request.kind}) if limits is None else limits
    gave = (_reach([request]) if reach is None else reach).get(request.asked_by_id, Scope())
    own = KINDS[request.kind].limits
    able = (post for post in posts if _answers(post, request) and post.role_held in own)
    return next(
        (
            post
            for post in able
            if not gives(gave, post.role_held, post.institution)
            and within(request.amounts, held[own[post.role_held].key])
        ),
        None,
    )


def _answers(post: Post, request: Request) -> bool:
    """Tell whether a post answers for the place of a request, and its holder for nobody in it."""
    behind = {request.asked_as.partition(" for ")[2], whom(request)}
    reaches = request.institution.path.startswith(post.institution.path)
    apart = post.user_id != request.asked_by_id and post.user.username not in behind
    return Right.APPROVE in post.rights and reaches and apart


def concerns(request: Request, user: User) -> bool:
    """Tell whether somebody has asked for it, or it is for them: then they do not decide it."""
    return user.pk == request.asked_by_id or user.username == whom(request)


def whom(request: Request) -> str:
    """Return the user name of whom a request is for; empty where it is for nobody."""
    return str(request.content.get(KINDS[request.kind].whom, ""))


def deciders(request: Request, *, on: date) -> list[User]:
    """Return who can decide a request: not who asked for it."""
    held, reach = _limits({request.kind}), _reach([request])
    posts = [post for post in posts_on(on) if not concerns(request, post.user)]
    able = {post.user for post in posts if deciding([post], request, limits=held, reach=reach)}
    return sorted(able, key=lambda user: user.name)


class Deciders:
    """Who could decide requests that nobody has made yet; asked for once, however many they are."""

    def __init__(self, kind: str, *, on: date) -> None:
        self._kind, self._posts, self._limits = kind, posts_on(on), _limits({kind})

    def any(
        self,
        institution: Institution,
        amounts: AmountsOf,
        *,
        by: User,
        name: str,
        content: Mapping[str, Any] | None = None,
    ) -> bool:
        """Tell whether anybody but who asks, in whose name, could decide about some amounts."""
        wish = Request(
            kind=self._kind,
            institution=institution,
            amounts=dict(amounts),
            content=dict(content or {}),
            asked_by=by,
            asked_as=name,
        )
        return deciding(self._posts, wish, limits=self._limits) is not None


def of_subject(kind: str, subjects: Iterable[str]) -> QuerySet[Request]:
    """Return what waits of a kind about some subjects."""
    return waiting_of(kind).filter(subject__in=list(subjects))


def waiting_of(kind: str) -> QuerySet[Request]:
    """Return what waits of a kind."""
    return Request.objects.filter(kind=kind, state=State.WAITING)


def _reach(requests: Iterable[Request]) -> dict[int, Scope]:
    """Return where those appoint, or once did, who asked for something that is for somebody."""
    askers = {one.asked_by_id for one in requests if KINDS[one.kind].whom}
    held: dict[int, list[Post]] = {}
    for post in Post.objects.filter(user__in=askers).select_related("institution"):
        held.setdefault(post.user_id, []).append(post)
    return {user: scope_of(posts, Right.APPOINT) for user, posts in held.items()}


def _limits(kinds: Iterable[str]) -> dict[str, Limit]:
    """Return up to which amount each role decides, by the name of its setting."""
    several = [known for kind in kinds for known in KINDS[kind].limits.values()]
    return values_of(several)
