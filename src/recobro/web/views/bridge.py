"""What led from one non-performing balance to another, and which loans stand behind each part."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recobro.book.models import Bridge, BridgeLoan, Close, Institution, Loan
from recobro.book.queries import bridges as ask
from recobro.book.queries.figures import parted_into
from recobro.office.jobs.operations import TooManyOpen
from recobro.office.jobs.queries import last_job
from recobro.office.people.enums import Right
from recobro.reports.bridge import COLUMNS, ORDER, column_of, label
from recobro.runs.operations.bridge import KIND, ask_for_bridge, subject_of
from recobro.web import exports
from recobro.web.desk import Asked, Desk
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.render import climb, page
from recobro.web.waterfall import told

_A_PAGE: Final = 50
_OPENING: Final = "opening"
LISTED: Final = ("borrower", "loan", "village", "institution", "product", "item", "amount")
"""The columns of the list behind a cell, all of which it can be sorted by."""

EXPORTED: Final = (*LISTED[:5], "currency", *LISTED[5:])
"""The columns of a file."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A cell of which the loans are looked at."""

    bridge: Bridge
    node: Institution
    currency: str
    items: Sequence[str]
    label: str

    def then(self, loans: Any) -> Callable[[Loan], ask.Then]:  # noqa: ANN401 - numbers, or a query of them
        """Return how to find who owed some loans, and where they were, on the day of the cell."""
        begins = list(self.items) == [_OPENING]
        return ask.then_of(loans, self.bridge, self.node, begins=begins)


@needs(Right.FIGURES)
@require_safe
def bridge(asked: Asked) -> HttpResponse:
    """Show the bridge to the day looked at, from the start of its year or another earlier day."""
    desk = asked.desk
    node = desk.node(Right.FIGURES)
    frame = climb(node, desk.scope(Right.FIGURES))
    if node is None or desk.close is None:
        return page(asked, "home_empty", frame)
    since = _since(desk)
    context = {"since": since, "earlier": desk.earlier} | _standing(desk, since)
    if context.get("made"):
        context |= {
            "told": told(context["made"], node, parted_into(node), desk.language),
            "debtors": desk.scope(Right.DEBTORS).has(node),
        }
    return page(asked, "bridge", frame | context)


@needs(Right.FIGURES)
@require_safe
def now(asked: Asked) -> HttpResponse:
    """Show how far the making of a bridge is; once it is there the whole page comes anew."""
    context = _standing(asked.desk, _since(asked.desk))
    answer = page(asked, "bridge_now", context)
    job = context.get("job")
    if job is None or not job.is_open:
        answer["HX-Refresh"] = "true"
    return answer


@needs(Right.FIGURES)
@require_POST
def make(asked: Asked) -> HttpResponse:
    """Ask for a bridge that has not been made yet."""
    desk = asked.desk
    since = _since(desk)
    if since is None or desk.close is None or desk.user is None:
        raise Http404
    if ask.bridge_between(since, desk.close) is None:
        by = desk.name_at(Right.FIGURES)
        try:
            ask_for_bridge(since=since, close=desk.close, at=timezone.now(), by=by)
        except TooManyOpen as refused:
            return page(asked, "refused", {"refused": in_words(refused, desk.language)}, status=422)
    return redirect(f"{reverse('bridge')}?{asked.GET.urlencode()}")


@needs(Right.DEBTORS)
@require_safe
def loans(asked: Asked) -> HttpResponse:
    """List exactly the loans behind a cell; they add up to it."""
    desk = asked.desk
    node = desk.node(Right.DEBTORS)
    frame = climb(node, desk.scope(Right.DEBTORS)) | {"since": _since(desk)}
    if node is None or desk.close is None:
        return page(asked, "home_empty", frame)
    behind = _behind(desk, node)
    if behind is None:
        return page(asked, "bridge_loans", frame)
    rows = _rows(asked, behind)
    number, amount = ask.summed(rows)
    shown = Paginator(rows, _A_PAGE).get_page(asked.GET.get("page"))
    several = len(behind.items) > 1
    context = {
        "behind": behind,
        "columns": [name for name in LISTED if several or name != "item"],
        "sort": desk.told("sort") or ask.DEFAULT_SORT,
        "page": shown,
        "rows": _told(list(shown), behind, desk),
        "several": several,
        "number": number,
        "amount": amount,
    }
    return page(asked, "bridge_loans", frame | context)


