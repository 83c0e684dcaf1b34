"""Find anything that somebody may see, by typing."""

from typing import Final

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recobro.office.people.enums import Right
from recobro.office.people.operations import SoughtTooOften, seek_phone
from recobro.terms.phones import same_way
from recobro.web.desk import Asked, Desk
from recobro.web.finding import Group, find, is_enough, loan_hits
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.render import page

_ON_THE_PAGE: Final = 20
_IN_THE_BOX: Final = 5


@needs()
@require_safe
def search(asked: Asked) -> HttpResponse:
    """Show what fits, by kind."""
    text = asked.desk.sought("q")
    groups = find(asked.desk, text, most=_ON_THE_PAGE)
    return page(asked, "search", _told(asked.desk, text) | {"groups": groups})


@needs()
@require_safe
def now(asked: Asked) -> HttpResponse:
    """Show the first that fit, below the box in which somebody types."""
    text = asked.desk.sought("q")
    groups = find(asked.desk, text, most=_IN_THE_BOX)
    number = sum(len(group.hits) for group in groups)
    context = _told(asked.desk, text) | {"groups": groups, "number_found": number}
    return page(asked, "search_now", context)


@needs(Right.DEBTORS)
@require_POST
def phone(asked: Asked) -> HttpResponse:
    """Look for who has a telephone number, which goes into the journal."""
    desk, text = asked.desk, asked.POST.get("number", "")[:40]
    number = same_way(text)
    if desk.user is None or not number:
        return page(asked, "search", _told(desk, text) | {"groups": []}, status=422)
    try:
        found = seek_phone(
            user=desk.user,
            number=number,
            scope=desk.scope(Right.DEBTORS),
            at=timezone.now(),
            by=desk.name_at(Right.DEBTORS),
        )
    except SoughtTooOften as refused:
        told = _told(desk, text) | {"groups": [], "refused": in_words(refused, desk.language)}
        return page(asked, "search", told, status=429)
    groups = [Group("loans", loan_hits(found))] if found else []
    return page(asked, "search", _told(desk, text) | {"groups": groups, "by_phone": True})


def _told(desk: Desk, text: str) -> dict[str, object]:
    offers = Right.DEBTORS in desk.rights and bool(same_way(text))
    return {"q": text, "enough": is_enough(text), "number": same_way(text) if offers else ""}
