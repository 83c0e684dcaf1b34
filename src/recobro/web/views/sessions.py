"""Where somebody is signed in, and how to end it."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recobro.office.people.operations import end_sessions
from recobro.office.people.queries import open_sessions
from recobro.web.desk import Asked
from recobro.web.gate import needs
from recobro.web.render import page


class Which(forms.Form):
    """One session by its number; none for all others."""

    session = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


@needs()
@require_safe
def sessions(asked: Asked) -> HttpResponse:
    """List where somebody is signed in."""
    user = asked.desk.user
    if user is None:
        raise Http404
    rows = open_sessions(user, at=timezone.now())
    own = asked.session.session_key
    return page(asked, "sessions", {"sessions": rows, "own": own})


@needs()
@require_POST
def end(asked: Asked) -> HttpResponse:
    """End one of one's other sessions, or all of them."""
    form = Which(asked.POST)
    user, own = asked.desk.user, asked.session.session_key or ""
    if user is None or not form.is_valid():
        raise Http404
    only = form.cleaned_data["session"]
    end_sessions(user=user, at=timezone.now(), by=user, only=only, but=own)
    return redirect("sessions")
