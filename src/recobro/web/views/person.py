"""One person: their account and posts, and what is changed about them."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recobro.book.models import Institution
from recobro.casework.case import operations as casework
from recobro.casework.case.models import Case
from recobro.casework.case.queries import left_by, successors
from recobro.office.appointments.operations import appoint
from recobro.office.appointments.queries import asked_for, person_near
from recobro.office.approvals.operations import withdraw
from recobro.office.approvals.queries import deciders
from recobro.office.people import operations as office
from recobro.office.people.enums import Right, Role
from recobro.office.people.models import Post, User
from recobro.office.people.queries import (
    delegations_of,
    gives,
    looks_after,
    may_appoint,
    open_sessions,
    posts_of,
    roles_given,
)
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked, Desk
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.render import page

_REASON: Final = 400


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none as it runs
    """Choose a person; two may have the same name."""

    def label_from_instance(self, obj: User) -> str:
        """Return what tells a person from another of the same name."""
        return f"{obj} · {obj.username}"


class NewPost(forms.Form):
    """Which post somebody is to hold besides."""

    def __init__(self, desk: Desk, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # what a request brings
        say = desk.language.say
        scope = desk.scope(Right.APPOINT)
        roles = [(role.value, say(f"role.{role.value}")) for role in roles_given(scope)]
        self.fields["role"] = forms.ChoiceField(choices=roles, label=say("people.role"))
        self.fields["institution"] = forms.ModelChoiceField(
            Institution.objects.filter(scope.within()),
            label=say("people.institution"),
        )
        self.fields["reason"] = reason_field(say("case.reason"), say("person.reason_help"))


def reason_field(label: str, help_text: str) -> forms.CharField:
    """Return a field for why a post is given, which whoever confirms it reads."""
    return forms.CharField(
        max_length=_REASON, required=False, label=label, help_text=help_text, empty_value=""
    )


class NewPassword(forms.Form):
    """A password that is good for choosing another."""

    def __init__(self, desk: Desk, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # what a request brings
        self.fields["password"] = forms.CharField(
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            label=desk.language.say("person.password"),
        )


class Leave(forms.Form):
    """Why somebody leaves, and who takes what they leave behind."""

    def __init__(self, asked: Asked, user: User, rest: list[Post]) -> None:
        super().__init__(asked.POST if asked.method == "POST" else None)
        say = asked.desk.language.say
        left = left_by(user, rest)
        self.left: int = left.count()
        if self.left:
            able = successors(left, but=user, on=asked.desk.on)
            self.fields["successor"] = PersonField(able, label=say("person.successor"))
        self.fields["reason"] = forms.CharField(
            max_length=_REASON, label=say("case.reason"), widget=forms.TextInput()
        )

    @property
    def successor(self) -> User | None:
        """Who takes the cases, where there are any."""
        found: User | None = self.cleaned_data.get("successor")
        return found


@needs(Right.PEOPLE)
@require_safe
def person(asked: Asked, username: str) -> HttpResponse:
    """Show somebody's account and posts, and to whoever looks after them what can be changed."""
    return _page(asked, _person(asked, username))


@needs(Right.APPOINT)
@require_POST
def give(asked: Asked, username: str) -> HttpResponse:
    """Give somebody another post, or ask a second person to confirm it."""
    user, by = _person(asked, username), _by(asked)
    form = NewPost(asked.desk, asked.POST)

    def act() -> object:
        told = form.cleaned_data
        role, place = Role(told["role"]), told["institution"]
        why = told["reason"]
        return appoint(
            user=user, role=role, institution=place, at=timezone.now(), by=by, reason=why
        )

    if form.is_valid() and done(asked, form, act):
        return redirect("person", username)
    return _page(asked, user, post_form=form, status=422)


@needs(Right.APPOINT)
@require_POST
def take_back(asked: Asked, username: str, number: int) -> HttpResponse:
    """Withdraw what one has asked for, before anybody has decided it."""
    user, by = _person(asked, username), _by(asked)
    waits = asked_for(user, asked.desk.scope(Right.PEOPLE))
    own = next((one for one in waits if one.pk == number and one.asked_by_id == by.pk), None)
    if own is None:
        raise Http404
    form = NewPost(asked.desk)
    form.errors.clear()
    if done(asked, form, lambda: withdraw(request=own, by=by, at=timezone.now())):
        return redirect("person", username)
    return _page(asked, user, post_form=form, status=409)


@needs(Right.APPOINT)
@require_http_methods(["GET", "HEAD", "POST"])
def end_post(asked: Asked, username: str, number: int) -> HttpResponse:
    """Ask once before a post ends, then end it."""
    user, by = _person(asked, username), _by(asked)
    held = posts_of(user, on=asked.desk.on)
    post = next((post for post in held if post.pk == number), None)
    if post is None or not may_appoint(by, post.role_held, post.institution, on=asked.desk.on):
        raise Http404
    form = Leave(asked, user, [other for other in held if other.pk != number])

    def act() -> object:
        return casework.end_post(post=post, **_told(form, by))

    return _ending(asked, user, form, act, post)


