"""Answer with a page, or with the fragment of it that a browser asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render as django_render

from recobro.book.models import Institution
from recobro.book.queries import Scope, climbed
from recobro.office.people.enums import Right
from recobro.web.desk import Asked, Desk
from recobro.web.language import NAMES


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the rail: its address by name, and who it is for."""

    name: str
    rights: frozenset[Right] = frozenset()
    """One of them is enough; none: for all who have signed in."""
    whole: bool = False
    """Whether the right must be over the whole bank."""

    def opens_to(self, desk: Desk) -> bool:
        """Tell whether somebody can go there."""
        if self.whole:
            return any(desk.whole(right) for right in self.rights)
        return not self.rights or bool(self.rights & desk.rights)


PLACES: Final = (
    Place("home"),
    Place("cases", frozenset({Right.DEBTORS})),
    Place("loans", frozenset({Right.DEBTORS})),
    Place("institutions", frozenset({Right.FIGURES})),
    Place("bridge", frozenset({Right.FIGURES})),
    Place("reports", frozenset({Right.FIGURES})),
    Place("notices", frozenset({Right.DEBTORS})),
    Place("teams", frozenset({Right.DEBTORS})),
    Place("handovers", frozenset({Right.DEBTORS})),
    Place("approvals", frozenset({Right.APPROVE})),
    Place("closes", frozenset({Right.FIGURES, Right.RUNS})),
    Place("jobs", frozenset({Right.RUNS}), whole=True),
    Place("people", frozenset({Right.PEOPLE})),
    Place("webhooks", frozenset({Right.WEBHOOKS}), whole=True),
    Place("journal", frozenset({Right.JOURNAL})),
    Place("settings", frozenset({Right.RUNS}), whole=True),
)


def page(
    asked: Asked, name: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render a template inside the frame, which is what every page shares."""
    desk = asked.desk
    own = {
        "desk": desk,
        "languages": NAMES,
        "provider": settings.OIDC,
        "places": [place for place in PLACES if place.opens_to(desk)],
        "theme": asked.COOKIES.get("theme", ""),
    }
    return django_render(asked, f"web/{name}.html", own | dict(context or {}), status=status)


def climb(node: Institution | None, scope: Scope) -> dict[str, Any]:
    """Return for the frame where a node stands: those above it in scope, those right below it."""
    if node is None:
        tops = Q(path__in=scope.paths)
        return {"node": None, "above": [], "below": list(Institution.objects.filter(tops))}
    steps = set(climbed(node.path)[1:])
    found = Institution.objects.filter((Q(path__in=steps) | Q(parent=node)) & scope.within())
    rows = list(found)
    return {
        "node": node,
        "above": [row for row in rows if row.path in steps],
        "below": [row for row in rows if row.path not in steps],
    }
