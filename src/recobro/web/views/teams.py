"""Teams: who clears what together, whom they help, and what came of it."""

from collections.abc import Sequence
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from recobro.book.queries import Scope
from recobro.casework.case import queries as cases
from recobro.office.people.enums import Right
from recobro.oversight.teams import queries as ask
from recobro.oversight.teams.enums import Kind
from recobro.oversight.teams.models import Team
from recobro.oversight.teams.operations import set_up
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked, as_number
from recobro.web.forms.teams import NewTeam, last_to_until
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.render import climb, page

_A_PAGE: Final = 50
_SHOWN: Final = 20
"""Rows of each list that the page of a team shows; of households the ledger has them all."""


@needs(Right.DEBTORS)
@require_safe
def teams(asked: Asked) -> HttpResponse:
    """List the teams that there are, or those that have ended."""
    desk = asked.desk
    node = desk.node(Right.DEBTORS)
    over = bool(desk.told("ended"))
    rows = ask.teams_in(desk.within(Right.DEBTORS), user=None if node else desk.user)
    there = ask.in_force(desk.on)
    rows = rows.exclude(there) if over else rows.filter(there)
    context = {
        "page": Paginator(rows, _A_PAGE).get_page(asked.GET.get("page")),
        "over": over,
        "may": Right.ASSIGN in desk.rights,
    }
    return page(asked, "teams", climb(node, desk.scope(Right.DEBTORS)) | context)


@needs(Right.ASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def add(asked: Asked) -> HttpResponse:
    """Set up a team."""
    form = NewTeam(asked)
    if asked.method == "POST" and form.is_valid():
        made = _set_up(asked, form)
        if made is not None:
            return redirect("team", made.pk)
    status = 422 if asked.method == "POST" else 200
    return page(asked, "team_new", {"form": form}, status=status)


def _set_up(asked: Asked, form: NewTeam) -> Team | None:
    told, user = form.cleaned_data, asked.desk.user
    if user is None:
        return None
    try:
        return set_up(
            kind=Kind(told["kind"]),
            institution=told["institution"],
            name=told["name"],
            mandate=told["mandate"],
            until_on=last_to_until(told["until"]),
            largest=told["largest"],
            by=user,
            at=timezone.now(),
        )
    except Refusal as refused:
        form.add_error(None, in_words(refused, asked.desk.language))
        return None


@needs(Right.DEBTORS)
@require_safe
def team(asked: Asked, number: int) -> HttpResponse:
    """Show a team: who belongs to it, whom it helps, which households it has."""
    desk, found = asked.desk, seen(asked, number)
    scope, close = desk.scope(Right.DEBTORS), desk.close
    pairs = ask.pairs_of(found, scope) if found.kind == Kind.CLEARING_TEAM else []
    context = _listed(asked, "members", ask.members_of(found))
    context |= _listed(asked, "results", ask.results(pairs, close) if close else [])
    if close is not None:
        own = ask.cases_of(found, scope)
        owed = cases.in_order(cases.households(close, own), cases.DEFAULT_SORT)
        context |= {"lines": cases.lines(owed[:_SHOWN]), "sums": cases.sums_of(close, own)}
    context |= {
        "team": found,
        "over": found.over(desk.on),
        "may": may_change(asked, found),
        "node": found.institution,
        "escalated": _escalated(found, scope),
    }
    return page(asked, "team", context)


def _listed(asked: Asked, name: str, rows: Sequence[object]) -> dict[str, Any]:
    """Return the first of a list, and how many there are where these are not all.

    Whoever asks for all of it gets it on the same page.
    """
    if len(rows) <= _SHOWN or asked.desk.told("all") == name:
        return {name: rows}
    return {name: rows[:_SHOWN], f"{name}_in_all": len(rows)}


def _escalated(found: Team, scope: Scope) -> int:
    """Return how many overdue cases have come to the institution whose clearing a group leads."""
    if found.kind != Kind.LEADING_GROUP:
        return 0
    came = cases.escalated_to([found.institution])
    return came.filter(scope.within("institution__path")).count()


@needs(Right.DEBTORS)
@require_safe
def changes(asked: Asked, number: int) -> HttpResponse:
    """List which cases came to a team and which left it."""
    found = seen(asked, number)
    rows = ask.changes_of(found, asked.desk.scope(Right.DEBTORS))
    shown = Paginator(rows, _A_PAGE).get_page(asked.GET.get("page"))
    heads = cases.heads_of(row.case.household_id for row in shown)
    context = {
        "team": found,
        "page": shown,
        "lines": [(row, heads.get(row.case.household_id)) for row in shown],
        "node": found.institution,
    }
    return page(asked, "team_changes", context)


def seen(asked: Asked, number: int) -> Team:
    """Return a team that the person sees; another is none that there is."""
    desk = asked.desk
    rows = ask.teams_in(desk.scope(Right.DEBTORS), user=desk.user)
    found = rows.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def found_team(asked: Asked) -> Team | None:
    """Return the team that the address names, if any; one that the person does not see is none."""
    told = asked.desk.told("team")
    if not told:
        return None
    number = as_number(told)
    if number is None:
        raise Http404
    return seen(asked, number)


def may_change(asked: Asked, found: Team) -> bool:
    """Tell whether the person may change a team."""
    theirs = asked.desk.scope(Right.ASSIGN).has(found.institution)
    return theirs and not found.over(asked.desk.on)
