from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt

from recobro.api.door import api
from recobro.api.problems import problem

Answers = Callable[..., HttpResponseBase]


def answered(view: Answers) -> Answers:
    """Let a view answer in the one way that all have, also where it is not come to."""

    @wraps(view)
    def told(request: HttpRequest, **named: str) -> HttpResponseBase:
        try:
            response = view(request, **named)
        except Http404:
            response = problem(404)
        if response.status_code == 405:  # noqa: PLR2004 - what Django says of another method
            allowed = response["Allow"]
            response = problem(405)
            response["Allow"] = allowed
        response["Cache-Control"] = "no-store"
        return response

    return told


@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    """Say that there is no such address."""
    del request
    return problem(404)


found, _, _ = api.urls
urlpatterns = [each for each in found if isinstance(each, URLPattern)]
for each in urlpatterns:
    each.callback = answered(each.callback)
urlpatterns.append(re_path("", answered(nothing)))
app_name = "api"
