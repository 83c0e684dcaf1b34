from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import CharField, Count, QuerySet, Value
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from recobro.book.models import Institution
from recobro.book.queries.bridges import begins
from recobro.casework.case.queries import (
    Own,
    come_next,
    escalated_to,
    own_cases,
    to_sign_for,
    unsigned_of,
)
from recobro.office.approvals.queries import waits_for
from recobro.office.jobs.models import Job
from recobro.office.people.enums import Right
from recobro.office.webhooks.models import Hook
from recobro.office.webhooks.queries import switched_off
from recobro.oversight.notices.queries import waiting_for
from recobro.oversight.teams.queries import without_leader
from recobro.web import stock
from recobro.web.desk import Asked, Desk
from recobro.web.gate import needs
from recobro.web.render import climb, page
from recobro.web.views.jobs import nightly_standing, sees
from recobro.web.waterfall import fall

_NEXT: Final = 8
"""Households of one's own that are listed."""

_LATEST: Final = 10
"""Loads and closes that are listed."""


@needs()
@require_safe
def home(asked: Asked) -> HttpResponse:
    """Begin with what the person's institution is about; who sees no figures is led elsewhere."""
    desk = asked.desk
    scope = desk.scope(Right.FIGURES)
    if not scope:
        return page(asked, "home_other", {"hooks_off": _hooks_off(desk)} | _runs(desk))
    node = desk.node(Right.FIGURES)
    frame = climb(node, scope)
    if node is None or desk.close is None:
        return page(asked, "home_empty", frame)
    told = stock.told(node, desk.close, desk.closes, desk.language)
    if told["figure"]:
        told |= stock.compared(node, desk.close, desk.closes, told["figure"], below=frame["below"])
        told |= _moved(desk, node, told["currency"])
    needed = _needed(desk)
    if needed.get("own"):
        told["next"] = come_next(_own(desk).every, desk.close, most=_NEXT)
    return page(asked, "home", frame | told | needed | {"hooks_off": _hooks_off(desk)})


def _moved(desk: Desk, node: Institution, currency: str) -> dict[str, Any]:
    """Return what led to the balance since the start of the year, where that has been made."""
    since = begins(desk.close, desk.closes) if desk.close else None
    if since is None or desk.close is None:
        return {}
    return {
        "since": since,
        "fall": fall(since, desk.close, node, currency, desk.language),
        "debtors": desk.scope(Right.DEBTORS).has(node),
    }


def _needed(desk: Desk) -> dict[str, int]:
    """Return what needs the person: what to sign, to decide, to see to; counted in one query."""
    if desk.user is None:
        return {}
    heads = [post.institution for post in desk.posts if Right.SIGN_OFF in post.rights]
    told: dict[str, QuerySet[Any]] = {
        "waiting": waiting_for(heads),
        "escalated": escalated_to(heads),
        "unsigned": unsigned_of(heads).exclude(taker=desk.user),
        "to_sign_for": to_sign_for(desk.user),
        "teams": without_leader(desk.scope(Right.ASSIGN), on=desk.on),
    }
    if Right.COLLECT in desk.rights:
        own = _own(desk)
        told |= {
            "own": own.every,
            "own_late": own.late,
            "own_soon": own.soon,
            "own_new": own.new,
        }
    counts = [_counted(name, rows) for name, rows in told.items()]
    found = dict(counts[0].union(*counts[1:], all=True))
    return found | {"to_decide": len(waits_for(desk.posts, desk.user))}


def _own(desk: Desk) -> Own:
    people = [desk.user, *desk.absent] if desk.user else []
    return own_cases(people, desk.scope(Right.DEBTORS), on=desk.on)


def _counted(name: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    named = rows.order_by().annotate(what=Value(name, CharField())).values("what")
    counted: QuerySet[Any] = named.annotate(number=Count("pk")).values_list("what", "number")
    return counted


def _runs(desk: Desk) -> dict[str, Any]:
    """Return what was run last and when the next night's run is, for whoever looks after it."""
    if not desk.whole(Right.RUNS):
        return {}
    latest = {"jobs": Job.objects.order_by("-id")[:_LATEST]}
    return latest | nightly_standing(datetime.now(tz=UTC)) | sees(desk)


def _hooks_off(desk: Desk) -> list[Hook]:
    """Return the webhooks that wait for the person to see to them."""
    return list(switched_off()) if desk.whole(Right.WEBHOOKS) else []
