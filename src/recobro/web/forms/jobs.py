from typing import Any, Final
from zoneinfo import available_timezones

from django import forms

from recobro.runs.home import Home
from recobro.runs.inbox import TABLES, WORKBOOK, mappings, waiting
from recobro.runs.models import KINDS, Nightly
from recobro.runs.queries import was_refused
from recobro.web.desk import Desk

_UPLOADED: Final = ",".join([*TABLES, WORKBOOK])


class LoadForm(forms.Form):
    """Which delivery of the inbox is to be loaded, and how."""

    def __init__(self, desk: Desk, home: Home, data: Any = None) -> None:  # noqa: ANN401 - what a request brings
        super().__init__(data, auto_id="load_%s")
        say = desk.language.say
        names = [each.name for each in waiting(home) if each.readable]
        self.fields["delivery"] = forms.ChoiceField(
            choices=[(name, name) for name in names], label=say("jobs.delivery")
        )
        self.fields["kind"] = forms.ChoiceField(
            choices=[("", say("jobs.as_named")), *_kinds(desk)],
            required=False,
            label=say("jobs.kind"),
        )
        self.fields["delivered_on"] = forms.DateField(
            required=False,
            label=say("loads.delivered_on"),
            help_text=say("jobs.delivered_on_help"),
            widget=_day_input(),
        )
        _add_mapping(self, desk, home)
        if was_refused(names):
            self.fields["accept_drop"] = forms.IntegerField(
                min_value=0,
                max_value=10**9,
                required=False,
                label=say("jobs.accept_drop"),
                help_text=say("jobs.accept_drop_help"),
            )


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
