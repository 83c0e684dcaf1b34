from datetime import UTC, datetime
from typing import Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from recobro.book.models import Institution
from recobro.office.appointments.operations import appoint_newcomer
from recobro.office.appointments.queries import asked_in, newcomers
from recobro.office.people.enums import Right, Role
from recobro.office.people.models import User
from recobro.office.people.queries import colleagues, gone, roles_given
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked, Desk
from recobro.web.gate import needs
from recobro.web.language import NAMES
from recobro.web.refusals import in_words
from recobro.web.render import page
from recobro.web.views.person import reason_field

_LENGTH: Final = 60


class NewPerson(forms.Form):
    """Who is to get an account, and in which post."""

    def __init__(self, desk: Desk, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # what a request brings
        say = desk.language.say
        scope = desk.scope(Right.APPOINT)
        self.fields["username"] = forms.CharField(
            max_length=_LENGTH,
            label=say("people.username"),
            widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        )
        self.fields["name"] = forms.CharField(max_length=200, label=say("people.name"))
        self.fields["role"] = forms.ChoiceField(
            choices=[(role.value, say(f"role.{role.value}")) for role in roles_given(scope)],
            label=say("people.role"),
        )
        self.fields["institution"] = forms.ModelChoiceField(
            Institution.objects.filter(scope.within()), label=say("people.institution")
        )
        self.fields["reason"] = reason_field(say("case.reason"), say("person.reason_help"))
        self.fields["language"] = forms.ChoiceField(
            choices=list(NAMES.items()), label=say("people.language")
        )
        self.fields["password"] = forms.CharField(
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            label=say("people.password"),
        )


@needs(Right.PEOPLE)
@require_safe
def people(asked: Asked) -> HttpResponse:
    """List who has an account, and which posts; whoever appoints adds somebody here."""
    may_add = Right.APPOINT in asked.desk.rights
    return _page(asked, NewPerson(asked.desk) if may_add else None)


@needs(Right.APPOINT)
@sensitive_post_parameters("password")
@require_POST
def add(asked: Asked) -> HttpResponse:
    """Give somebody an account and a first post."""
    form = NewPerson(asked.desk, asked.POST)
    if form.is_valid() and _added(form, asked.desk):
        return redirect("people")
    return _page(asked, form, status=422)


def _page(asked: Asked, form: NewPerson | None, *, status: int = 200) -> HttpResponse:
    desk = asked.desk
    left = bool(desk.told("left"))
    scope = desk.scope(Right.PEOPLE)
    rows = (gone if left else colleagues)(scope, on=desk.on)
    context = {"rows": rows, "left": left, "form": None if left else form}
    if left:
        context |= {"without": list(newcomers(scope, lasting=False))}
    else:
        asked_now = list(asked_in(scope))
        names = User.objects.in_bulk([one.subject for one in asked_now], field_name="username")
        without = [one for one in newcomers(scope) if one.username not in names]
        context |= {"asked": asked_now, "names": names, "without": without}
    return page(asked, "people", context, status=status)


def _added(form: NewPerson, desk: Desk) -> bool:
    """Add a person; what is refused is said beside the form."""
    told = form.cleaned_data
    if desk.user is None:
        return False
    try:
        appoint_newcomer(
            username=told["username"],
            name=told["name"],
            password=told["password"],
            role=Role(told["role"]),
            institution_id=told["institution"].pk,
            language=told["language"],
            at=datetime.now(tz=UTC),
            by=desk.user,
            reason=told["reason"],
        )
    except Refusal as refused:
        form.add_error(None, in_words(refused, desk.language))
        return False
    return True
