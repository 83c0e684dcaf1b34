from django.http import HttpRequest, HttpResponse
from django.template import loader

from recobro.web.desk import Asked
from recobro.web.render import page


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Say that a page is not for this person."""
    return page(request, "error", {"error": "forbidden"}, status=403)  # type: ignore[arg-type]  # the desk's middleware comes first


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Say that a form was too old, or came from elsewhere: nothing was done."""
    return page(request, "error", {"error": "stale_form"}, status=403)  # type: ignore[arg-type]  # the desk's middleware comes first


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Say that what was sent is no request of these pages; with no frame before there is a desk."""
    if not hasattr(request, "desk"):
        return HttpResponse(loader.get_template("web/failed.html").render(), status=400)
    return page(request, "error", {"error": "not_understood"}, status=400)  # type: ignore[arg-type]  # it has a desk


def too_large(asked: Asked) -> HttpResponse:
    """Say that more was sent than is taken: nothing was kept."""
    return page(asked, "error", {"error": "too_large"}, status=413)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Say that there is no such page, or nothing that this person may see."""
    return page(request, "error", {"error": "not_found"}, status=404)  # type: ignore[arg-type]  # the same


def failed(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Say that the program failed, whatever it failed at: nothing of the frame is used."""
    return HttpResponse(loader.get_template("web/failed.html").render(), status=500)
