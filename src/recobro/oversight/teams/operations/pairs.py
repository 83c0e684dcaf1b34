"""Which institutions a clearing team helps."""

from datetime import datetime

from django.db import transaction

from recobro.book.models import Institution
from recobro.book.queries import Scope, climbed, latest_shown
from recobro.office.people.models import User
from recobro.oversight.teams.enums import Kind
from recobro.oversight.teams.models import Pair, Team
from recobro.oversight.teams.operations.team import taken, tell
from recobro.oversight.teams.queries import nonperforming_at
from recobro.terms.refusal import Refusal


class CannotPair(Refusal):
    """Only a clearing team helps others, and only below its own institution."""

    says = (
        "{name} cannot be paired with {institution}; nothing was changed. A clearing team helps "
        "institutions below its own, none of which lies in another that it helps."
    )

    def __init__(self, team: Team, institution: Institution) -> None:
        super().__init__(name=team.name, institution=institution)


class HelpedAlready(Refusal):
    """The institution is helped by a team already."""

    says = (
        "{institution} is helped by {team} since {from_on} already; nothing was changed. End that "
        "first."
    )

    def __init__(self, pair: Pair) -> None:
        super().__init__(institution=pair.institution, team=pair.team, from_on=pair.from_on)


class PairOver(Refusal):
    """The team helps the institution no more."""

    says = "{institution} is helped by {team} no more since {until_on}; nothing was changed."

    def __init__(self, pair: Pair) -> None:
        super().__init__(institution=pair.institution, team=pair.team, until_on=pair.until_on)


@transaction.atomic
def pair_with(*, team: Team, institution: Institution, by: User, at: datetime) -> Pair:
    """Let a clearing team help an institution; what is non-performing there now is kept.

    Raises MayNotTeam, TeamOver, CannotPair, HelpedAlready.
    """
    own, who = taken(team, by=by, at=at)
    place = Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
    open_ = Pair.objects.filter(until_on__isnull=True).select_related("team", "institution")
    helped = open_.filter(institution=place).first()
    if helped is not None:
        raise HelpedAlready(helped)
    if Kind(own.kind) is not Kind.CLEARING_TEAM or not _below(own, place):
        raise CannotPair(own, place)
    around = Scope((place.path,)).within("institution__path")
    if open_.filter(team=own, institution__path__in=climbed(place.path)).exists() or (
        open_.filter(around, team=own).exists()
    ):
        raise CannotPair(own, place)
    close = latest_shown()
    pair = Pair(team=own, institution=place, from_on=at.date())
    if close is not None:
        pair.then_on, pair.then = close.as_of, nonperforming_at(place, close)
    pair.save()
    tell(own, "teams.paired", by=who, at=at, after={"institution": place.pk})
    return pair


@transaction.atomic
def end_pair(*, pair: Pair, by: User, at: datetime) -> Pair:
    """Let a team help an institution no more.

    Raises MayNotTeam, TeamOver, PairOver.
    """
    own, who = taken(pair.team, by=by, at=at)
    there = Pair.objects.select_related("institution", "team").get(pk=pair.pk, team=own)
    if there.until_on is not None:
        raise PairOver(there)
    there.until_on = max(at.date(), there.from_on)
    there.save(update_fields=["until_on"])
    tell(own, "teams.pair-ended", by=who, at=at, before={"institution": there.institution_id})
    return there


def _below(team: Team, place: Institution) -> bool:
    return place.pk != team.institution_id and place.path.startswith(team.institution.path)