@needs(Right.DEBTORS)
@require_safe
def export(asked: Asked, form: str) -> HttpResponseBase:
    """Write the loans behind a cell, all pages of them, as a file."""
    desk = asked.desk
    node = desk.node(Right.DEBTORS)
    behind = node and _behind(desk, node)
    if not behind or form not in exports.FORMS:
        raise Http404
    say = desk.language.say
    head = [say(f"column.{name}") for name in EXPORTED]
    found = _rows(asked, behind)
    then = behind.then(found.order_by().values("loan"))
    rows = (_written(row, then(row.loan), desk) for row in found.iterator())
    return exports.FORMS[form](f"bridge-{behind.bridge.close.as_of}", head, rows)


def _written(row: BridgeLoan, then: ask.Then, desk: Desk) -> tuple[object, ...]:
    """Return a row of a file; what is of now is named so, as on the page."""
    place = str(then.institution)
    if not then.known:
        place = desk.language.say("bridge.now_at", place=place)
    return (
        *(str(then.borrower), row.loan.loan_id, then.borrower.village),
        *(place, row.loan.product, row.currency),
        *(label(desk.language, row.item), exports.Money(row.amount, row.currency)),
    )


def _since(desk: Desk) -> Close | None:
    """Return the close from which the bridge leads: that of the address, else the usual one.

    Raises Http404 for a day that is not shown, or not earlier.
    """
    day = desk.told("since")
    if not day:
        return ask.begins(desk.close, desk.closes) if desk.close else None
    found = next((close for close in desk.earlier if str(close.as_of) == day), None)
    if found is None:
        raise Http404
    return found


def _standing(desk: Desk, since: Close | None) -> dict[str, Any]:
    """Tell whether there is a bridge from a close to that looked at, else how its making stands."""
    if since is None or desk.close is None:
        return {}
    made = ask.bridge_between(since, desk.close)
    if made:
        return {"made": made}
    job = last_job(KIND, subject_of(since, desk.close))
    return {"job": job, "since": since, "sees_why": desk.whole(Right.DEBTORS)}


def _behind(desk: Desk, node: Institution) -> Behind | None:
    """Return the cell of the address, the closing where none is named; None without a bridge.

    Raises Http404 for what no bridge has.
    """
    since = _since(desk)
    made = ask.bridge_between(since, desk.close) if since and desk.close else None
    if made is None:
        return None
    items, name = _items(desk)
    currency = desk.told("currency") or ask.main_currency(ask.cells(made, [node]))
    return Behind(made, node, currency, items, name)


def _items(desk: Desk) -> tuple[list[str], str]:
    column, item = desk.told("column"), desk.told("item") or "closing"
    if column in COLUMNS:
        items = [one for one in ORDER if column_of(one) == column]
        return items, desk.language.say(f"item.{column}")
    if column or item not in ORDER:
        raise Http404
    return [item], label(desk.language, item)


def _rows(asked: Asked, behind: Behind) -> Any:  # noqa: ANN401 - a query set, annotated
    rows = ask.moved(behind.bridge, behind.node, behind.currency, behind.items)
    return ask.in_order(rows, asked.desk.told("sort") or ask.DEFAULT_SORT)


def _told(rows: list[BridgeLoan], behind: Behind, desk: Desk) -> list[dict[str, Any]]:
    """Return rows with what each is called, who owed it where, and where it stands on the day."""
    known = ask.standings_of(rows, desk.close, desk.scope(Right.DEBTORS)) if desk.close else {}
    then = behind.then([row.loan_id for row in rows])
    return [
        {
            "of": row,
            "then": then(row.loan),
            "label": label(desk.language, row.item),
            "standing": known.get(row.loan_id),
        }
        for row in rows
    ]
