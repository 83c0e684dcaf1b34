import json
from collections.abc import Callable
from functools import cache, wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from recobro.api.door import api
from recobro.api.problems import problem
from recobro.api.reference import reference

Answers = Callable[..., HttpResponseBase]


def answered(view: Answers) -> Answers:
    """Let a view answer in the one way that all have, also to a method that it has not."""

    @wraps(view)
    def told(request: HttpRequest, **named: str) -> HttpResponseBase:
        response = view(request, **named)
        if response.status_code == 405:  # noqa: PLR2004 - what Django says of another method
            allowed = response["Allow"]
            response = problem(405)
            response["Allow"] = allowed
        response["Cache-Control"] = "no-store"
        return response

    return told


@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """Return what the API says of itself; whoever makes a client of it may have no token yet."""
    del request
    return HttpResponse(_described(), content_type="application/json; charset=utf-8")


@cache
def _described() -> str:
    return json.dumps(api.get_openapi_schema(), ensure_ascii=False)


@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    """Say that there is no such address."""
    del request
    return problem(404)


found, _, _ = api.urls
urlpatterns = [each for each in found if isinstance(each, URLPattern)]
for each in urlpatterns:
    root = each.name == "api-root"  # by it ninja knows where all begins
    each.callback = answered(csrf_exempt(reference) if root else each.callback)
urlpatterns += [
    path("openapi.json", answered(csrf_exempt(description)), name="description"),
    re_path("", answered(nothing)),
]
app_name = "api"
