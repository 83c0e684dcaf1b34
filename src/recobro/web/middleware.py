from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from recobro.office.people.models import User
from recobro.web.desk import Desk
from recobro.web.language import DJANGO, language, preferred
from recobro.web.sessions import used

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
