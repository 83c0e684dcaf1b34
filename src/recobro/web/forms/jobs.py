from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import available_timezones

from django import forms

from recobro.runs.home import Home
from recobro.runs.inbox import TABLES, WORKBOOK, mappings, waiting
from recobro.runs.models import KINDS, Nightly
from recobro.runs.queries import was_refused
from recobro.web.desk import Desk

_EARLIEST: Final = date(1900, 1, 1)
_UPLOADED: Final = ",".join([*TABLES, WORKBOOK])


class LoadForm(forms.Form):
    """Which delivery of the inbox is to be loaded, and how."""

    def __init__(self, desk: Desk, home: Home, data: Any = None) -> None:  # noqa: ANN401 - what a request brings
        super().__init__(data, auto_id="load_%s")
        say = desk.language.say
        lying = waiting(home)
        first = next(iter(lying), None)
        self.fields["delivery"] = forms.ChoiceField(
            choices=[(each.name, each.name) for each in lying], label=say("jobs.delivery")
        )
        self.fields["kind"] = forms.ChoiceField(
            choices=_kinds(desk), label=say("jobs.kind"), initial=first and first.kind
        )
        self.fields["delivered_on"] = forms.DateField(
            required=False,
            label=say("loads.delivered_on"),
            help_text=say("jobs.delivered_on_help"),
            initial=first and first.delivered_on,
            widget=_day_input(),
        )
        _add_mapping(self, desk, home)
        if was_refused([each.name for each in lying]):
            self.fields["accept_drop"] = forms.IntegerField(
                min_value=0,
                max_value=10**9,
                required=False,
                label=say("jobs.accept_drop"),
                help_text=say("jobs.accept_drop_help"),
            )

    def parameters(self) -> dict[str, Any]:
        """Return what was told, as a job takes it."""
        told = self.cleaned_data
        given = {name: told[name] for name in ("delivery", "kind", "mapping") if told.get(name)}
        if told["delivered_on"]:
            given["delivered_on"] = str(told["delivered_on"])
        if told.get("accept_drop") is not None:
            given["accept_drop"] = told["accept_drop"]
        return given


class UploadForm(forms.Form):
    """Files that are sent as one delivery."""

    def __init__(self, desk: Desk, data: Any = None) -> None:  # noqa: ANN401 - the same
        super().__init__(data, auto_id="upload_%s")
        self.fields["files"] = forms.Field(
            required=False,
            label=desk.language.say("jobs.files"),
            widget=_ManyFiles(attrs={"accept": _UPLOADED}),
        )
        self.fields["name"] = forms.CharField(
            required=False,
            max_length=100,
            label=desk.language.say("jobs.name"),
            help_text=desk.language.say("jobs.name_help"),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )


class CloseForm(forms.Form):
    """Which day is to be closed."""

    def __init__(self, desk: Desk, data: Any = None, **told: Any) -> None:  # noqa: ANN401 - the same
        super().__init__(data, auto_id="close_%s", **told)
        self.fields["as_of"] = forms.DateField(
            label=desk.language.say("jobs.day"), widget=_day_input()
        )
        self._too_early = desk.language.say("jobs.too_early")
        self._to_come = desk.language.say("jobs.to_come")

    def clean_as_of(self) -> date:
        """Return the day; one that is far from any loan, or still to come, is refused."""
        day: date = self.cleaned_data["as_of"]
        if day < _EARLIEST:
            raise forms.ValidationError(self._too_early)
        if day > datetime.now(tz=UTC).date() + timedelta(days=1):  # it is tomorrow in the east
            raise forms.ValidationError(self._to_come)
        return day


class NightlyForm(forms.Form):
    """Whether, when and how loads and closes run by themselves."""

    def __init__(self, desk: Desk, home: Home, chosen: Nightly, data: Any = None) -> None:  # noqa: ANN401 - the same
        names = ("on", "after", "zone", "loads", "kind", "mapping")
        initial = {name: getattr(chosen, name) for name in names}
        super().__init__(data, auto_id="nightly_%s", initial=initial)
        say = desk.language.say
        self.fields["on"] = forms.BooleanField(required=False, label=say("jobs.on"))
        self.fields["after"] = forms.TimeField(
            label=say("jobs.after"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        )
        self.fields["zone"] = forms.ChoiceField(
            choices=[(name, name) for name in sorted(available_timezones())], label=say("jobs.zone")
        )
        self.fields["loads"] = forms.BooleanField(required=False, label=say("jobs.loads"))
        self.fields["kind"] = forms.ChoiceField(
            choices=_kinds(desk), label=say("jobs.unnamed_kind")
        )
        _add_mapping(self, desk, home)


def _day_input() -> forms.DateInput:
    """Return a browser's own field for a day, which knows one form alone."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class _ManyFiles(forms.ClearableFileInput):
    """A field that takes several files."""

    allow_multiple_selected = True


def _kinds(desk: Desk) -> list[tuple[str, str]]:
    return [(kind, desk.language.say(f"jobs.{kind}")) for kind in KINDS]


def _add_mapping(form: forms.Form, desk: Desk, home: Home) -> None:
    """Let a mapping be chosen, where the bank has any."""
    if names := mappings(home):
        form.fields["mapping"] = forms.ChoiceField(
            choices=[("", desk.language.say("jobs.no_mapping")), *((name, name) for name in names)],
            required=False,
            label=desk.language.say("jobs.mapping"),
        )
