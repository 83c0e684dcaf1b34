from typing import Final

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recobro.book.models import Borrower
from recobro.casework.case import queries as ask
from recobro.casework.case.models import Case
from recobro.casework.case.operations import assign as give
from recobro.journal.queries import told_of
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.office.people.queries import holders
from recobro.oversight.teams.queries import cases_of, teams_of
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked
from recobro.web.gate import needs
from recobro.web.render import climb, page
from recobro.web.squares import month_ends, with_months
from recobro.web.views.teams import found_team

_A_PAGE: Final = 50
COLUMNS: Final = ("loans", "outstanding", "overdue", "days_past_due", "grade")
"""The columns of the ledger of households by which it can be sorted."""


class Handover(forms.Form):
    """Who is to be responsible from now on, and why."""

    def __init__(self, case: Case, asked: Asked, data: QueryDict | None = None) -> None:
        super().__init__(data)
        say = asked.desk.language.say
        self.fields["to"] = forms.ModelChoiceField(
            holders(Right.COLLECT, case.institution, on=asked.desk.on), label=say("case.to")
        )
        self.fields["reason"] = forms.CharField(
            max_length=400, label=say("case.reason"), widget=forms.TextInput()
        )
        self.fields["instead_of"] = forms.CharField(
            required=False,
            max_length=60,
            initial=case.responsible.username,
            widget=forms.HiddenInput(),
        )


@needs(Right.DEBTORS)
@require_safe
def ledger(asked: Asked) -> HttpResponse:
    """List the households with an open case: what they owe, and who is responsible."""
    desk = asked.desk
    node = desk.node(Right.DEBTORS)
    frame = climb(node, desk.scope(Right.DEBTORS))
    if desk.close is None:
        return page(asked, "home_empty", frame)
    mine = [desk.user, *desk.absent] if desk.told("mine") and desk.user else []
    cases = ask.open_cases(desk.within(Right.DEBTORS), responsible=mine)
    team = found_team(asked)
    if team is not None:
        cases = cases.filter(pk__in=cases_of(team, desk.scope(Right.DEBTORS)))
    search, sort = desk.sought("search"), desk.told("sort") or ask.DEFAULT_SORT
    rows = ask.in_order(ask.households(desk.close, cases, search=search), sort)
    shown = Paginator(rows, _A_PAGE).get_page(asked.GET.get("page"))
    context = {
        "columns": COLUMNS,
        "sort": sort,
        "search": search,
        "mine": bool(mine),
        "team": team,
        "page": shown,
        "lines": ask.lines(shown),
    }
    fragment = asked.htmx and not asked.htmx.history_restore_request
    return page(asked, "cases_rows" if fragment else "cases", frame | context)


@needs(Right.DEBTORS)
@require_safe
def case(asked: Asked, number: int) -> HttpResponse:
    """Show one household, everything: its loans, its people, who is responsible, what was done."""
    found = _case(asked, number)
    return _page(asked, found, Handover(found, asked) if _own(asked, found) else None)


@needs(Right.ASSIGN)
@require_POST
def assign(asked: Asked, number: int) -> HttpResponse:
    """Make somebody else responsible."""
    found = _case(asked, number)
    user = asked.desk.user
    if user is None or not asked.desk.scope(Right.ASSIGN).has(found.institution):
        raise Http404
    form = Handover(found, asked, asked.POST)
    if form.is_valid() and _given(form, found, user):
        return redirect("case", number)
    return _page(asked, found, form, status=422)


def _given(form: Handover, found: Case, by: User) -> bool:
    told = form.cleaned_data
    try:
        give(
            case=found,
            to=told["to"],
            reason=told["reason"],
            by=by,
            at=timezone.now(),
            instead_of=told["instead_of"],
        )
    except Refusal as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _case(asked: Asked, number: int) -> Case:
    """Return a case that the person may see; another is none that there is."""
    found = ask.case_in(asked.desk.scope(Right.DEBTORS), number)
    if found is None:
        raise Http404
    return found


def _own(asked: Asked, found: Case) -> bool:
    scope = asked.desk.scope(Right.ASSIGN)
    return found.closed_on is None and scope.has(found.institution)


def _page(asked: Asked, found: Case, form: Handover | None, *, status: int = 200) -> HttpResponse:
    desk = asked.desk
    scope = desk.scope(Right.DEBTORS)
    loans = list(ask.loans_of(found, desk.close, scope)) if desk.close else []
    theirs = scope.has(found.institution)
    context = {
        "case": found,
        "head": ask.heads_of([found.household_id]).get(found.household_id),
        "rows": with_months(loans, desk.close, desk.closes) if desk.close else [],
        "months": month_ends(desk.close) if desk.close else [],
        "sums": ask.owed(loans),
        "people": Borrower.objects.filter(household_id=found.household_id) if theirs else [],
        "history": found.history.select_related("user") if theirs else [],
        "told": told_of(found.chain) if theirs else [],
        "form": form,
        "theirs": theirs,
        "teams": teams_of(found, on=desk.on) if theirs else [],
        "may_team": form is not None,
    }
    return page(asked, "case", climb(found.institution, scope) | context, status=status)