@needs(Right.APPOINT)
@require_http_methods(["GET", "HEAD", "POST"])
def end(asked: Asked, username: str) -> HttpResponse:
    """Ask once before an account ends, then end it."""
    user, by = _person(asked, username), _by(asked)
    if not user.is_active or not looks_after(by, user, on=asked.desk.on):
        raise Http404
    form = Leave(asked, user, [])

    def act() -> object:
        return casework.end_account(user=user, **_told(form, by))

    return _ending(asked, user, form, act, None)


@needs(Right.APPOINT)
@sensitive_post_parameters("password")
@require_POST
def password(asked: Asked, username: str) -> HttpResponse:
    """Give somebody a password to choose another with; an ended account comes back by it."""
    user, by = _person(asked, username), _by(asked)
    if not looks_after(by, user, on=asked.desk.on):
        raise Http404
    form = NewPassword(asked.desk, asked.POST)

    def act() -> object:
        told = {"user": user, "password": form.cleaned_data["password"], "by": by}
        if user.is_active:
            return office.change_password(**told, at=timezone.now(), must_change=True)
        return office.resume_account(**told, at=timezone.now())

    if form.is_valid() and done(asked, form, act):
        return redirect("person", username)
    return _page(asked, user, password_form=form, status=422)


@needs(Right.APPOINT)
@require_POST
def end_sessions(asked: Asked, username: str) -> HttpResponse:
    """End all that is open in somebody's name."""
    user, by = _person(asked, username), _by(asked)
    if not looks_after(by, user, on=asked.desk.on):
        raise Http404
    office.end_sessions(user=user, at=timezone.now(), by=by)
    return redirect("person", username)


@needs(Right.APPOINT)
@require_POST
def remove_second_factor(asked: Asked, username: str) -> HttpResponse:
    """Take away the second factor of somebody who has lost it; they can enrol another."""
    user, by = _person(asked, username), _by(asked)
    if not user.has_second_factor or not looks_after(by, user, on=asked.desk.on):
        raise Http404
    office.remove_second_factor(user=user, at=timezone.now(), by=by)
    return redirect("person", username)


def done(asked: Asked, form: forms.Form, act: Callable[[], object]) -> bool:
    """Do something; what is refused is said in the form."""
    try:
        act()
    except Refusal as refused:
        form.add_error(None, in_words(refused, asked.desk.language))
        return False
    return True


def _told(form: Leave, by: User) -> dict[str, Any]:
    told = {"reason": form.cleaned_data["reason"], "successor": form.successor}
    return told | {"at": timezone.now(), "by": by}


def _ending(
    asked: Asked, user: User, form: Leave, act: Callable[[], object], post: Post | None
) -> HttpResponse:
    if asked.method == "POST" and form.is_valid() and done(asked, form, act):
        return redirect("person", user.username)
    context = {"person": user, "form": form, "post": post}
    return page(asked, "person_end", context, status=422 if form.errors else 200)


def _person(asked: Asked, username: str) -> User:
    """Return somebody of the institutions that are looked after; another is none that there is."""
    found = person_near(asked.desk.scope(Right.PEOPLE), username, on=asked.desk.on)
    if found is None:
        raise Http404
    return found


def _by(asked: Asked) -> User:
    if asked.desk.user is None:
        raise Http404
    return asked.desk.user


def _page(
    asked: Asked,
    user: User,
    *,
    post_form: NewPost | None = None,
    password_form: NewPassword | None = None,
    status: int = 200,
) -> HttpResponse:
    desk, by = asked.desk, _by(asked)
    appoints = Right.APPOINT in desk.rights
    looks = appoints and looks_after(by, user, on=desk.on)
    gives = appoints and user.is_active and user != by
    context = {
        "person": user,
        "rows": [_row(post, desk) for post in _history(user)],
        "asked": [
            (one, deciders(one, on=desk.on)) for one in asked_for(user, desk.scope(Right.PEOPLE))
        ],
        "cases": Case.objects.filter(responsible=user, closed_on__isnull=True).count(),
        "absences": delegations_of(user, on=desk.on),
        "looks_after": looks,
        "sessions": open_sessions(user, at=timezone.now()),
        "post_form": (post_form or NewPost(desk)) if gives else None,
        "password_form": (password_form or NewPassword(desk)) if looks else None,
    }
    return page(asked, "person", context, status=status)


def _history(user: User) -> list[Post]:
    """Return every post of a person, those that are held first, then the latest."""
    posts = list(user.posts.select_related("institution").order_by("-from_on", "-id"))
    return sorted(posts, key=lambda post: post.until_on is not None)


def _row(post: Post, desk: Desk) -> dict[str, Any]:
    held = post.until_on is None
    scope = desk.scope(Right.APPOINT)
    ends = held and gives(scope, post.role_held, post.institution)
    return {"post": post, "held": held, "ends": ends}
