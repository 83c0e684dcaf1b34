"""Sign in with the bank's own identity provider."""

import logging
from dataclasses import asdict
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from recobro.office.identity_provider import Provider
from recobro.office.oidc import Attempt, begin, finish
from recobro.office.people.operations import identify
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked
from recobro.web.gate import everybody, own_address
from recobro.web.render import page

_ATTEMPT: Final = "oidc-attempt"
"""The cookie of a browser that was sent to the provider: nobody is written down for going there."""

_WITHIN: Final = 10 * 60
"""Seconds within which somebody comes back."""

_LONGEST: Final = 1_000
"""Signs of the address to go on to; a browser keeps no cookie of more than 4096."""

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
    response = redirect(address)
    kept = {"attempt": asdict(attempt), "next": after if len(after) <= _LONGEST else ""}
    response.set_cookie(
        _ATTEMPT,
        signing.dumps(kept, salt=_ATTEMPT, compress=True),
        max_age=_WITHIN,
        path=reverse("oidc"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@everybody
@never_cache
@require_safe
def back(asked: Asked) -> HttpResponse:
    """Let in who comes back from the identity provider, if they have an account here."""
    response = _came(asked, _provider())
    response.delete_cookie(_ATTEMPT, path=reverse("oidc"), samesite="Lax")
    return response


def _came(asked: Asked, provider: Provider) -> HttpResponse:
    kept = _kept(asked)
    if kept is None or asked.GET.get("state") != kept["attempt"]["state"]:
        return _refused(asked, "nobody was sent there, or another browser was")
    code = asked.GET.get("code")
    if not code:
        return _refused(asked, f"the identity provider says {asked.GET.get('error', 'nothing')!r}")
    try:
        told = finish(provider, Attempt(**kept["attempt"]), code=code, back=_back(asked))
        user = identify(told=told, at=timezone.now())
    except Refusal as refused:
        return _refused(asked, refused)
    login(asked, user, backend=_BACKEND)
    asked.session["vouched"] = True
    return redirect(kept["next"] or "home")


def _kept(asked: Asked) -> dict[str, Any] | None:
    """Return what this browser was sent away with some minutes ago."""
    try:
        kept: dict[str, Any] = signing.loads(
            asked.COOKIES.get(_ATTEMPT, ""), salt=_ATTEMPT, max_age=_WITHIN
        )
    except signing.BadSignature:
        return None
    return kept


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
