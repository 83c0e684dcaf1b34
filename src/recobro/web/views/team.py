"""What is changed about a team: each act asks on a page of its own, and is told if refused."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from recobro.casework.case.models import Case
from recobro.casework.case.queries import case_in, heads_of
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.oversight.teams import operations as do
from recobro.oversight.teams.models import Team
from recobro.oversight.teams.queries import cases_of
from recobro.terms.refusal import Refusal
from recobro.web.desk import Asked
from recobro.web.forms import teams as ask
from recobro.web.gate import needs
from recobro.web.refusals import in_words
from recobro.web.render import page
from recobro.web.views.teams import seen

Act = Callable[[dict[str, Any], User], object]


@needs(Right.ASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def change(asked: Asked, number: int) -> HttpResponse:
    """Say anew what a team is called and is to do."""
    found = _theirs(asked, number)

    def act(told: dict[str, Any], by: User) -> object:
        return do.change(
            team=found,
            name=told["name"],
            mandate=told["mandate"],
            version=told["version"],
            largest=told.get("largest"),
            until_on=ask.last_to_until(told.get("until")),
            by=by,
            at=timezone.now(),
        )

    return _asks(asked, found, "change", ask.ChangedTeam(asked, found), act)


@needs(Right.ASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def member(asked: Asked, number: int) -> HttpResponse:
    """Let somebody join a team."""
    found = _theirs(asked, number)

    def act(told: dict[str, Any], by: User) -> object:
        return do.add_member(team=found, user=told["user"], by=by, at=timezone.now())

    return _asks(asked, found, "member", ask.NewMember(asked, found), act)


@needs(Right.ASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def leader(asked: Asked, number: int) -> HttpResponse:
    """Let somebody lead a team."""
    found = _theirs(asked, number)

    def act(told: dict[str, Any], by: User) -> object:
        return do.name_leader(
            team=found,
            user=told["user"],
            instead_of=told["instead_of"],
            by=by,
            at=timezone.now(),
        )

    return _asks(asked, found, "leader", ask.NewLeader(asked, found), act)


@needs(Right.ASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def pair(asked: Asked, number: int) -> HttpResponse:
    """Let a team help an institution."""
    found = _theirs(asked, number)

    def act(told: dict[str, Any], by: User) -> object:
        return do.pair_with(team=found, institution=told["institution"], by=by, at=timezone.now())

    return _asks(asked, found, "pair", ask.NewPair(asked, found), act)


@needs(Right.ASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def give(asked: Asked, number: int) -> HttpResponse:
    """Give a team the cases of a list of loans or households."""
    found = _theirs(asked, number)
    form = ask.CaseList(asked, found)

    def act(told: dict[str, Any], by: User) -> object:
        return do.give_list(
            team=found, names=form.listed(), reason=told["reason"], by=by, at=timezone.now()
        )

    return _asks(asked, found, "cases", form, act)


@needs(Right.ASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def end(asked: Asked, number: int) -> HttpResponse:
    """End a team, once it has been said what that does."""
    found = _theirs(asked, number)

    def act(told: dict[str, Any], by: User) -> object:
        return do.end_team(team=found, reason=told["reason"], by=by, at=timezone.now())

    scope = asked.desk.scope(Right.ASSIGN)
    released = {
        "cases": cases_of(found, scope).count(),
        "members": found.members.filter(until_on__isnull=True).count(),
        "pairs": found.pairs.filter(until_on__isnull=True).count(),
    }
    return _asks(asked, found, "end", ask.Ending(asked, found), act, released=released)


@needs(Right.ASSIGN)
@require_POST
def member_end(asked: Asked, number: int, member: int) -> HttpResponse:
    """Let somebody belong to a team no more."""
    found = _theirs(asked, number)
    row = found.members.filter(pk=member).first()
    if row is None:
        raise Http404
    return _done(asked, found, lambda by: do.remove_member(member=row, by=by, at=timezone.now()))


@needs(Right.ASSIGN)
@require_POST
def pair_end(asked: Asked, number: int, pair: int) -> HttpResponse:
    """Let a team help an institution no more."""
    found = _theirs(asked, number)
    row = found.pairs.filter(pk=pair).first()
    if row is None:
        raise Http404
    return _done(asked, found, lambda by: do.end_pair(pair=row, by=by, at=timezone.now()))


@needs(Right.ASSIGN)
@require_POST
def case_end(asked: Asked, number: int, case: int) -> HttpResponse:
    """Take a case from a team."""
    found, own = _theirs(asked, number), _case(asked, case)
    return _done(
        asked, found, lambda by: do.take_case(team=found, case=own, by=by, at=timezone.now())
    )


@needs(Right.ASSIGN)
@require_http_methods(["GET", "HEAD", "POST"])
def of_case(asked: Asked, number: int) -> HttpResponse:
    """Give one case to a team."""
    own = _case(asked, number)
    form = ask.CaseTeam(asked, own)
    if asked.method == "POST" and form.is_valid():
        told = form.cleaned_data

        def act(by: User) -> object:
            return do.give_cases(
                team=told["team"], cases=[own], reason=told["reason"], by=by, at=timezone.now()
            )

        if _acted(asked, form, act):
            return redirect("case", number)
    context = {
        "case": own,
        "form": form,
        "head": heads_of([own.household_id]).get(own.household_id),
    }
    status = 422 if asked.method == "POST" else 200
    return page(asked, "case_team", context, status=status)


def _asks(
    asked: Asked,
    found: Team,
    name: str,
    form: forms.Form,
    act: Act,
    *,
    released: Mapping[str, int] | None = None,
) -> HttpResponse:
    """Show a form of a team, or do what it says and lead back; what is refused is said on it."""
    if asked.method == "POST" and form.is_valid():
        told = form.cleaned_data
        if _acted(asked, form, lambda by: act(told, by)):
            return redirect("team", found.pk)
    status = 422 if asked.method == "POST" else 200
    context = {"team": found, "act": name, "form": form, "node": found.institution}
    return page(asked, "team_act", context | {"released": released}, status=status)


def _done(asked: Asked, found: Team, act: Callable[[User], object]) -> HttpResponse:
    """Do what needs no form; what is refused has a page of its own."""
    form = forms.Form(asked.POST)
    if _acted(asked, form, act):
        return redirect("team", found.pk)
    context = {"team": found, "act": "refused", "form": form, "node": found.institution}
    return page(asked, "team_act", context, status=409)


def _acted(asked: Asked, form: forms.Form, act: Callable[[User], object]) -> bool:
    if asked.desk.user is None:
        return False
    try:
        act(asked.desk.user)
    except Refusal as refused:
        form.is_valid()
        form.add_error(None, in_words(refused, asked.desk.language))
        return False
    return True


def _theirs(asked: Asked, number: int) -> Team:
    """Return a team that the person may change; another is none that there is."""
    found = seen(asked, number)
    if not asked.desk.scope(Right.ASSIGN).has(found.institution):
        raise Http404
    return found


def _case(asked: Asked, number: int) -> Case:
    """Return a case for which the person may say who collects; another is none that there is."""
    found = case_in(asked.desk.scope(Right.DEBTORS), number)
    if found is None or not asked.desk.scope(Right.ASSIGN).has(found.institution):
        raise Http404
    return found
