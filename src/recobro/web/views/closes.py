from django.http import HttpResponse
from django.views.decorators.http import require_safe

from recobro.office.people.enums import Right
from recobro.web.desk import Asked
from recobro.web.gate import needs
from recobro.web.render import page


@needs(Right.FIGURES, Right.RUNS)
@require_safe
def closes(asked: Asked) -> HttpResponse:
    """List the days that can be looked at, what each was made from, and what its checks say."""
    rows = [
        {"close": close, "warned": [check for check in close.checks if check["rows"]]}
        for close in asked.desk.closes
    ]
    whole = asked.desk.whole(Right.FIGURES) or asked.desk.whole(Right.RUNS)
    return page(asked, "closes", {"rows": rows, "whole": whole})
