"""Views of the lists that people keep, and let go."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from recobro.book.models import Institution
from recobro.office.people.enums import Right
from recobro.office.saved.enums import List
from recobro.office.saved.models import SavedView
from recobro.office.saved.operations import forget_view, save_view
from recobro.office.saved.queries import views_of
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked, Desk
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.render import page


class ViewForm(forms.Form):
    """What the view is called, and whether others see it."""

    list = forms.ChoiceField(choices=[(each.value, each.value) for each in List])
    name = forms.CharField(max_length=60)
    query = forms.CharField(max_length=4000, required=False)
    shared_with = forms.CharField(max_length=200, required=False)


def saved_views(desk: Desk, kind: List) -> dict[str, Any]:
    """Return the views of a list that the person has, and with whom they may share one."""
    if desk.user is None:  # pragma: no cover - the gate lets nobody else in
        return {}
    leads = (post.institution for post in desk.posts if Right.SIGN_OFF in post.rights)
    views = views_of(kind, desk.user, desk.posts)
    return {"views": views, "shares_with": next(leads, None)}


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
