"""What a bank has set: limits, terms, deadlines; what held before, and who changed it."""

from django import forms
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from recobro.office.people.enums import Right
from recobro.office.settings.operations import SetMeanwhile, change
from recobro.office.settings.queries import Held, held, history
from recobro.office.settings.rules import Several, Whole
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.render import page


class SettingForm(forms.Form):
    """What is to hold from now on, and why."""

    def __init__(self, asked: Asked, one: Held, data: QueryDict | None = None) -> None:
        super().__init__(
            data, initial={"value": one.written, "seen": one.last.pk if one.last else 0}
        )
        say = asked.desk.language.say
        kind: object = one.known.kind
        number = isinstance(kind, Whole)
        self.fields["value"] = (
            _several(kind, asked)
            if isinstance(kind, Several)
            else forms.CharField(
                max_length=1000,
                required=number,
                label=say("settings.value"),
                help_text="" if number else say("settings.amounts_help"),
                widget=forms.TextInput(attrs={"inputmode": "numeric"})
                if number
                else forms.Textarea(attrs={"rows": 5}),
            )
        )
        self.fields["reason"] = forms.CharField(max_length=400, label=say("case.reason"))
        self.fields["seen"] = forms.IntegerField(min_value=0, widget=forms.HiddenInput())


class SeveralField(forms.MultipleChoiceField):
    """Tick some of several words; they are told as somebody would write them, one a line."""

    def prepare_value(self, value: object) -> object:
        """Return the words of what is written."""
        return value.splitlines() if isinstance(value, str) else value

    def clean(self, value: object) -> str:
        """Return the ticked words, one a line."""
        return "\n".join(super().clean(value))


def _several(kind: Several, asked: Asked) -> SeveralField:
    say = asked.desk.language.say
    return SeveralField(
        choices=[(word, say(f"{kind.words}.{word}")) for word in kind.of],
        required=False,
        label=say("settings.value"),
        help_text=say("settings.several_help"),
        widget=forms.CheckboxSelectMultiple(),
    )


@needs(Right.RUNS, whole=True)
@require_safe
def bank_settings(asked: Asked) -> HttpResponse:
    """List what can be set, what holds now, and since when."""
    rows: dict[str, list[Held]] = {}
    for one in held():
        rows.setdefault(one.known.key.split(".")[0], []).append(one)
    return page(asked, "settings", {"groups": rows.items()})


@needs(Right.RUNS, whole=True)
@require_http_methods(["GET", "HEAD", "POST"])
def setting(asked: Asked, key: str) -> HttpResponse:
    """Show one setting with what it was before; whoever may changes it here."""
    one = next((one for one in held() if one.known.key == key), None)
    if one is None:
        raise Http404
    if asked.method == "POST":
        return _changed(asked, one)
    may = asked.desk.whole(Right.SETTINGS)
    return _page(asked, one, SettingForm(asked, one) if may else None)


def _changed(asked: Asked, one: Held) -> HttpResponse:
    form, user = SettingForm(asked, one, asked.POST), asked.desk.user
    if user is None or not form.is_valid():
        return _page(asked, one, form, status=422)
    told = form.cleaned_data
    try:
        change(
            key=one.known.key,
            told=told["value"],
            reason=told["reason"],
            by=user,
            at=timezone.now(),
            seen=told["seen"],
        )
    except Refusal as refused:
        form.add_error(None, in_words(refused, asked.desk.language))
        return _page(asked, one, form, status=409 if isinstance(refused, SetMeanwhile) else 422)
    return redirect("setting", one.known.key)


def _page(asked: Asked, one: Held, form: SettingForm | None, *, status: int = 200) -> HttpResponse:
    rows = [(row, one.known.kind.write(row.value)) for row in history(one.known.key)]
    context = {
        "one": one,
        "form": form,
        "history": rows,
        "first": one.known.kind.write(one.known.default),
    }
    return page(asked, "setting", context, status=status)
