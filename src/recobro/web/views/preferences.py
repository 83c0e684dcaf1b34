from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from recobro.office.people.operations import speak
from recobro.web.desk import Asked
from recobro.web.gate import everybody, own_address
from recobro.web.language import NAMES
from recobro.web.middleware import LANGUAGE_COOKIE

THEMES: Final = ("light", "dark")
_A_YEAR: Final = 365 * 24 * 60 * 60


@everybody
@require_POST
def language(asked: Asked) -> HttpResponse:
    """Speak another language, from now on and after the next sign-in."""
    response = _back(asked)
    code = asked.POST.get("language", "")
    if code in NAMES:
        response.set_cookie(LANGUAGE_COOKIE, code, max_age=_A_YEAR, samesite="Lax", httponly=True)
        if asked.desk.user is not None:
            speak(user=asked.desk.user, language=code)
    return response


@everybody
@require_POST
def theme(asked: Asked) -> HttpResponse:
    """Show the pages light or dark; neither: as the system does."""
    response = _back(asked)
    chosen = asked.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=_A_YEAR, samesite="Lax", httponly=True)
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


def _back(asked: Asked) -> HttpResponse:
    return redirect(own_address(asked, asked.POST.get("next", "")) or "home")
