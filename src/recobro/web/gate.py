"""Who may open a page: every view says so, and a test asks each of them as everybody."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Concatenate, Final, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from recobro.office.people.enums import Right
from recobro.web.desk import Asked, Desk

P = ParamSpec("P")
View = Callable[Concatenate[Asked, P], HttpResponseBase]
Gated = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

EVERYBODY: Final = "everybody"
"""Open before anybody has signed in."""

SIGNED_IN: Final = "signed in"
"""Open to whoever has an account."""


def needs(*rights: Right, whole: bool = False) -> Callable[[View[P]], Gated[P]]:
    """Open a view to those who hold one of some rights; without any to all who have signed in.

    With `whole` the right must be over the whole bank. Others are asked to sign in, or refused; a
    day that is not shown is not found.
    """

    def guarded(view: View[P]) -> Gated[P]:
        @wraps(view)
        def open_(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            asked = cast("Asked", request)
            if asked.desk.user is None:
                return _to_sign_in(asked)
            first = _first(asked)
            if first and not request.path.startswith(reverse(first)):
                return redirect(first)
            if rights and not _holds(asked.desk, rights, whole=whole):
                raise PermissionDenied
            if asked.desk.astray:
                raise Http404
            return view(asked, *args, **kwargs)

        open_.opens_to = frozenset(rights) or SIGNED_IN  # type: ignore[attr-defined]  # of every view
        open_.whole = whole  # type: ignore[attr-defined]  # the same
        return open_

    return guarded


def _holds(desk: Desk, rights: Collection[Right], *, whole: bool) -> bool:
    if whole:
        return any(desk.whole(right) for right in rights)
    return bool(desk.rights.intersection(rights))


def everybody(view: View[P]) -> Gated[P]:
    """Open a view to everybody, also before they have signed in."""
    view.opens_to = EVERYBODY  # type: ignore[attr-defined]  # the same
    return cast("Gated[P]", view)


def own_address(request: HttpRequest, told: str) -> str:
    """Return an address to go on to if it is one of these pages; else an empty text.

    Whoever sends somebody a link must not choose where they land after they have signed in.
    """
    own = url_has_allowed_host_and_scheme(told, {request.get_host()}, request.is_secure())
    return told if own and told.startswith("/") else ""


def _first(asked: Asked) -> str:
    """Return the page that must be done with before any other; none: an empty text."""
    if asked.desk.chooses_first:
        return "password"
    return "second-factor" if asked.desk.enrols_first else ""


def _to_sign_in(asked: Asked) -> HttpResponseBase:
    """Lead to the sign-in page and from there back; it must not land within a page's fragment."""
    if not asked.htmx:
        return redirect_to_login(asked.get_full_path())
    page = asked.htmx.current_url_abs_path or resolve_url("home")
    return HttpResponseClientRedirect(redirect_to_login(page).url)
