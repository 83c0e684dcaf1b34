from django import forms
from django.contrib.auth import authenticate, update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from recobro.office.people.models import User
from recobro.office.people.operations import change_password
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.render import page
from recobro.web.sessions import noted


class Choice(forms.Form):
    """The password so far, and another."""

    def __init__(self, asked: Asked, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # what a request brings
        for name, complete in (("old", "current-password"), ("new", "new-password")):
            self.fields[name] = forms.CharField(
                strip=False,
                label=asked.desk.language.say(f"password.{name}"),
                widget=forms.PasswordInput(attrs={"autocomplete": complete}),
            )


@needs()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(asked: Asked) -> HttpResponse:
    """Let somebody choose another password."""
    form = Choice(asked, asked.POST if asked.method == "POST" else None)
    user = asked.desk.user
    if user is not None and form.is_valid() and _done(asked, form, user):
        return redirect("home")
    return page(asked, "password", {"form": form}, status=422 if form.errors else 200)


def _done(asked: Asked, form: Choice, user: User) -> bool:
    # as at the door, where whoever guesses is slowed
    if authenticate(asked, username=user.username, password=form.cleaned_data["old"]) is None:
        form.add_error("old", asked.desk.language.say("password.wrong"))
        return False
    try:
        changed = change_password(
            user=user,
            password=form.cleaned_data["new"],
            at=timezone.now(),
            by=user.username,
        )
    except Refusal as refused:
        form.add_error("new", in_words(refused, asked.desk.language))
        return False
    update_session_auth_hash(asked, changed)
    noted(asked, changed)
    return True
