"""Teams as people look for them: whom they see, who could belong, what came of it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from recobro.book.models import Close, Figure, Institution, Standing
from recobro.book.queries import Scope, climbed
from recobro.casework.case.models import Case
from recobro.office.people.models import Post, User
from recobro.office.people.queries import posts_on
from recobro.oversight.teams.enums import BY_HAND, LED_BY, Kind
from recobro.oversight.teams.models import Pair, Team, TeamCase, TeamMember
from recobro.oversight.teams.rules import may_belong, may_lead

_OPEN = Q(until_on__isnull=True)


def in_force(on: date) -> Q:
    """Return the condition that a team is there on a day; one whose day has come is not."""
    return Q(ended_at__isnull=True) & (Q(until_on__isnull=True) | Q(until_on__gt=on))


def teams_in(scope: Scope, *, user: User | None = None) -> QuerySet[Team]:
    """Return the teams that somebody sees, each with `leader`, `people` and `open_cases`.

    Those at an institution of the scope, that help one, or that have a case of one; and a person's
    own. The cases that are counted are those of the scope.
    """
    cases = TeamCase.objects.filter(
        scope.within("case__institution__path"), _OPEN, team=OuterRef("pk")
    )
    cases = cases.filter(case__closed_on__isnull=True)
    pairs = Pair.objects.filter(scope.within("institution__path"), _OPEN, team=OuterRef("pk"))
    members = TeamMember.objects.filter(_OPEN, team=OuterRef("pk"))
    theirs = scope.within("institution__path") | Q(Exists(pairs)) | Q(Exists(cases))
    if user is not None:
        theirs |= Q(Exists(members.filter(user=user)))
    return (
        Team.objects.filter(theirs)
        .select_related("institution")
        .annotate(
            leader=Subquery(members.filter(leads=True).values("user__name")[:1]),
            people=_counted(members),
            open_cases=_counted(cases),
        )
    )


def _counted(rows: QuerySet[TeamMember] | QuerySet[TeamCase]) -> Coalesce:
    counted = rows.order_by().values("team").annotate(rows=Count("pk")).values("rows")
    return Coalesce(Subquery(counted), 0)


def without_leader(scope: Scope, *, on: date) -> QuerySet[Team]:
    """Return the teams at institutions of a scope that nobody leads."""
    leaders = TeamMember.objects.filter(_OPEN, team=OuterRef("pk"), leads=True)
    return Team.objects.filter(scope.within("institution__path"), in_force(on), ~Exists(leaders))


def teams_of(case: Case, *, on: date) -> list[Team]:
    """Return the teams that have a case on a day, one of a kind at most."""
    own = TeamCase.objects.filter(_OPEN, case=case).values("team")
    return list(Team.objects.filter(in_force(on), pk__in=own))


def teams_for(case: Case, *, on: date) -> QuerySet[Team]:
    """Return the teams that a case could be given to by hand: at its institution or above.

    Not those of a kind of which a team has it.
    """
    there = TeamCase.objects.filter(_OPEN, case=case, team__in=Team.objects.filter(in_force(on)))
    return Team.objects.filter(
        in_force(on),
        kind__in=sorted(BY_HAND),
        institution__path__in=climbed(case.institution.path),
    ).exclude(kind__in=there.values("kind"))


def cases_of(team: Team, scope: Scope) -> QuerySet[Case]:
    """Return the open cases of a team that somebody sees."""
    own = TeamCase.objects.filter(_OPEN, team=team).values("case")
    return Case.objects.filter(
        scope.within("institution__path"), pk__in=own, closed_on__isnull=True
    )


def changes_of(team: Team, scope: Scope) -> QuerySet[TeamCase]:
    """Return which cases came to a team and left it, those that somebody sees, newest first."""
    rows = team.cases.filter(scope.within("case__institution__path")).select_related("case")
    return rows.order_by(Coalesce("until_on", "from_on").desc(), "-pk")


def members_of(team: Team) -> list[TeamMember]:
    """Return who belongs to a team and who did: the leader first, then by day."""
    order = (F("until_on").desc(nulls_first=True), "-leads", "from_on", "pk")
    return list(team.members.select_related("user").order_by(*order))


def possible_members(team: Team, *, on: date) -> QuerySet[User]:
    """Return who could join a team, by name."""
    there = set(team.members.filter(_OPEN).values_list("user", flat=True))
    found = {
        user
        for user, posts in _posts_by_person(on).items()
        if user not in there and may_belong(posts, team.institution)
    }
    return User.objects.filter(pk__in=found).order_by("name", "pk")


def possible_leaders(kind: Kind, institution: Institution, *, on: date) -> QuerySet[User]:
    """Return who could lead such a team, by name."""
    held, right = _posts_by_person(on), LED_BY[kind]
    found = [user for user, posts in held.items() if may_lead(posts, right, institution)]
    return User.objects.filter(pk__in=found).order_by("name", "pk")


def _posts_by_person(on: date) -> dict[int, list[Post]]:
    held: dict[int, list[Post]] = defaultdict(list)
    for post in posts_on(on):
        held[post.user_id].append(post)
    return held


def nonperforming_at(institution: Institution, close: Close) -> dict[str, int]:
    """Return what is non-performing at an institution at a close, by currency."""
    rows = Figure.objects.filter(institution=institution, close=close, by="all")
    return dict(rows.order_by("currency").values_list("currency", "nonperforming_principal"))


class _Ended(NamedTuple):
    """How many cases ended in one way at a place on a day."""

    path: str
    closed_on: date
    outcome: str
    currency: str
    cases: int

    def counts_for(self, pair: Pair) -> bool:
        """Tell whether they lie where a pair helps, and ended after it began."""
        return self.path.startswith(pair.institution.path) and self.closed_on > _since(pair)


@dataclass(slots=True)
class Result:
    """What came of the help at an institution, in one currency; None: not known."""

    pair: Pair
    currency: str
    then: int | None = None
    now: int | None = None
    first: bool = True
    """Whether it is the first of its pair, in the order of currencies."""
    ended: Counter[str] = field(default_factory=Counter)
    """Cases that have ended since, by outcome."""

    @property
    def change(self) -> int | None:
        """What is bad there now, less what was."""
        return None if self.then is None or self.now is None else self.now - self.then


def pairs_of(team: Team, scope: Scope) -> list[Pair]:
    """Return the institutions that a team helps, those that somebody sees, in order."""
    rows = team.pairs.filter(scope.within("institution__path"), _OPEN)
    return list(rows.select_related("institution"))


def results(pairs: Sequence[Pair], close: Close) -> list[Result]:
    """Return for each pair what was non-performing there as it began, what is now, and what ended.

    At a close, by currency; a place without loans has one result, without a currency.
    """
    if not pairs:
        return []
    places = [pair.institution_id for pair in pairs]
    rows = Figure.objects.filter(close=close, by="all", institution__in=places).values_list(
        "institution", "currency", "nonperforming_principal"
    )
    now = {(place, currency): bad for place, currency, bad in rows}
    ended = list(_ended(pairs, close))
    return [
        replace(_result(pair, currency, now, ended), first=place == 0)
        for pair in pairs
        for place, currency in enumerate(_currencies(pair, now, ended))
    ]


def _currencies(
    pair: Pair, now: Mapping[tuple[str, str], int], ended: Iterable[_Ended]
) -> list[str]:
    there = {currency for place, currency in now if place == pair.institution_id}
    since = {one.currency for one in ended if one.counts_for(pair)}
    return sorted(there | set(pair.then) | since) or [""]


def _result(
    pair: Pair, currency: str, now: Mapping[tuple[str, str], int], ended: Iterable[_Ended]
) -> Result:
    result = Result(pair, currency)
    if currency:
        result.now = now.get((pair.institution_id, currency), 0)
        result.then = pair.then.get(currency, 0) if pair.then_on else None
    for one in ended:
        if one.currency == currency and one.counts_for(pair):
            result.ended[one.outcome] += one.cases
    return result


def _ended(pairs: Sequence[Pair], close: Close) -> Iterable[_Ended]:
    scope = Scope.of(pair.institution.path for pair in pairs)
    cases = Case.objects.filter(
        scope.within("institution__path"),
        closed_on__gt=min(_since(pair) for pair in pairs),
        closed_on__lte=close.as_of,
    )
    rows = cases.order_by().values_list(
        "institution__path", "closed_on", "outcome", "loans__loan__currency"
    )
    return (_Ended(*row) for row in rows.annotate(cases=Count("pk", distinct=True)))


def _since(pair: Pair) -> date:
    """Return the day after which what ends counts: that of the close it is compared with."""
    return pair.then_on or pair.from_on


def largest_households(
    scope: Scope, close: Close, number: int, *, but: Collection[int] = ()
) -> set[int]:
    """Return the cases of the households that owe most of what is non-performing, by number.

    So many in each currency, since two currencies are not compared; all that a household owes the
    bank counts. Cases that are another team's are passed over.
    """
    cases = Case.objects.filter(scope.within("institution__path"), closed_on__isnull=True)
    open_ = dict(cases.values_list("household_id", "pk"))
    bad = Standing.objects.filter(close=close, nonperforming=True, on_balance=True)
    bad = bad.filter(household_id__in=cases.values("household_id"))
    rows = (
        bad.order_by()
        .values_list("household_id", "currency")
        .annotate(owed=Sum("outstanding_principal"))
    )
    taken = set(but)
    left: Counter[str] = Counter()
    found = set()
    for household, currency, _ in rows.order_by("-owed", "household_id"):
        case = open_[household]
        if case not in taken and left[currency] < number:
            left[currency] += 1
            found.add(case)
    return found
