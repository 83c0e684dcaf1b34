"""What went wrong, as RFC 9457 has it; the only place that knows which status says what."""

import logging
import re
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
    UnreadablePostError,
)
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel

from recobro.api.answers import AS_WRITTEN
from recobro.api.endpoints.bridges import BridgeNotMade
from recobro.api.endpoints.reports import ReportNotThere
from recobro.api.gate import NotForYourPosts, OnlyForReading, PasswordFirst, SecondFactorFirst
from recobro.api.inputs import NOT_KNOWN
from recobro.api.limits import AskedTooOften
from recobro.casework.case.operations import (
    AssignedMeanwhile,
    CaseClosed,
    DueOtherwise,
    GoneOn,
    MayNotAssign,
    NotTheTaker,
    OnceOwnDeadline,
    OwnDeadline,
    PlanChanged,
    SignedFor,
)
from recobro.office.approvals.operations import (
    Decided,
    MayNotDecide,
    NotAsked,
    OwnMatter,
    OwnRequest,
    WaitsAlready,
)
from recobro.office.tokens.operations import StillAtWork
from recobro.oversight.notices.operations import MayNotSignOff, SignedOff
from recobro.runs.facts import FactsGone
from recobro.terms.refusal import Refusal

logger = logging.getLogger("django.request")

MEDIA_TYPE: Final = "application/problem+json"

_TITLES: Final[Mapping[int, str]] = {
    400: "The request cannot be read",
    401: "No good token",
    403: "Not for you",
    404: "Nothing there",
    405: "Not with this method",
    409: "Not as things stand",
    413: "Too large",
    422: "Not like this",
    429: "Too often",
    500: "A fault of the program",
}
_DETAILS: Final[Mapping[int, str]] = {
    400: "Send JSON in UTF-8.",
    401: "Send a token that is good, as `Authorization: Bearer recobro_…`. One that has run out or "
    "been ended, or whose account has ended, is none.",
    404: "There is nothing here that you can see. Perhaps it belongs to another institution, is of "
    "a day that is not shown, or the address is not right.",
    405: "The header Allow says with which methods this address can be asked.",
    413: "Send less at once.",
    422: "Nothing was done. `errors` says which part of the request is not as it must be.",
    500: "It is in the log of the server. What was there before is as it was.",
}
_STATUS: Final[Mapping[type[Refusal], int]] = {
    PasswordFirst: 403,
    SecondFactorFirst: 403,
    OnlyForReading: 403,
    NotForYourPosts: 403,
    MayNotAssign: 403,
    MayNotDecide: 403,
    MayNotSignOff: 403,
    NotTheTaker: 403,
    NotAsked: 403,
    OnceOwnDeadline: 403,
    OwnDeadline: 403,
    OwnMatter: 403,
    OwnRequest: 403,
    AssignedMeanwhile: 409,
    BridgeNotMade: 409,
    CaseClosed: 409,
    Decided: 409,
    DueOtherwise: 409,
    FactsGone: 409,
    GoneOn: 409,
    PlanChanged: 409,
    ReportNotThere: 409,
    SignedFor: 409,
    SignedOff: 409,
    StillAtWork: 409,
    WaitsAlready: 409,
    AskedTooOften: 429,
}
"""How a refusal is answered; any other with 422."""


class Fault(BaseModel):
    """What is wrong with one part of a request."""

    where: list[str]
    what: str


class Problem(BaseModel):
    """What went wrong, and what to do (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = []


def problem(
    status: int, detail: str = "", *, code: str = "", errors: list[Fault] | None = None
) -> HttpResponse:
    """Answer with what went wrong."""
    told = Problem(
        type=f"urn:recobro:{code}" if code else "about:blank",
        title=_TITLES.get(status, "Not done"),
        status=status,
        detail=detail or _DETAILS.get(status, ""),
        errors=errors or [],
    )
    response = JsonResponse(
        told.model_dump(),
        status=status,
        content_type=MEDIA_TYPE,
        json_dumps_params=AS_WRITTEN,
    )
    if status == 401:  # noqa: PLR2004 - what RFC 9110 asks of it
        response["WWW-Authenticate"] = 'Bearer realm="recobro"'
    return response


def answer_problems(api: NinjaAPI) -> None:
    """Let an API answer whatever is raised."""
    handlers: dict[type[Exception], Any] = {
        Http404: _missing,
        HttpError: _http,
        RequestDataTooBig: _too_big,
        UnreadablePostError: _cut_off,
        ValidationError: _not_valid,
        Refusal: _refused,
        Exception: _failed,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    del request, error
    return problem(404)


def _too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    del request, error
    return problem(413)


def _cut_off(request: HttpRequest, error: UnreadablePostError) -> HttpResponse:
    del request, error
    return problem(400)


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    del request
    return problem(error.status_code)


def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Say which parts are wrong, without repeating what was sent."""
    del request
    return problem(422, errors=[_fault(each) for each in error.errors])


def _fault(each: Mapping[str, Any]) -> Fault:
    where = [str(part) for part in each["loc"]]
    what = str(each["msg"]).removeprefix("Value error, ")
    return Fault(where=where[:1] if each["type"] == NOT_KNOWN else where, what=what)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    del request
    code = re.sub(r"(?<!^)(?=[A-Z])", "-", type(refusal).__name__).lower()
    response = problem(_STATUS.get(type(refusal), 422), str(refusal), code=code)
    if isinstance(refusal, AskedTooOften):
        response["Retry-After"] = str(refusal.seconds)
    return response


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """Keep what nobody foresaw in the log, of the request its path alone."""
    logger.error("%s: %s", request.method, request.path, exc_info=error)
    return problem(500)
