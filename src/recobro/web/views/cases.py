from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from recobro.book.models import Borrower, Close
from recobro.book.queries import Scope
from recobro.casework.case import queries as ask
from recobro.casework.case.enums import Outcome
from recobro.casework.case.models import Case
from recobro.casework.case.operations import assign as give
from recobro.casework.case.operations import set_deadline
from recobro.journal.queries import told_of
from recobro.office.approvals.models import Request
from recobro.office.approvals.queries import waiting
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.office.people.queries import holders
from recobro.office.saved.enums import List
from recobro.oversight.teams.models import Team
from recobro.oversight.teams.queries import cases_of, teams_of
from recobro.terms.refusal import Refusal
from recobro.web.case_columns import COLUMNS
from recobro.web.desk import Asked, Desk
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.render import climb, page
from recobro.web.squares import looked_at, month_ends, with_months
from recobro.web.views.saved import opens_with, saved_views
from recobro.web.views.teams import found_team

_A_PAGE: Final = 50


class Handover(forms.Form):
    """Who is to be responsible from now on, and why."""

    def __init__(self, case: Case, asked: Asked, data: QueryDict | None = None) -> None:
        super().__init__(data)
        say = asked.desk.language.say
        able = {
            str(user.pk): user
            for user in holders(Right.COLLECT, case.institution, on=asked.desk.on)
        }
        self.fields["to"] = forms.TypedChoiceField(
            choices=[("", "—"), *((number, str(user)) for number, user in able.items())],
            coerce=able.__getitem__,
            label=say("case.to"),
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


class Deadline(forms.Form):
    """By when the case is to be done with, and why."""

    def __init__(self, case: Case, asked: Asked, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="deadline_%s")
        say = asked.desk.language.say
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields["due_on"] = forms.DateField(
            label=say("case.due"), initial=case.due_on, widget=widget
        )
        self.fields["why"] = forms.CharField(max_length=400, label=say("case.reason"))
        self.fields["instead_of"] = forms.DateField(initial=case.due_on, widget=forms.HiddenInput())


@needs(Right.DEBTORS)
@require_safe
@opens_with(List.CASES, COLUMNS)
def ledger(asked: Asked) -> HttpResponse:
    """List the households with an open case: what they owe, and who is responsible."""
    desk = asked.desk
    node = desk.node(Right.DEBTORS)
    frame = climb(node, desk.scope(Right.DEBTORS))
    if desk.close is None:
        return page(asked, "home_empty", frame)
    chosen = _chosen(desk)
    team = found_team(asked)
    cases = _cases(desk, desk.close, chosen, team)
    search, sort = desk.sought("search"), desk.told("sort") or ask.DEFAULT_SORT
    rows = ask.in_order(
        ask.households(desk.close, cases, search=search, newest=not desk.stale), sort
    )
    shown = Paginator(rows, _A_PAGE).get_page(asked.GET.get("page"))
    context: dict[str, Any] = {
        "columns": COLUMNS.of(asked.GET),
        "picked": bool(COLUMNS.told(asked.GET)),
        "sort": sort,
        "sorts": ask.SORTS,
        "search": search,
        "hands_over": Right.ASSIGN in desk.rights,
        "team": team,
        "page": shown,
        "lines": ask.lines(shown, close=desk.close),
    }
    fragment = asked.htmx and not asked.htmx.history_restore_request
    if fragment:
        return page(asked, "cases_rows", frame | chosen | context)
    context["offered"] = COLUMNS.offered(context["columns"])
    return page(asked, "cases", frame | chosen | context | saved_views(desk, List.CASES))


def _cases(desk: Desk, close: Close, chosen: dict[str, Any], team: Team | None) -> QuerySet[Case]:
    """Return the open cases that the address asks for."""
    cases = ask.open_cases(
        desk.within(Right.DEBTORS),
        responsible=[chosen["of"]] if chosen["of"] else chosen["mine"],
        late_on=desk.on if chosen["late"] else None,
    )
    if chosen["off"]:
        cases = ask.written_off(cases, close)
    if team is not None:
        cases = cases.filter(pk__in=cases_of(team, desk.scope(Right.DEBTORS)))
    return cases


def _chosen(desk: Desk) -> dict[str, Any]:
    """Return whose cases the address asks for, and whether only overdue or written-off ones."""
    of = desk.told("of")
    person = User.objects.filter(username=of).first() if of else None
    if of and person is None:
        raise Http404
    mine = [desk.user, *desk.absent] if desk.told("mine") and desk.user else []
    return {
        "of": person,
        "mine": mine,
        "late": bool(desk.told("late")),
        "off": bool(desk.told("off")),
    }


@needs(Right.DEBTORS)
@require_safe
def case(asked: Asked, number: int) -> HttpResponse:
    """Show one household, everything: its loans, its people, who is responsible, what was done."""
    found = _case(asked, number)
    hands_over = _own(asked, found) and not getattr(found, "asks", False)
    return _page(asked, found, Handover(found, asked) if hands_over else None)


@needs(Right.DEBTORS)
@require_safe
def pane(asked: Asked, number: int) -> HttpResponse:
    """Tell the essentials of a case and its household beside the list."""
    desk, found = asked.desk, _case(asked, number)
    scope = desk.scope(Right.DEBTORS)
    theirs = scope.has(found.institution)
    members = list(Borrower.objects.filter(household_id=found.household_id))
    loans = list(ask.loans_of(found, desk.close, scope)) if desk.close else []
    context = {
        "case": found,
        "head": ask.heads_among(members).get(found.household_id),
        "people": members if theirs else [],
        "loans": loans,
        "sums": ask.owed(loans),
        "off": bool(loans) and not any(loan.on_balance for loan in loans),
        "last": next(iter(told_of(found.chain)), None) if theirs else None,
        "theirs": theirs,
    }
    return page(asked, "case_pane", context)


@needs(Right.ASSIGN)
@require_POST
def assign(asked: Asked, number: int) -> HttpResponse:
    """Make somebody else responsible."""
    found = _case(asked, number)
    user = asked.desk.user
    if user is None or not asked.desk.scope(Right.ASSIGN).has(found.institution):
        raise Http404
    form = Handover(found, asked, asked.POST)
    if form.is_valid() and _given(asked, form, found, user):
        return redirect("case", number)
    return _page(asked, found, form, status=422)


@needs(Right.ASSIGN)
@require_POST
def deadline(asked: Asked, number: int) -> HttpResponse:
    """Say by when the case is to be done with."""
    found = _case(asked, number)
    user = asked.desk.user
    if user is None or not asked.desk.scope(Right.ASSIGN).has(found.institution):
        raise Http404
    form = Deadline(found, asked, asked.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            set_deadline(
                case=found,
                due_on=told["due_on"],
                reason=told["why"],
                by=user,
                at=timezone.now(),
                instead_of=told["instead_of"],
            )
        except Refusal as refused:
            form.add_error(None, in_words(refused, asked.desk.language))
        else:
            return redirect("case", number)
    return _page(asked, found, Handover(found, asked), deadline=form, status=422)


def _given(asked: Asked, form: Handover, found: Case, by: User) -> bool:
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
        form.add_error(None, in_words(refused, asked.desk.language))
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


def _asked(found: Case) -> Request | None:
    """Return what somebody has asked for about a case and nobody has decided."""
    return waiting("case-assign", found.chain) if getattr(found, "asks", False) else None


def _sets_deadline(asked: Asked, found: Case) -> bool:
    """Tell whether the person says by when it is due: not who is responsible."""
    return _own(asked, found) and found.responsible != asked.desk.user


def _page(
    asked: Asked,
    found: Case,
    form: Handover | None,
    *,
    deadline: Deadline | None = None,
    status: int = 200,
) -> HttpResponse:
    desk = asked.desk
    scope = desk.scope(Right.DEBTORS)
    theirs = scope.has(found.institution)
    members = list(Borrower.objects.filter(household_id=found.household_id))
    context: dict[str, Any] = {
        "case": found,
        "head": ask.heads_among(members).get(found.household_id),
        "form": form,
        "deadline": (deadline or Deadline(found, asked)) if _sets_deadline(asked, found) else None,
        "late": found.closed_on is None and found.due_on < desk.on,
        "theirs": theirs,
        "goes_on": ask.goes_on_in(found, scope) if found.outcome == Outcome.MERGED else None,
        "teams": teams_of(found, on=desk.on) if theirs else [],
        "may_team": form is not None,
    }
    if theirs:
        context |= {
            "people": members,
            "history": found.history.select_related("user"),
            "told": told_of(found.chain),
            "asked": _asked(found),
        }
    frame = climb(found.institution, scope) | _loans(desk, found, scope)
    return page(asked, "case", frame | context, status=status)


def _loans(desk: Desk, found: Case, scope: Scope) -> dict[str, Any]:
    """Return how the loans of a case stand on the day looked at, and stood at month ends."""
    if desk.close is None:
        return {"rows": [], "months": [], "sums": []}
    days = looked_at(desk.close, desk.closes)
    among = list(ask.loans_of(found, desk.close, scope, also=days))
    loans = [row for row in among if row.close_id == desk.close.pk]
    return {
        "rows": with_months(loans, desk.close, desk.closes, among=among),
        "months": month_ends(desk.close),
        "sums": ask.owed(loans),
        "off": bool(loans) and not any(loan.on_balance for loan in loans),
    }
