"""The second factor: asked for at the door, enrolled and taken away under preferences."""

from datetime import datetime, timedelta
from typing import Any, Final

import segno
from django import forms
from django.contrib.auth import authenticate, login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recobro.office.people.models import User
from recobro.office.people.operations import (
    CodeTriedTooOften,
    enrol,
    prove,
    remove_second_factor,
    renew_recovery_codes,
)
from recobro.office.people.rules import address_of, new_secret
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked
from recobro.web.gate import everybody, needs
from recobro.web.render import page
from recobro.web.views.person import done

_HALF: Final = "half"
"""What a session knows of somebody whose password was right, and whose code is to come."""

_WITHIN: Final = timedelta(minutes=5)
_PENDING: Final = "second factor"
"""The secret that a session shows for enrolling."""

_BACKEND: Final = "recobro.office.people.backend.ByPassword"
_LONGEST: Final = 40


class Code(forms.Form):
    """The code that is shown now, or a recovery code."""

    code = forms.CharField(max_length=_LONGEST)


class Own(forms.Form):
    """The own password once more: who has found the browser open does not know it."""

    def __init__(self, asked: Asked, user: User, *, code: bool) -> None:
        super().__init__(asked.POST if asked.method == "POST" else None)
        self._asked, self._user, self._say = asked, user, asked.desk.language.say
        if code:
            typed = {"autocomplete": "one-time-code", "inputmode": "numeric"}
            self.fields["code"] = forms.CharField(
                max_length=_LONGEST,
                label=self._say("factor.code"),
                widget=forms.TextInput(attrs=typed),
            )
        self.fields["password"] = forms.CharField(
            strip=False,
            label=self._say("factor.password"),
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )

    def clean_password(self) -> str:
        """Refuse another password than the own; whoever guesses is slowed as at the door."""
        typed: str = self.cleaned_data["password"]
        if authenticate(self._asked, username=self._user.username, password=typed) is None:
            raise forms.ValidationError(self._say("password.wrong"))
        return typed


def ask_for_code(asked: Asked, user: User, after: str) -> HttpResponse:
    """Keep for some minutes that the password was right, and ask for the code."""
    asked.session.cycle_key()
    asked.session[_HALF] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "until": (timezone.now() + _WITHIN).isoformat(),
        "next": after,
    }
    return redirect("sign-in-code")


@everybody
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(asked: Asked) -> HttpResponse:
    """Ask for the code after the password; without that, for the password."""
    half: dict[str, Any] = asked.session.get(_HALF, {})
    user = _half_way(half)
    if user is None:
        return redirect("sign-in")
    form = Code(asked.POST if asked.method == "POST" else None)
    if form.is_valid():
        try:
            prove(user=user, code=form.cleaned_data["code"], at=timezone.now())
        except CodeTriedTooOften:
            return page(asked, "code", {"locked": True}, status=429)
        except Refusal:
            pass  # a wrong code, or the factor was taken away meanwhile: both say the same
        else:
            del asked.session[_HALF]
            login(asked, user, backend=_BACKEND)
            return redirect(half["next"] or "home")
    return page(asked, "code", {"refused": asked.method == "POST"})


@needs()
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(asked: Asked) -> HttpResponse:
    """Enrol a second factor; show whoever has one what they have."""
    user = _user(asked)
    if user.has_second_factor:
        return _has_one(asked, user)
    form = Own(asked, user, code=True)
    codes: list[str] = []

    def act() -> None:
        key, secret = asked.session.session_key or "", _pending(asked)
        typed = form.cleaned_data["code"]
        codes.extend(enrol(user=user, secret=secret, code=typed, at=timezone.now(), keep=key))

    if asked.method == "POST" and form.is_valid() and done(asked, form, act):
        del asked.session[_PENDING]
        return page(asked, "recovery_codes", {"codes": codes, "enrolled": True})
    return _page(asked, user, form)


@needs()
@never_cache
@require_safe
def qr(asked: Asked) -> HttpResponse:
    """Draw the code by which a telephone takes the secret in."""
    user = _user(asked)
    if user.has_second_factor:
        raise Http404
    drawn = segno.make(address_of(_pending(asked), user.username), error="m")
    parts = drawn.svg_inline(dark="#000", light="#fff", omitsize=True)
    image = parts.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return HttpResponse(image, content_type="image/svg+xml")


@needs()
@sensitive_post_parameters()
@never_cache
@require_POST
def recovery_codes(asked: Asked) -> HttpResponse:
    """Give other recovery codes, and show them once."""
    user = _enrolled(asked)
    form = Own(asked, user, code=False)
    if not form.is_valid():
        return _page(asked, user, form)
    codes = renew_recovery_codes(user=user, at=timezone.now())
    return page(asked, "recovery_codes", {"codes": codes})


@needs()
@sensitive_post_parameters()
@require_POST
def remove(asked: Asked) -> HttpResponse:
    """Take the own second factor away, where none is demanded."""
    user = _enrolled(asked)
    if asked.desk.factor_demanded:
        raise Http404
    form = Own(asked, user, code=False)
    if not form.is_valid():
        return _page(asked, user, form)
    remove_second_factor(user=user, at=timezone.now(), by=user)
    return redirect("second-factor")


def _half_way(half: dict[str, Any]) -> User | None:
    """Return whose password was right some minutes ago, and is still theirs."""
    if not half:
        return None
    user = User.objects.filter(pk=half["user"], is_active=True).first()
    late = timezone.now() > datetime.fromisoformat(half["until"])
    same = user is not None and user.get_session_auth_hash() == half["hash"]
    return user if same and not late else None


def _user(asked: Asked) -> User:
    if asked.desk.user is None:
        raise Http404
    return asked.desk.user


def _enrolled(asked: Asked) -> User:
    user = _user(asked)
    if not user.has_second_factor:
        raise Http404
    return user


def _pending(asked: Asked) -> str:
    """Return the secret for enrolling that this session shows."""
    secret: str = asked.session.setdefault(_PENDING, new_secret())
    return secret


def _has_one(asked: Asked, user: User) -> HttpResponse:
    if asked.method == "POST":  # enrolled meanwhile, in another window
        return redirect("second-factor")
    return _page(asked, user, Own(asked, user, code=False))


def _page(asked: Asked, user: User, form: Own) -> HttpResponse:
    status = 422 if form.errors else 200
    if user.has_second_factor:
        factor = user.second_factor
        left = factor.recovery_codes.filter(used_at=None).count()
        return page(asked, "factor", {"form": form, "factor": factor, "left": left}, status=status)
    secret = _pending(asked)
    typed = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return page(asked, "enrol", {"form": form, "typed": typed}, status=status)
