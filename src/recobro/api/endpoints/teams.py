from datetime import date

from django.http import Http404
from ninja import Path, Query, Router

from recobro.api.answers import Amount, Answer, Page, money, page, part
from recobro.api.caller import Asked
from recobro.api.gate import Token
from recobro.api.inputs import Number, Paging, Text
from recobro.book.models import Close
from recobro.office.people.enums import Right
from recobro.oversight.teams import models
from recobro.oversight.teams import queries as ask
from recobro.oversight.teams.enums import Kind

router = Router()


class Wanted(Paging):
    """Which teams."""

    at: Text = ""
    """An institution by its id, with all below it; else everything that the token opens."""
    ended: bool = False
    """Those that have ended; else those that there are."""


class TeamLine(Answer):
    """A team, who leads it, and how much it has."""

    team: int
    kind: str
    name: str
    institution: str
    mandate: str
    from_on: date
    until_on: date | None
    """The first day on which it is no more."""
    largest: int | None
    """So many households in each currency are its cases by the rule, of large debts."""
    leader: str
    """The name of who leads it; empty where nobody does."""
    members: int
    cases: int
    """Its open cases that you see."""


class Helped(Answer):
    """An institution that a team helps, and what came of it in one currency."""

    institution: str
    from_on: date
    then_on: date | None
    """The day of the close with which it is compared; null where none was shown."""
    currency: str
    """Empty where there is neither a loan nor a case that ended."""
    nonperforming_then: Amount | None
    nonperforming_now: Amount | None
    cured: int
    """Cases that have ended since, by how."""
    paid: int
    sold: int
    extinguished: int


class Team(Answer):
    """A team, and what came of its help at the latest close."""

    team: TeamLine
    helps: list[Helped]


class TeamMember(Answer):
    """Somebody who belongs to a team, or did."""

    username: str
    name: str
    leads: bool
    from_on: date
    until_on: date | None


class TeamCase(Answer):
    """A case that came to a team: its own, or one that has left it."""

    case: int
    household_id: str
    institution: str
    from_on: date
    until_on: date | None
    """The first day on which it was the team's no more."""
    as_of: date | None
    """The day of the close by which it came; null where somebody gave it."""


@router.get("/teams", response=Page[TeamLine], auth=Token(Right.DEBTORS))
def teams(request: Asked, wanted: Query[Wanted]) -> Page[TeamLine]:
    """List the teams that you see: of your institutions, or with a case or a pair there."""
    caller = request.auth
    user = None if wanted.at else caller.user
    rows = ask.teams_in(caller.within(Right.DEBTORS, wanted.at), user=user)
    there = ask.in_force(caller.on)
    rows = rows.exclude(there) if wanted.ended else rows.filter(there)
    return page(rows[part(wanted)], _line, wanted, total=rows.count())


@router.get("/teams/{number}", response=Team, auth=Token(Right.DEBTORS))
def team(request: Asked, number: Path[Number]) -> Team:
    """Show a team, and what came of its help."""
    found = team_of(request, number)
    helps = []
    if found.kind == Kind.CLEARING_TEAM and request.auth.closes:
        helps = _helps(request, found, request.auth.close(None))
    return Team(team=_line(found), helps=helps)


def _helps(request: Asked, found: models.Team, close: Close) -> list[Helped]:
    pairs = ask.pairs_of(found, request.auth.scope(Right.DEBTORS))
    return [_helped(one) for one in ask.results(pairs, close)]


@router.get("/teams/{number}/members", response=list[TeamMember], auth=Token(Right.DEBTORS))
def team_members(request: Asked, number: Path[Number]) -> list[TeamMember]:
    """List who belongs to a team and who did, the leader first."""
    return [
        TeamMember(
            username=one.user.username,
            name=str(one.user),
            leads=one.leads,
            from_on=one.from_on,
            until_on=one.until_on,
        )
        for one in ask.members_of(team_of(request, number))
    ]


@router.get("/teams/{number}/cases", response=Page[TeamCase], auth=Token(Right.DEBTORS))
def team_cases(request: Asked, number: Path[Number], paging: Query[Paging]) -> Page[TeamCase]:
    """List which cases came to a team and which left it, those that you see, newest first."""
    found = team_of(request, number)
    rows = ask.changes_of(found, request.auth.scope(Right.DEBTORS)).select_related("close")
    return page(rows[part(paging)], _case, paging, total=rows.count())


def team_of(request: Asked, number: int) -> models.Team:
    """Return a team that the caller sees. Raises Http404 for another."""
    caller = request.auth
    rows = ask.teams_in(caller.scope(Right.DEBTORS), user=caller.user)
    found = rows.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def _line(one: models.Team) -> TeamLine:
    return TeamLine(
        team=one.pk,
        kind=one.kind,
        name=one.name,
        institution=one.institution_id,
        mandate=one.mandate,
        from_on=one.from_on,
        until_on=one.until_on,
        largest=one.largest,
        leader=one.leader or "",  # type: ignore[attr-defined]  # of teams_in
        members=one.people,  # type: ignore[attr-defined]  # the same
        cases=one.open_cases,  # type: ignore[attr-defined]  # the same
    )


def _helped(one: ask.Result) -> Helped:
    return Helped(
        institution=one.pair.institution_id,
        from_on=one.pair.from_on,
        then_on=one.pair.then_on,
        currency=one.currency,
        nonperforming_then=None if one.then is None else money(one.then, one.currency),
        nonperforming_now=None if one.now is None else money(one.now, one.currency),
        cured=one.ended["cured"],
        paid=one.ended["paid"],
        sold=one.ended["sold"],
        extinguished=one.ended["extinguished"],
    )


def _case(one: models.TeamCase) -> TeamCase:
    return TeamCase(
        case=one.case_id,
        household_id=one.case.household_id,
        institution=one.case.institution_id,
        from_on=one.from_on,
        until_on=one.until_on,
        as_of=one.close.as_of if one.close else None,
    )
