"""What somebody asked for and a second person decides."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recobro.casework.case.queries import heads_of
from recobro.office.approvals.models import Request
from recobro.office.approvals.operations import approve, refuse, withdraw
from recobro.office.approvals.queries import (
    concerns,
    deciders,
    deciding,
    requests_in,
    seen,
    waits_for,
)
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked, Desk
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.render import climb, page

_A_PAGE: Final = 50
_PEOPLE: Final = ("from", "to", "user")
"""Parts of what was asked for that name somebody."""
_HIDDEN: Final = ("case", "household", "loan", "borrower", "ends", "user", "institution")
"""Parts that the page says otherwise."""


class DecisionForm(forms.Form):
    """Whether it is approved, and what there is to say."""

    def __init__(self, asked: Asked, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.fields["remark"] = forms.CharField(
            max_length=400,
            required=False,
            label=asked.desk.language.say("approvals.remark"),
            help_text=asked.desk.language.say("approvals.remark_help"),
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.fields["decision"] = forms.ChoiceField(
            choices=[("approve", ""), ("refuse", "")], widget=forms.HiddenInput()
        )


@needs(Right.DEBTORS)
@require_safe
def approvals(asked: Asked) -> HttpResponse:
    """List what was asked for in scope: what waits for the person, then the rest."""
    desk = asked.desk
    node = desk.node(Right.DEBTORS)
    rows = _seen(desk, requests_in(desk.within(Right.DEBTORS)))
    shown = Paginator(rows, _A_PAGE).get_page(asked.GET.get("page"))
    mine = {one.pk for one in waits_for(desk.posts, desk.user)} if desk.user else set()
    context = {"page": shown, "mine": mine, "named": _named(shown)}
    return page(asked, "approvals", climb(node, desk.scope(Right.DEBTORS)) | context)


@needs(Right.DEBTORS)
@require_safe
def approval(asked: Asked, number: int) -> HttpResponse:
    """Show what was asked for, by whom and why, and who decides it."""
    return _page(asked, _request(asked, number), DecisionForm(asked))


@needs(Right.APPROVE)
@require_POST
def decide(asked: Asked, number: int) -> HttpResponse:
    """Approve it, and it happens; or refuse it."""
    found, user = _request(asked, number), asked.desk.user
    form = DecisionForm(asked, asked.POST)
    if user is None or not form.is_valid():
        return _page(asked, found, form, status=422)
    act = approve if form.cleaned_data["decision"] == "approve" else refuse
    try:
        act(request=found, by=user, at=timezone.now(), remark=form.cleaned_data["remark"])
    except Refusal as refused:
        form.add_error(None, in_words(refused, asked.desk.language))
        return _page(asked, _request(asked, number), form, status=409)
    return redirect("approval", number)


@needs(Right.DEBTORS)
@require_POST
def take_back(asked: Asked, number: int) -> HttpResponse:
    """Withdraw what one has asked for."""
    found, user = _request(asked, number), asked.desk.user
    if user is None or found.asked_by_id != user.pk:
        raise Http404
    form = DecisionForm(asked, asked.POST)
    try:
        withdraw(request=found, by=user, at=timezone.now())
    except Refusal as refused:
        form.errors.clear()
        form.add_error(None, in_words(refused, asked.desk.language))
        return _page(asked, _request(asked, number), form, status=409)
    return redirect("approval", number)


def _request(asked: Asked, number: int) -> Request:
    """Return what was asked for in scope; another is none that there is."""
    rows = _seen(asked.desk, requests_in(asked.desk.scope(Right.DEBTORS)))
    found = rows.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _seen(desk: Desk, rows: QuerySet[Request]) -> QuerySet[Request]:
    return seen(rows, desk.posts, desk.user) if desk.user else rows.none()


def _page(asked: Asked, found: Request, form: DecisionForm, *, status: int = 200) -> HttpResponse:
    desk = asked.desk
    own = desk.user is not None and found.asked_by_id == desk.user.pk
    free = desk.user is not None and not concerns(found, desk.user)
    decides = found.waits and free and deciding(desk.posts, found) is not None
    context = {
        "one": found,
        "form": form,
        "own": own,
        "decides": decides,
        "deciders": deciders(found, on=desk.on) if found.waits and not decides else [],
        "parts": _parts(found),
        "name": _named([found])[found.pk],
    }
    frame = climb(found.institution, desk.scope(Right.DEBTORS))
    return page(asked, "approval", frame | context, status=status)


def _named(found: Iterable[Request]) -> dict[int, str]:
    """Return what each request is about, as people call it: household, person, else the subject."""
    rows = list(found)
    heads = heads_of({one.content["household"] for one in rows if "household" in one.content})
    names = [one.content["user"] for one in rows if "user" in one.content]
    people = User.objects.in_bulk(names, field_name="username") if names else {}
    about = {**heads, **people}
    return {
        one.pk: str(about.get(one.content.get("household") or one.content.get("user"), one.subject))
        for one in rows
    }


def _parts(found: Request) -> list[tuple[str, Any]]:
    """Return what is to happen, part by part; people by their names."""
    names = {found.content[part] for part in _PEOPLE if part in found.content}
    people = {user.username: str(user) for user in User.objects.filter(username__in=names)}
    return [
        (part, people.get(value, value) if part in _PEOPLE else value)
        for part, value in found.content.items()
        if part not in _HIDDEN and value not in {None, ""}
    ]
