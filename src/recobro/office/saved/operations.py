"""Keep a list as somebody looks at it, open the list with it, and let it go."""

from typing import Final

from django.db import IntegrityError, transaction
from django.http import QueryDict

from recobro.book.models import Institution
from recobro.office.people.enums import Right
from recobro.office.people.models import Post, User
from recobro.office.saved.enums import MOST, List
from recobro.office.saved.models import DefaultView, SavedView
from recobro.office.saved.queries import kept_of
from recobro.terms.refusal import Refusal

_LONGEST: Final = 1000
"""Signs of the part of an address that is kept."""


class ViewNameTaken(Refusal):
    """The person has a view of this name already."""

    says = "You have a view {name!r} already; nothing was kept. Choose another name."

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class TooManyViews(Refusal):
    """The person has as many views as anybody has."""

    says = "You have {most} views of this list already; nothing was kept. Let one go first."

    def __init__(self) -> None:
        super().__init__(most=MOST)


class TooLong(Refusal):
    """The address is longer than what is kept."""

    says = "This view is too long to be kept; nothing was. Search for less."


class MayNotShare(Refusal):
    """It is not for this person to share views there."""

    says = "You lead nobody at {institution}; nothing was kept. Its head shares views there."

    def __init__(self, institution: Institution) -> None:
        super().__init__(institution=institution)


@transaction.atomic
def save_view(
    *,
    kind: List,
    name: str,
    query: str,
    by: User,
    posts: list[Post],
    shared_with: Institution | None = None,
) -> SavedView:
    """Keep how a list is filtered and sorted, for oneself or for all who work at an institution.

    What does not make the view, such as the day and the page, is left out. `posts` are those in
    which the person acts. Raises ViewNameTaken, TooManyViews, TooLong, MayNotShare.
    """
    if shared_with is not None and not _leads(posts, shared_with):
        raise MayNotShare(shared_with)
    kept = kept_of(kind, QueryDict(query[: 4 * _LONGEST])).urlencode()
    if len(kept) > _LONGEST:
        raise TooLong
    User.objects.select_for_update().get(pk=by.pk)
    if SavedView.objects.filter(user=by, kind=kind.value).count() >= MOST:
        raise TooManyViews
    try:
        with transaction.atomic():
            return SavedView.objects.create(
                user=by, kind=kind.value, name=name, query=kept, shared_with=shared_with
            )
    except IntegrityError:
        raise ViewNameTaken(name) from None


@transaction.atomic
def choose_default(*, view: SavedView, by: User) -> DefaultView:
    """Let a list open with a view; one that somebody does not see any more opens nothing."""
    User.objects.select_for_update().get(pk=by.pk)
    made, _ = DefaultView.objects.update_or_create(user=by, kind=view.kind, defaults={"view": view})
    return made


def give_up_default(*, kind: List, by: User) -> None:
    """Let a list open as everybody's does again."""
    DefaultView.objects.filter(user=by, kind=kind.value).delete()


def forget_view(*, view: SavedView) -> None:
    """Let a view go; whoever has its address in another window goes on with it."""
    view.delete()


def _leads(posts: list[Post], institution: Institution) -> bool:
    return any(
        Right.SIGN_OFF in post.rights and institution.path.startswith(post.institution.path)
        for post in posts
    )
