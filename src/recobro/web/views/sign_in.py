from typing import Any

from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from recobro.office.people.models import User
from recobro.web.desk import Asked
from recobro.web.gate import everybody, own_address
from recobro.web.render import page

LOCKED = 429
"""Too many requests."""


class NameAndPassword(AuthenticationForm):
    """What a person proves themselves by; whoever counts failures keeps no longer a name."""

    username = UsernameField(max_length=User._meta.get_field("username").max_length)


@everybody
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(asked: Asked) -> HttpResponse:
    """Ask for name and password; somebody who has signed in goes on."""
    after = own_address(asked, asked.POST.get("next") or asked.GET.get("next", ""))
    if asked.desk.user is not None:
        return redirect(after or "home")
    form = NameAndPassword(asked, data=asked.POST or None)
    if asked.method == "POST" and form.is_valid():
        login(asked, form.get_user())
        return redirect(after or "home")
    refused = asked.method == "POST"
    return page(asked, "sign_in", {"form": form, "next": after, "refused": refused})


@everybody
@require_POST
def sign_out(asked: Asked) -> HttpResponse:
    """End the session."""
    logout(asked)
    return redirect("sign-in")


def locked_out(request: HttpRequest, response: Any, credentials: Any) -> HttpResponse:  # noqa: ANN401, ARG001 - as axes calls it
    """Say that somebody has tried too often, for a name at an address."""
    return page(request, "sign_in", {"locked": True, "next": ""}, status=LOCKED)  # type: ignore[arg-type]  # the desk's middleware comes first
