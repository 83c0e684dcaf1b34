from collections.abc import Sequence
from itertools import islice
from typing import Any, Final, cast

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recobro.book.models import Close, Standing
from recobro.book.queries import problems as ask
from recobro.casework.case.queries import open_case_of, open_cases_of, with_case
from recobro.office.people.enums import Right
from recobro.office.people.operations import look
from recobro.office.saved.enums import List
from recobro.runs.explain import explain
from recobro.runs.home import Home
from recobro.terms.grades import BUCKETS, Grade
from recobro.web import exports
from recobro.web.columns import Column, Kind
from recobro.web.desk import Asked, Desk
from recobro.web.gate import needs
from recobro.web.loan_columns import COLUMNS, OF_A_CASE, Row
from recobro.web.render import climb, page
from recobro.web.squares import month_ends, with_months
from recobro.web.views.saved import opens_with, saved_views

_A_PAGE: Final = 50
_FILTERS: Final = ("search", "grade", "bucket", "product", "guarantee", "state", "segment")

EXPORTED: Final = (
    *("loan", "village", "institution", "product", "currency"),
    *("outstanding", "overdue", "days_past_due", "grade", "reasons"),
)
"""The columns of a file where nobody has chosen, behind the first one."""

_AT_ONCE: Final = 500
"""Loans of a file whose months are asked for at once."""


@needs(Right.DEBTORS)
@require_safe
@opens_with(List.LOANS, COLUMNS)
def ledger(asked: Asked) -> HttpResponse:
    """List the problem loans of a day, filtered and sorted as the address says."""
    desk = asked.desk
    node = desk.node(Right.DEBTORS)
    frame = climb(node, desk.scope(Right.DEBTORS))
    if desk.close is None:
        return page(asked, "home_empty", frame)
    columns = COLUMNS.of(asked.GET)
    chosen, rows = _rows(asked, desk.close)
    pages = Paginator(rows, _A_PAGE)
    sums = ask.sums(rows)
    pages.count = sum(int(str(each["loans"])) for each in sums)  # known already
    shown = pages.get_page(asked.GET.get("page"))
    sort = asked.GET.get("sort", ask.DEFAULT_SORT)
    found = _beside(ask.looked_up(shown.object_list, sort), columns, desk)
    context = {
        "columns": columns,
        "picked": bool(COLUMNS.told(asked.GET)),
        "sort": sort,
        "sorts": ask.MORE_SORTS,
        "chosen": chosen,
        "page": shown,
        "sums": sums,
        "rows": _told(list(found), columns, desk),
    }
    if asked.htmx and not asked.htmx.history_restore_request:
        return page(asked, "loans_rows", frame | context)
    choices = saved_views(desk, List.LOANS) | {
        "grades": [grade.code for grade in reversed(Grade)],
        "buckets": BUCKETS,
        "states": list(ask.STATES),
        "products": ask.products(desk.close, desk.within(Right.DEBTORS)),
        "segments": ask.segments(desk.close, desk.within(Right.DEBTORS)),
        "offered": COLUMNS.offered(columns),
    }
    return page(asked, "loans", frame | context | choices)


@needs(Right.DEBTORS)
@require_safe
def export(asked: Asked, form: str) -> HttpResponseBase:
    """Write the columns that the ledger shows, all pages of it, as a file."""
    desk = asked.desk
    if desk.close is None or form not in exports.FORMS:
        raise Http404
    picked = COLUMNS.told(asked.GET)
    columns = COLUMNS.of(asked.GET) if picked else COLUMNS.named(EXPORTED)
    _, rows = _rows(asked, desk.close)
    columns = _with_currency(columns, rows)
    head = [desk.language.say(f"column.{column.name}") for column in columns]
    lines = _beside(rows, columns, desk).iterator(_AT_ONCE)
    told = (
        [_cell(column, row) for column in columns]
        for part in iter(lambda: list(islice(lines, _AT_ONCE)), [])
        for row in _told(part, columns, desk)
    )
    return exports.FORMS[form](f"loans-{desk.close.as_of}", head, told)


def _with_currency(columns: list[Column[Row]], rows: QuerySet[Standing]) -> list[Column[Row]]:
    """Return the columns of a file; of several currencies each amount has its own beside it."""
    kinds = [column.kind for column in columns]
    if Kind.MONEY not in kinds or any(column.name == "currency" for column in columns):
        return columns
    if len(rows.order_by().values_list("currency", flat=True).distinct()[:2]) <= 1:
        return columns
    first = kinds.index(Kind.MONEY)
    return [*columns[:first], COLUMNS.named(["currency"])[1], *columns[first:]]


def _cell(column: Column[Row], row: Row) -> object:
    """Return what a file has in a place: amounts as such, codes and days as programs read them."""
    value = column.of(row)
    match column.kind:
        case Kind.MONEY:
            return exports.Money(cast("int", value), row["of"].currency)
        case Kind.MONTHS:
            return " ".join(grade or "—" for _, grade in row["months"])
        case Kind.WHOLE:
            return value
        case _:
            return "" if value is None else str(value)


