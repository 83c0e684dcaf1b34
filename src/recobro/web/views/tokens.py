from typing import Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from recobro.office.people.models import User
from recobro.office.tokens.operations import end_token, give_token
from recobro.office.tokens.queries import tokens_of
from recobro.office.tokens.rules import LONGEST_NAME
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.render import page

DAYS: Final = (7, 30, 90, 366)
"""For how long a token may be good."""

_MAY: Final = ("read", "write")


class NewToken(forms.Form):
    """What a token is to be called, and what it may do for how long."""

    def __init__(self, asked: Asked, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # what a request brings
        say = asked.desk.language.say
        self.fields["name"] = forms.CharField(
            max_length=LONGEST_NAME,
            label=say("tokens.name"),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        self.fields["may"] = forms.ChoiceField(
            choices=[(code, say(f"tokens.{code}")) for code in _MAY], label=say("tokens.may")
        )
        self.fields["days"] = forms.TypedChoiceField(
            choices=[(days, say("tokens.days_of", days=str(days))) for days in DAYS],
            coerce=int,
            initial=90,
            label=say("tokens.days"),
        )


@needs()
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(asked: Asked) -> HttpResponse:
    """List somebody's own tokens, and make another: it is shown in this one answer."""
    form = NewToken(asked, asked.POST if asked.method == "POST" else None)
    user = asked.desk.user
    if user is None:
        raise Http404
    secret = _given(asked, form, user) if form.is_valid() else ""
    context = {
        "form": NewToken(asked) if secret else form,
        "secret": secret,
        "rows": tokens_of(user),
    }
    return page(asked, "tokens", context, status=422 if form.errors else 200)


@needs()
@require_POST
def end(asked: Asked, number: int) -> HttpResponse:
    """End a token of one's own."""
    user = asked.desk.user
    token = None if user is None else tokens_of(user).filter(pk=number).first()
    if user is None or token is None:
        raise Http404
    end_token(token=token, at=timezone.now(), by=user.username)
    return redirect("tokens")


def _given(asked: Asked, form: NewToken, user: User) -> str:
    """Return a new token; an empty text where it is refused, which is said beside the form."""
    told = form.cleaned_data
    try:
        _, secret = give_token(
            user=user,
            name=told["name"],
            may_write=told["may"] == "write",
            days=told["days"],
            at=timezone.now(),
            by=user.username,
        )
    except Refusal as refused:
        form.add_error(None, in_words(refused, asked.desk.language))
        return ""
    return secret
