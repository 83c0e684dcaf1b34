from typing import Final

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from recobro.book.models import Institution
from recobro.journal.models import Seal
from recobro.journal.queries import told_in
from recobro.office.people.enums import Right
from recobro.web.desk import Asked
from recobro.web.gate import needs
from recobro.web.render import climb, page

_A_PAGE: Final = 50


@needs(Right.JOURNAL)
@require_safe
def journal(asked: Asked) -> HttpResponse:
    """List what was decided in an institution: who, when, why, before and after."""
    desk = asked.desk
    node = desk.node(Right.JOURNAL)
    scope = desk.within(Right.JOURNAL)
    seen = Institution.objects.filter(scope.within()).values_list("pk", flat=True)
    whole = Institution.objects.filter(parent__isnull=True, path__in=scope.paths).exists()
    search = desk.sought("search")
    entries = told_in([*seen, *([""] if whole else [])], search=search)
    context = {
        "page": Paginator(entries, _A_PAGE).get_page(asked.GET.get("page")),
        "search": search,
        "seal": Seal.objects.last(),
    }
    return page(asked, "journal", climb(node, desk.scope(Right.JOURNAL)) | context)