@needs(Right.DEBTORS)
@require_safe
def loan(asked: Asked, loan_no: int) -> HttpResponse:
    """Show a problem loan: where it stands, where it stood, who owes it, what else they owe."""
    desk = asked.desk
    found = _standing(asked, loan_no)
    frame = climb(found.institution, desk.scope(Right.DEBTORS))
    own = {"months": month_ends(found.close), "case": open_case_of(found.household_id)}
    return page(asked, "loan", frame | own | _essentials(desk, found))


@needs(Right.DEBTORS)
@require_safe
def pane(asked: Asked, loan_no: int) -> HttpResponse:
    """Tell the essentials of a problem loan and its household beside the list."""
    desk = asked.desk
    found = _standing(asked, loan_no)
    cases = open_cases_of(desk.scope(Right.DEBTORS), [found.household_id])
    case = next(iter(cases), None)
    return page(asked, "loan_pane", {"case": case} | _essentials(desk, found))


def _essentials(desk: Desk, found: Standing) -> dict[str, Any]:
    """Return how a loan stood month by month, why, and what else its household owes."""
    others = ask.problems(found.close, desk.scope(Right.DEBTORS)).exclude(pk=found.pk)
    others = others.filter(household_id=found.household_id)
    return {
        "row": with_months([found], found.close, desk.closes)[0],
        "others": others.order_by("-grade_rank", "loan_id"),
        "reasons": [code for code in found.grade_reasons.split(";") if code],
    }


@needs(Right.DEBTORS)
@require_safe
def why(asked: Asked, loan_no: int) -> HttpResponse:
    """Explain the grade: rules, instalments, and what payment by what day would cure it."""
    found = _standing(asked, loan_no)
    told = explain(home=Home(settings.HOME), loan_id=found.loan.loan_id, on=found.close.as_of)
    said, on = told.explanation, told.explanation.on
    context = {
        "currency": found.currency,
        "on": on,
        "floors": sorted(
            (floor for floor in said.floors if floor.grade > Grade.NORMAL),
            key=lambda floor: -floor.grade,
        ),
        "instalments": said.instalments,
        "unpaid": [one for one in said.instalments if not one.settled_on and one.due_on <= on],
        "coming": [one for one in said.instalments if not one.settled_on and one.due_on > on],
        "settled": [one for one in said.instalments if one.settled_on],
        "outlook": said.outlook,
    }
    return page(asked, "loan_why", context)


@needs(Right.DEBTORS)
@require_POST
def debtor(asked: Asked, loan_no: int) -> HttpResponse:
    """Show what is masked of a borrower; the look is in the journal."""
    found = _standing(asked, loan_no)
    user = asked.desk.user
    # An older day tells where the loan was then; who may see the numbers of now is asked now.
    if user is None or not asked.desk.scope(Right.DEBTORS).has(found.loan.institution):
        raise Http404
    seen = look(user=user, borrower=found.borrower, loan=found.loan, at=timezone.now())
    return page(asked, "debtor", {"borrower": seen, "seen": True})


def _standing(asked: Asked, loan_no: int) -> Standing:
    """Return a problem loan of the day looked at; one out of scope is none that there is."""
    desk = asked.desk
    if desk.close is None:
        raise Http404
    rows = ask.problems(desk.close, desk.scope(Right.DEBTORS))
    found = rows.filter(loan__loan_no=loan_no).first()
    if found is None:
        raise Http404
    return found


def _rows(asked: Asked, close: Close) -> tuple[ask.Filter, QuerySet[Standing]]:
    """Return the loans that the address asks for, in its order."""
    chosen = ask.Filter(**{name: asked.desk.sought(name) for name in _FILTERS})
    rows = ask.problems(close, asked.desk.within(Right.DEBTORS)).filter(
        chosen.condition(newest=not asked.desk.stale)
    )
    return chosen, ask.in_order(rows, asked.GET.get("sort", ask.DEFAULT_SORT))


def _beside(
    rows: QuerySet[Standing], columns: Sequence[Column[Row]], desk: Desk
) -> QuerySet[Standing]:
    """Put beside loans what only some columns tell of them."""
    names = {column.name for column in columns}
    if names & OF_A_CASE:
        rows = with_case(rows, desk.scope(Right.DEBTORS))
    return ask.with_originator(rows) if "originator" in names else rows


def _told(rows: list[Standing], columns: Sequence[Column[Row]], desk: Desk) -> list[Row]:
    """Return loans as columns tell them; their months are asked for where one shows them."""
    if desk.close is None or all(column.kind is not Kind.MONTHS for column in columns):
        return [{"of": row, "months": ()} for row in rows]
    return with_months(rows, desk.close, desk.closes)
