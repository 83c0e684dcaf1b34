"""What people say of a team: its name and mandate, members, institutions, cases."""

from datetime import date, timedelta
from typing import Final

from django import forms

from recobro.book.models import Institution
from recobro.book.queries import Scope
from recobro.casework.case.models import Case
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.oversight.teams.enums import MOST_LARGEST, Kind
from recobro.oversight.teams.models import Pair, Team
from recobro.oversight.teams.queries import possible_leaders, possible_members, teams_for
from recobro.web.desk import Asked, Desk

_NAME: Final = 100
_MANDATE: Final = 2_000
_REASON: Final = 400
_LISTED: Final = 500
"""Names of loans or households in one list."""


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none as it runs
    """Choose a person; two may have the same name."""

    def label_from_instance(self, obj: User) -> str:
        """Return what tells a person from another of the same name."""
        return f"{obj} · {obj.username}"


class TeamField(forms.ModelChoiceField):  # type: ignore[type-arg]  # the same
    """Choose a team; two may have the same name at different institutions."""

    def label_from_instance(self, obj: Team) -> str:
        """Return what tells a team from another of the same name."""
        return f"{obj.name} · {obj.institution}"


class NewTeam(forms.Form):
    """Which team is to be set up, and where."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked.POST if asked.method == "POST" else None)
        desk, say = asked.desk, asked.desk.language.say
        self.fields["kind"] = forms.ChoiceField(
            choices=[(kind.value, say(f"team.{kind.value}")) for kind in Kind],
            label=say("teams.kind"),
            initial=Kind.CLEARING_TEAM.value,
        )
        self.fields["institution"] = forms.ModelChoiceField(
            Institution.objects.filter(desk.scope(Right.ASSIGN).within()),
            label=say("people.institution"),
            empty_label=None,
        )
        _add_said(self, desk)
        self.fields["until"] = _day(desk, required=False, helped="teams.until_help")
        self.fields["largest"] = _number(desk, required=False, helped="teams.largest_help")


class ChangedTeam(forms.Form):
    """What of a team is said anew."""

    def __init__(self, asked: Asked, team: Team) -> None:
        super().__init__(
            asked.POST if asked.method == "POST" else None,
            initial={
                "name": team.name,
                "mandate": team.mandate,
                "largest": team.largest,
                "until": team.last_on,
                "version": team.version,
            },
        )
        _add_said(self, asked.desk)
        if team.kind == Kind.TASK_FORCE:
            self.fields["until"] = _day(asked.desk, required=True)
        if team.kind == Kind.LARGE_DEBTS:
            self.fields["largest"] = _number(asked.desk, required=True)
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput())


class NewMember(forms.Form):
    """Who is to join a team."""

    def __init__(self, asked: Asked, team: Team) -> None:
        super().__init__(asked.POST if asked.method == "POST" else None)
        found = possible_members(team, on=asked.desk.on)
        self.fields["user"] = PersonField(found, label=asked.desk.language.say("teams.member"))


class NewLeader(forms.Form):
    """Who is to lead a team, and who does as whoever decides has seen it."""

    def __init__(self, asked: Asked, team: Team) -> None:
        led = team.members.filter(leads=True, until_on__isnull=True).select_related("user").first()
        super().__init__(
            asked.POST if asked.method == "POST" else None,
            initial={"instead_of": led.user.username if led else ""},
        )
        found = possible_leaders(Kind(team.kind), team.institution, on=asked.desk.on)
        if led is not None and asked.method != "POST":
            found = found.exclude(pk=led.user_id)
        self.fields["user"] = PersonField(found, label=asked.desk.language.say("teams.leader"))
        self.fields["instead_of"] = forms.CharField(
            required=False, max_length=60, widget=forms.HiddenInput()
        )


class NewPair(forms.Form):
    """Which institution a team is to help."""

    def __init__(self, asked: Asked, team: Team) -> None:
        super().__init__(asked.POST if asked.method == "POST" else None)
        below = Institution.objects.filter(Scope((team.institution.path,)).within())
        self.fields["institution"] = forms.ModelChoiceField(
            below.exclude(pk=team.institution_id).exclude(
                pair__in=Pair.objects.filter(until_on__isnull=True)
            ),
            label=asked.desk.language.say("people.institution"),
        )


class CaseList(forms.Form):
    """Which cases a team is to have: of some loans or households, one a line."""

    def __init__(self, asked: Asked, team: Team) -> None:
        del team
        super().__init__(asked.POST if asked.method == "POST" else None)
        say = asked.desk.language.say
        self.fields["names"] = forms.CharField(
            max_length=_LISTED * 40,
            label=say("teams.names"),
            help_text=say("teams.names_help"),
            widget=forms.Textarea(attrs={"rows": 8}),
        )
        self.fields["reason"] = _reason(asked.desk)

    def listed(self) -> list[str]:
        """Return what was named, once each."""
        named: str = self.cleaned_data["names"]
        return named.replace(",", " ").replace(";", " ").split()


class CaseTeam(forms.Form):
    """Which team a case is to be given to."""

    def __init__(self, asked: Asked, case: Case) -> None:
        super().__init__(asked.POST if asked.method == "POST" else None)
        desk = asked.desk
        found = teams_for(case, on=desk.on).filter(
            desk.scope(Right.ASSIGN).within("institution__path")
        )
        self.fields["team"] = TeamField(
            found.select_related("institution"), label=desk.language.say("teams.one")
        )
        self.fields["reason"] = _reason(desk)


class Ending(forms.Form):
    """Why a team ends."""

    def __init__(self, asked: Asked, team: Team) -> None:
        del team
        super().__init__(asked.POST if asked.method == "POST" else None)
        self.fields["reason"] = _reason(asked.desk)


def _add_said(form: forms.Form, desk: Desk) -> None:
    say = desk.language.say
    form.fields["name"] = forms.CharField(max_length=_NAME, label=say("teams.name"))
    form.fields["mandate"] = forms.CharField(
        max_length=_MANDATE,
        required=False,
        label=say("teams.mandate"),
        help_text=say("teams.mandate_help"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _reason(desk: Desk) -> forms.CharField:
    return forms.CharField(max_length=_REASON, label=desk.language.say("case.reason"))


def _day(desk: Desk, *, required: bool, helped: str = "") -> forms.DateField:
    return forms.DateField(
        required=required,
        label=desk.language.say("teams.last_day"),
        help_text=desk.language.say(helped) if helped else "",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _number(desk: Desk, *, required: bool, helped: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        min_value=1,
        max_value=MOST_LARGEST,
        required=required,
        label=desk.language.say("teams.largest"),
        help_text=desk.language.say(helped) if helped else "",
    )


def last_to_until(last: date | None) -> date | None:
    """Return the first day on which something is no more, of its last one."""
    return None if last is None or last == date.max else last + timedelta(days=1)
