"""Views of the lists that people keep, open a list with, and let go."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from recobro.book.models import Institution
from recobro.office.people.enums import Right
from recobro.office.saved.enums import List
from recobro.office.saved.models import SavedView
from recobro.office.saved.operations import (
    choose_default,
    forget_view,
    give_up_default,
    save_view,
)
from recobro.office.saved.queries import default_among, kept_of
from recobro.terms.refusal import Refusal
from recobro.web.columns import Columns
from recobro.web.desk import Asked, Desk
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.render import page

WHOLE: Final = "all"
"""What of an address asks for the whole list, whatever view it opens with."""


class ViewForm(forms.Form):
    """What the view is called, and whether others see it."""

    list = forms.ChoiceField(choices=[(each.value, each.value) for each in List])
    name = forms.CharField(max_length=60)
    query = forms.CharField(max_length=4000, required=False)
    shared_with = forms.CharField(max_length=200, required=False)


def saved_views(desk: Desk, kind: List) -> dict[str, Any]:
    """Return the views of a list that the person has, and with whom they may share one.

    Also with which of them it opens to them, and whether that is what they look at.
    """
    leads = (post.institution for post in desk.posts if Right.SIGN_OFF in post.rights)
    default = default_among(desk.views(kind))
    return {
        "views": desk.views(kind),
        "shares_with": next(leads, None),
        "default": default,
        "by_default": default is not None and _shows(desk, kind, default),
    }


def opens_with(
    kind: List, columns: Columns[Any]
) -> Callable[[Callable[[Asked], HttpResponse]], Callable[[Asked], HttpResponse]]:
    """Lead a list to the address that it opens with, and to that of its columns in order.

    A default view that shows nothing any more, as of an institution that the person has left,
    gives way to the whole list.
    """

    def guarded(view: Callable[[Asked], HttpResponse]) -> Callable[[Asked], HttpResponse]:
        @wraps(view)
        def open_(asked: Asked) -> HttpResponse:
            if asked.htmx:
                return view(asked)
            to = _arranged(asked, columns) or _default(asked, kind)
            if to:
                return redirect(f"{asked.path}?{to}")
            try:
                return view(asked)
            except Http404:
                default = default_among(asked.desk.views(kind))
                if default is None or not _shows(asked.desk, kind, default):
                    raise
                return redirect(f"{asked.path}?{WHOLE}=1")

        return open_

    return guarded


def arranges(
    columns: Columns[Any],
) -> Callable[[Callable[[Asked], HttpResponse]], Callable[[Asked], HttpResponse]]:
    """Lead a list of which no views are kept to the address of its columns in order."""

    def guarded(view: Callable[[Asked], HttpResponse]) -> Callable[[Asked], HttpResponse]:
        @wraps(view)
        def open_(asked: Asked) -> HttpResponse:
            to = _arranged(asked, columns)
            return redirect(f"{asked.path}?{to}") if to else view(asked)

        return open_

    return guarded


def _arranged(asked: Asked, columns: Columns[Any]) -> str:
    """Return the address as it names columns once: from their form it has one a name.

    Where one of them has moved the form is still open.
    """
    told = asked.GET.copy()
    if "move" not in told and len(told.getlist("columns")) <= 1:
        return ""
    told["columns"] = columns.moved(told)
    if told.pop("move", None):
        told["arrange"] = "1"
    return told.urlencode()


def _default(asked: Asked, kind: List) -> str:
    """Return what a list opens with where its address asks for nothing; the day stays."""
    if WHOLE in asked.GET or kept_of(kind, asked.GET):
        return ""
    default = default_among(asked.desk.views(kind))
    told = kept_of(kind, QueryDict(default.query)) if default else QueryDict()
    if not told:  # one that was kept by an older program may say nothing but empty names
        return ""
    told = told.copy()
    if asked.desk.told("as_of"):
        told["as_of"] = asked.desk.told("as_of")
    return told.urlencode()


def _shows(desk: Desk, kind: List, view: SavedView) -> bool:
    return kept_of(kind, desk.asked.GET) == kept_of(kind, QueryDict(view.query))


@needs(Right.DEBTORS)
@require_POST
def add(asked: Asked) -> HttpResponse:
    """Keep a list as the person looks at it."""
    form, desk = ViewForm(asked.POST), asked.desk
    if desk.user is None or not form.is_valid():
        return page(
            asked, "refused", {"refused": desk.language.say("views.name_wanted")}, status=422
        )
    told = form.cleaned_data
    shared = Institution.objects.filter(pk=told["shared_with"]).first()
    if told["shared_with"] and (shared is None or not desk.scope(Right.DEBTORS).has(shared)):
        raise Http404
    try:
        made = save_view(
            kind=List(told["list"]),
            name=told["name"],
            query=told["query"],
            by=desk.user,
            posts=desk.posts,
            shared_with=shared,
        )
    except Refusal as refused:
        return page(
            asked, "refused", {"refused": in_words(refused, asked.desk.language)}, status=422
        )
    return redirect(f"{reverse(made.kind)}?{made.query}")


@needs(Right.DEBTORS)
@require_POST
def forget(asked: Asked, number: int) -> HttpResponse:
    """Let a view of one's own go."""
    found = get_object_or_404(SavedView, pk=number, user=asked.desk.user)
    forget_view(view=found)
    return redirect(found.kind)


@needs(Right.DEBTORS)
@require_POST
def opens(asked: Asked, number: int) -> HttpResponse:
    """Let a list open with a view that the person sees."""
    desk = asked.desk
    seen = (view for kind in List for view in desk.views(kind) if view.pk == number)
    found = next(seen, None)
    if desk.user is None or found is None:
        raise Http404
    choose_default(view=found, by=desk.user)
    return redirect(f"{reverse(found.kind)}?{found.query or f'{WHOLE}=1'}")


@needs(Right.DEBTORS)
@require_POST
def opens_no_more(asked: Asked, kind: str) -> HttpResponse:
    """Let a list open as everybody's does again."""
    if asked.desk.user is None or kind not in set(List):
        raise Http404
    give_up_default(kind=List(kind), by=asked.desk.user)
    return redirect(kind)
