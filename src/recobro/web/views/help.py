from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from recobro.web.desk import Asked
from recobro.web.gate import needs
from recobro.web.help import PAGES, help_page, help_pages, search_help
from recobro.web.render import page


@needs()
@require_safe
def contents(asked: Asked) -> HttpResponse:
    """List the pages of the help, or where all words of a search are."""
    code, sought = asked.desk.language.code, asked.desk.sought("search")
    context = {
        "pages": help_pages(code),
        "search": sought,
        "found": search_help(code, sought) if sought else [],
    }
    return page(asked, "help", context)


@needs()
@require_safe
def one(asked: Asked, name: str) -> HttpResponse:
    """Show a page of the help."""
    if name not in PAGES:
        raise Http404
    code = asked.desk.language.code
    return page(asked, "help_page", {"told": help_page(code, name), "pages": help_pages(code)})
