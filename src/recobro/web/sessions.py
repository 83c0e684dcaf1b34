"""From where and with what somebody is signed in."""

import re
from datetime import datetime, timedelta
from typing import Any, Final

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db.models import Sum
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from recobro.office.address import address_of
from recobro.office.people.models import User
from recobro.office.people.operations import note_session, sweep_sessions

_SEEN: Final = "seen"
"""What a session knows of when it was noted last."""

_EVERY: Final = timedelta(hours=1)

_BROWSERS: Final = (
    ("MicroMessenger/", "WeChat"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What browsers say, those first that say what others say too."""

_SYSTEMS: Final = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def crowded(request: HttpRequest) -> bool:
    """Tell whether an address has failed too often with whatever names, in the last while.

    A whole branch may sit behind one address, so it takes ten times as many as for one name, and
    who gets in takes their own failures away.
    """
    since = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    recent = AccessAttempt.objects.filter(ip_address=address_of(request), attempt_time__gte=since)
    failed = recent.aggregate(failed=Sum("failures_since_start"))["failed"] or 0
    return bool(failed >= settings.ADDRESS_FAILURE_LIMIT)


def named(browser: str) -> str:
    """Return in short what a browser says of itself; empty where it says nothing known."""
    found = (
        next((name for sign, name in names if sign in browser), "")
        for names in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(name for name in found if name)


def noted(request: HttpRequest, user: User) -> None:
    """Note that somebody uses a session, now."""
    at = timezone.now()
    note_session(
        user=user,
        key=request.session.session_key or "",
        browser=re.sub(r"[^\x20-\x7e]", "", request.headers.get("User-Agent", "")),
        address=address_of(request),
        at=at,
    )
    request.session[_SEEN] = at.isoformat()


def used(request: HttpRequest, user: User) -> None:
    """Note once an hour that somebody uses a session."""
    seen = request.session.get(_SEEN)
    if seen is None or timezone.now() - datetime.fromisoformat(seen) >= _EVERY:
        noted(request, user)


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:  # noqa: ANN401 - as signals call it
    """Note the new session, and forget those that have run out."""
    sweep_sessions(at=timezone.now())
    noted(request, user)
