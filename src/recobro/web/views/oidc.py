"""Sign in with the bank's own identity provider."""

import logging
import unicodedata
from dataclasses import asdict
from typing import Final

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from recobro.office.oidc import Attempt, Provider, begin, finish
from recobro.office.people.models import User
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked
from recobro.web.gate import everybody, own_address
from recobro.web.render import page

_ATTEMPT: Final = "oidc attempt"
"""What a session knows of somebody who was sent to the provider."""

_BACKEND: Final = "recobro.office.people.backend.ByPassword"
_log = logging.getLogger("recobro.oidc")


@everybody
@never_cache
@require_safe
def away(asked: Asked) -> HttpResponse:
    """Send somebody to the identity provider."""
    provider = _provider()
    try:
        address, attempt = begin(provider, back=_back(asked))
    except Refusal as refused:
        return _refused(asked, refused)
    after = own_address(asked, asked.GET.get("next", ""))
    asked.session[_ATTEMPT] = {"attempt": asdict(attempt), "next": after}
    return redirect(address)


@everybody
@never_cache
@require_safe
def back(asked: Asked) -> HttpResponse:
    """Let in who comes back from the identity provider, if they have an account here."""
    provider = _provider()
    kept = asked.session.pop(_ATTEMPT, None)
    if kept is None or asked.GET.get("state") != kept["attempt"]["state"]:
        return _refused(asked, "nobody was sent there, or another browser was")
    code = asked.GET.get("code")
    if not code:
        return _refused(asked, f"the identity provider says {asked.GET.get('error', 'nothing')!r}")
    try:
        who = finish(provider, Attempt(**kept["attempt"]), code=code, back=_back(asked))
    except Refusal as refused:
        return _refused(asked, refused)
    name = unicodedata.normalize("NFKC", who).replace("\0", "")  # which databases refuse
    user = User.objects.filter(username__iexact=name, is_active=True).first()
    if user is None:
        return _refused(asked, f"nobody here is called {who!r}")
    login(asked, user, backend=_BACKEND)
    asked.session["vouched"] = True
    return redirect(kept["next"] or "home")


def _provider() -> Provider:
    found: Provider | None = settings.OIDC
    if found is None:
        raise Http404
    return found


def _back(asked: Asked) -> str:
    return asked.build_absolute_uri(reverse("oidc-back"))


def _refused(asked: Asked, reason: object) -> HttpResponse:
    """Say that it did not work; why is for those who run the machine."""
    _log.warning("Nobody was signed in: %s", reason)
    return page(asked, "sign_in", {"vouched_for_nobody": True, "next": ""}, status=403)
