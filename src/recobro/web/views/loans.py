from typing import Final

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recobro.book.models import Close, Standing
from recobro.book.queries import problems as ask
from recobro.casework.case.queries import open_case_of
from recobro.office.people.enums import Right
from recobro.office.people.operations import look
from recobro.office.saved.enums import List
from recobro.runs.explain import explain
from recobro.runs.home import Home
from recobro.terms.grades import BUCKETS, Grade
from recobro.web import exports
from recobro.web.desk import Asked
from recobro.web.gate import needs
from recobro.web.render import climb, page
from recobro.web.squares import month_ends, with_months
from recobro.web.views.saved import saved_views

_A_PAGE: Final = 50
_FILTERS: Final = ("search", "grade", "bucket", "product", "guarantee", "state")
COLUMNS: Final = (
    *("borrower", "loan", "village", "institution", "product"),
    *("outstanding", "overdue", "days_past_due", "grade"),
)
"""The columns of the ledger, all of which it can be sorted by."""

EXPORTED: Final = (*COLUMNS[:5], "currency", *COLUMNS[5:], "reasons")
"""The columns of a file."""


@needs(Right.DEBTORS)
@require_safe
def ledger(asked: Asked) -> HttpResponse:
    """List the problem loans of a day, filtered and sorted as the address says."""
    desk = asked.desk
    node = desk.node(Right.DEBTORS)
    frame = climb(node, desk.scope(Right.DEBTORS))
    if desk.close is None:
        return page(asked, "home_empty", frame)
    chosen, rows = _rows(asked, desk.close)
    pages = Paginator(rows, _A_PAGE)
    sums = ask.sums(rows)
    pages.count = sum(int(str(each["loans"])) for each in sums)  # known already
    shown = pages.get_page(asked.GET.get("page"))
    sort = asked.GET.get("sort", ask.DEFAULT_SORT)
    context = {
        "columns": COLUMNS,
        "sort": sort,
        "chosen": chosen,
        "page": shown,
        "sums": sums,
        "months": month_ends(desk.close),
        "rows": with_months(list(ask.looked_up(shown.object_list, sort)), desk.close, desk.closes),
    }
    if asked.htmx and not asked.htmx.history_restore_request:
        return page(asked, "loans_rows", frame | context)
    choices = saved_views(desk, List.LOANS) | {
        "grades": [grade.code for grade in reversed(Grade)],
        "buckets": BUCKETS,
        "states": list(ask.STATES),
        "products": ask.products(desk.close, desk.within(Right.DEBTORS)),
    }
    return page(asked, "loans", frame | context | choices)


@needs(Right.DEBTORS)
@require_safe
def export(asked: Asked, form: str) -> HttpResponseBase:
    """Write exactly what the ledger shows, all pages of it, as a file."""
    close = asked.desk.close
    if close is None or form not in exports.FORMS:
        raise Http404
    _, rows = _rows(asked, close)
    say = asked.desk.language.say
    head = [say(f"column.{name}") for name in EXPORTED]
    told = (
        (
            *(str(row.borrower), row.loan.loan_id, row.borrower.village, str(row.institution)),
            row.product,
            row.currency,
            exports.Money(row.outstanding_principal, row.currency),
            exports.Money(row.overdue_amount, row.currency),
            row.days_past_due,
            row.grade,
            row.grade_reasons,
        )
        for row in rows.iterator()
    )
    return exports.FORMS[form](f"loans-{close.as_of}", head, told)


@needs(Right.DEBTORS)
@require_safe
def loan(asked: Asked, loan_no: int) -> HttpResponse:
    """Show a problem loan: where it stands, where it stood, who owes it, what else they owe."""
    desk = asked.desk
    found = _standing(asked, loan_no)
    scope = desk.scope(Right.DEBTORS)
    others = ask.problems(found.close, scope).filter(household_id=found.household_id)
    context = {
        "row": with_months([found], found.close, desk.closes)[0],
        "months": month_ends(found.close),
        "others": others.exclude(pk=found.pk).order_by("-grade_rank", "loan_id"),
        "case": open_case_of(found.household_id),
        "reasons": [code for code in found.grade_reasons.split(";") if code],
    }
    return page(asked, "loan", climb(found.institution, scope) | context)


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
    chosen = ask.Filter(**{name: asked.desk.sought(name) for name in _FILTERS})
    rows = ask.problems(close, asked.desk.within(Right.DEBTORS)).filter(
        chosen.condition(newest=not asked.desk.stale)
    )
    return chosen, ask.in_order(rows, asked.GET.get("sort", ask.DEFAULT_SORT))
