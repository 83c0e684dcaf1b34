"""Let another act for somebody who is away."""

from datetime import date, timedelta

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from recobro.office.people.models import Delegation, User
from recobro.office.people.operations import delegate, end_delegation
from recobro.office.people.operations.delegation import LONGEST, MayNotEndDelegation
from recobro.office.people.queries import delegations_of, possible_deputies
from recobro.office.settings.queries import value_of
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked
from recobro.web.gate import needs, own_address
from recobro.web.render import page
from recobro.web.views.person import PersonField, done


class Away(forms.Form):
    """Who is to act from which day to which, and why."""

    def __init__(self, asked: Asked, user: User) -> None:
        super().__init__(asked.POST if asked.method == "POST" else None)
        say, today = asked.desk.language.say, asked.desk.on
        able = possible_deputies(user, on=today)
        self.fields["deputy"] = PersonField(able, label=say("absence.deputy"))
        self.fields["first"] = _day(say("absence.first"), today)
        self.fields["last"] = _day(say("absence.last"), today + timedelta(days=6))
        self.fields["reason"] = forms.CharField(
            max_length=400, label=say("case.reason"), required=False
        )


@needs()
@require_http_methods(["GET", "HEAD", "POST"])
def absence(asked: Asked) -> HttpResponse:
    """Show who acts for somebody, and let them name another."""
    user = asked.desk.user
    if user is None:
        raise Http404
    form = Away(asked, user)

    def act() -> object:
        return delegate(user=user, at=timezone.now(), **form.cleaned_data)

    if asked.method == "POST" and form.is_valid() and done(asked, form, act):
        return redirect("absence")
    rows = delegations_of(user, on=asked.desk.on)
    context = {
        "form": form,
        "own": [row for row in rows if row.user_id == user.pk],
        "others": [row for row in rows if row.deputy_id == user.pk],
        "longest": value_of(LONGEST),
    }
    return page(asked, "absence", context, status=422 if form.errors else 200)


@needs()
@require_POST
def end(asked: Asked, number: int) -> HttpResponse:
    """End at once that one acts for another; what is over is over."""
    found = get_object_or_404(Delegation, pk=number)
    if asked.desk.user is None:
        raise Http404
    try:
        end_delegation(delegation=found, at=timezone.now(), by=asked.desk.user)
    except MayNotEndDelegation as refused:
        raise Http404 from refused
    except Refusal:
        pass  # somebody was quicker
    return redirect(own_address(asked, asked.POST.get("next", "")) or "absence")


def _day(label: str, first: date) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, initial=first, widget=widget)
