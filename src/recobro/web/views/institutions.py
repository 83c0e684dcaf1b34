"""Institutions: ranked, and each with its people, its figures and what it has to see to."""

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from recobro.book.models import Close, Institution
from recobro.book.queries import Scope, problems
from recobro.book.queries import figures as ask
from recobro.book.queries.bridges import begins, bridge_between
from recobro.casework.case import queries as cases
from recobro.office.people.enums import Right, Role
from recobro.office.people.models import Post
from recobro.office.people.queries import posts_at
from recobro.oversight.notices.queries import notices_in
from recobro.reports.ratios import double_reduction
from recobro.terms.codes import InstitutionKind
from recobro.terms.dates import previous_year_end
from recobro.web import stock
from recobro.web.desk import Asked, Desk
from recobro.web.gate import needs
from recobro.web.institution_columns import COLUMNS, Line
from recobro.web.render import climb, page
from recobro.web.views.saved import arranges
from recobro.web.waterfall import told

_A_PAGE: Final = 50
_FEW: Final = 8
"""So many of the worst are named beside a figure."""


@needs(Right.FIGURES)
@require_safe
@arranges(COLUMNS)
def institutions(asked: Asked) -> HttpResponse:
    """Rank the institutions in scope, by what is chosen."""
    desk = asked.desk
    node = desk.node(Right.FIGURES)
    frame = climb(node, desk.scope(Right.FIGURES))
    if desk.close is None:
        return page(asked, "home_empty", frame)
    scope, since = desk.within(Right.FIGURES), _year_before(desk)
    currency = ask.main_currency(node, scope, desk.close)
    kind = desk.told("kind")
    sort = desk.told("sort") or ask.DEFAULT_SORT
    rows = ask.in_order(ask.compared(scope, desk.close, since, currency, kind=kind), sort)
    shown = Paginator(rows, _A_PAGE).get_page(asked.GET.get("page"))
    columns = COLUMNS.of(asked.GET)
    context = {
        "columns": columns,
        "offered": COLUMNS.offered(columns),
        "picked": bool(COLUMNS.told(asked.GET)),
        "sorts": ask.SORTS,
        "sort": sort,
        "kind": kind,
        "kinds": list(InstitutionKind),
        "page": shown,
        "lines": _lines(list(shown), scope),
        "currency": currency,
        "since": since,
    }
    return page(asked, "institutions", frame | context)


@needs(Right.FIGURES)
@require_safe
def institution(asked: Asked, institution_id: str) -> HttpResponse:
    """Show one institution: its head and people, key figures, the bridge of its year, ageing."""
    desk = asked.desk
    node = _node(desk, Right.FIGURES, institution_id)
    frame = climb(node, desk.scope(Right.FIGURES))
    if desk.close is None:
        return page(asked, "home_empty", frame)
    posts = posts_at(node, on=desk.on)
    context = {
        "heads": [post for post in posts if post.role_held is Role.BRANCH_HEAD],
        "posts": _by_role([post for post in posts if post.institution_id == node.pk]),
        "debtors": desk.scope(Right.DEBTORS).has(node),
    }
    context |= stock.told(node, desk.close, desk.closes, desk.language)
    return page(asked, "institution", frame | context | _bridge(desk, desk.close, node))


@needs(Right.DEBTORS)
@require_safe
def work(asked: Asked, institution_id: str) -> HttpResponse:
    """Name the worst loans of an institution, its largest open cases, and what is not signed."""
    desk = asked.desk
    node = _node(desk, Right.DEBTORS, institution_id)
    scope = Scope((node.path,))
    if desk.close is None:
        raise Http404
    own = cases.open_cases(scope)
    owed = cases.in_order(cases.households(desk.close, own), cases.DEFAULT_SORT)
    bad = problems.problems(desk.close, scope).filter(problems.STATES["nonperforming"])
    context = {
        "node": node,
        "loans": problems.in_order(bad, "-outstanding")[:_FEW],
        "open": own.count(),
        "cases": cases.lines(owed[:_FEW]),
        "notices": notices_in(scope).filter(signed_at__isnull=True)[:_FEW],
    }
    return page(asked, "institution_work", context)


def _node(desk: Desk, right: Right, institution_id: str) -> Institution:
    """Return an institution in scope; another is none that there is."""
    scope = desk.scope(right)
    known = institution_id.replace("\0", "\N{REPLACEMENT CHARACTER}")
    found = Institution.objects.filter(scope.within(), pk=known).first()
    if found is None:
        raise Http404
    return found


def _year_before(desk: Desk) -> Close | None:
    start = desk.close and previous_year_end(desk.close.as_of)
    return next((one for one in desk.closes if one.as_of == start), None)


def _lines(rows: list[Any], scope: Scope) -> list[Line]:
    numbers = cases.counted(scope, [row.institution.path for row in rows])
    return [Line(row, numbers[row.institution.path], double=_double(row)) for row in rows]


def _double(row: Any) -> bool:  # noqa: ANN401 - a figure with what was before
    if row.balance_before is None:
        return False
    now = (row.nonperforming_principal, row.outstanding_principal)
    return double_reduction(now, (row.balance_before, row.outstanding_before)) == (True, True)


def _by_role(posts: list[Post]) -> list[Post]:
    order = list(Role)
    return sorted(posts, key=lambda post: order.index(post.role_held))


def _bridge(desk: Desk, close: Close, node: Institution) -> dict[str, Any]:
    """Return the bridge of the year in the currency of most loans; none where it is not made."""
    since = begins(close, desk.closes)
    made = bridge_between(since, close) if since else None
    found = told(made, node, [], desk.language) if made else []
    return {"since": since, "bridge": found[:1]}
