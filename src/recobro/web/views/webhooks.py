"""Which programs are told of what happens, and what came of it."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recobro.office.people.enums import Right
from recobro.office.webhooks.enums import Event
from recobro.office.webhooks.models import Delivery, Hook
from recobro.office.webhooks.operations import (
    DeliveryOver,
    HookCannot,
    end_hook,
    make_hook,
    pause_hook,
    resume_hook,
    send_test,
    try_again,
)
from recobro.office.webhooks.queries import deliveries_of, hook_of, hooks
from recobro.office.webhooks.rules import LONGEST_NAME, LONGEST_URL
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.render import page

_A_PAGE: Final = 20
_ACTS: Final[Mapping[str, Callable[..., object]]] = {
    "pause": pause_hook,
    "resume": resume_hook,
    "end": end_hook,
    "test": send_test,
}


class HookForm(forms.Form):
    """Which program is to be told of what, and where."""

    def __init__(self, asked: Asked, data: Any = None) -> None:  # noqa: ANN401 - what a request brings
        super().__init__(data, auto_id="hook_%s")
        say = asked.desk.language.say
        self.fields["name"] = forms.CharField(
            max_length=LONGEST_NAME,
            label=say("webhooks.name"),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        self.fields["url"] = forms.CharField(
            max_length=LONGEST_URL,
            label=say("webhooks.url"),
            help_text=say("webhooks.url_help"),
            widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
        )
        self.fields["events"] = forms.MultipleChoiceField(
            choices=[(event.value, say(f"event.{event.value}")) for event in Event],
            label=say("webhooks.events"),
            widget=forms.CheckboxSelectMultiple,
        )


@needs(Right.WEBHOOKS, whole=True)
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(asked: Asked) -> HttpResponse:
    """List the programs, and let another be told: its secret is shown in this one answer."""
    form = HookForm(asked, asked.POST if asked.method == "POST" else None)
    secret = _made(asked, form) if form.is_valid() else ""
    context = {"form": HookForm(asked) if secret else form, "secret": secret, "rows": hooks()}
    return page(asked, "webhooks", context, status=422 if form.errors else 200)


@needs(Right.WEBHOOKS, whole=True)
@require_safe
def webhook(asked: Asked, number: int) -> HttpResponse:
    """Show what a program was told, newest first."""
    found = _hook(number)
    told = Paginator(deliveries_of(found), _A_PAGE).get_page(asked.GET.get("page"))
    bodies = {one.pk: json.dumps(one.about, ensure_ascii=False, indent=1) for one in told}
    return page(asked, "webhook", {"hook": found, "page": told, "bodies": bodies})


@needs(Right.WEBHOOKS, whole=True)
@require_POST
def act(asked: Asked, number: int, act: str) -> HttpResponse:
    """Pause, resume, end or test a hook; one that is elsewhere by now stays as it is."""
    found = _hook(number)
    if act not in _ACTS:
        raise Http404
    with suppress(HookCannot):
        _ACTS[act](hook=found, at=datetime.now(tz=UTC), by=_by(asked))
    return redirect("webhooks") if act == "end" else redirect("webhook", found.pk)


@needs(Right.WEBHOOKS, whole=True)
@require_POST
def again(asked: Asked, number: int, delivery: int) -> HttpResponse:
    """Have a delivery tried at once; one that is over by now stays as it is."""
    del asked
    found = Delivery.objects.filter(pk=delivery).first()
    if found is None or found.hook_id != number:
        raise Http404
    with suppress(DeliveryOver):
        try_again(delivery=found, at=datetime.now(tz=UTC))
    return redirect("webhook", number)


def _made(asked: Asked, form: HookForm) -> str:
    """Return the secret of a new hook; an empty text where it is refused, which the form says."""
    try:
        _, secret = make_hook(**form.cleaned_data, at=datetime.now(tz=UTC), by=_by(asked))
    except Refusal as refused:
        form.add_error(None, in_words(refused, asked.desk.language))
        return ""
    return secret


def _hook(number: int) -> Hook:
    found = hook_of(number)
    if found is None:
        raise Http404
    return found


def _by(asked: Asked) -> str:
    return asked.desk.name(Right.WEBHOOKS)
