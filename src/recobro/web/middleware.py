from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.web.desk import Asked, Desk
from recobro.web.language import DJANGO, language, preferred
from recobro.web.sessions import used
from recobro.web.views.errors import too_large

LANGUAGE_COOKIE = "language"


def desk(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give each request its desk, and speak its language for as long as it takes."""

    def handle(request: HttpRequest) -> HttpResponse:
        user = request.user if isinstance(request.user, User) else None
        if user:
            used(request, user)
        told = user.language if user else request.COOKIES.get(LANGUAGE_COOKIE, "")
        code = told if told in DJANGO else preferred(request.headers.get("Accept-Language", ""))
        request.desk = Desk(  # type: ignore[attr-defined]  # Asked names it
            user=user, language=language(code), on=datetime.now(tz=UTC).date(), asked=request
        )
        with translation.override(DJANGO[code]):
            response = answer(request)
        response.headers.setdefault("Content-Language", code)
        if user:  # what one person saw is not for the next one at the same browser
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return handle


def bounded(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse what is too large before a byte of it is read: Django keeps files as they come.

    Forms are small; only whoever starts loads sends more, to the one address that takes it. The API
    reads no files, and refuses in its own words.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        told = request.META.get("CONTENT_LENGTH") or "0"
        size = int(told) if told.isdigit() else 0
        if size <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE or request.path.startswith("/api/"):
            return answer(request)
        asked = cast("Asked", request)
        takes = request.path == reverse("jobs-upload") and asked.desk.whole(Right.START)
        return answer(request) if takes and size <= settings.UPLOAD_LIMIT else too_large(asked)

    return handle
