"""Which cases a team has: by hand, by list, and taken away again."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from recobro.book.queries import Scope
from recobro.casework.case.models import Case
from recobro.journal.operations import record_all
from recobro.office.people.models import User
from recobro.oversight.teams.enums import BY_HAND, Kind
from recobro.oversight.teams.models import Team, TeamCase
from recobro.oversight.teams.operations.lists import join
from recobro.oversight.teams.operations.team import end_over, taken, told_of_case
from recobro.terms.refusal import Listing, Phrase, Refusal

_NAMED = 5
"""So many of what is wrong are named."""


class ByTheRule(Refusal):
    """The cases of large debts are those that a rule finds."""

    says = (
        "{name} has the {largest} largest households, as each close finds them; nothing was "
        "changed. Change how many there are instead."
    )

    def __init__(self, team: Team) -> None:
        super().__init__(name=team.name, largest=team.largest)


class CaseElsewhere(Refusal):
    """A team has cases of its institution, with all that is below it."""

    says = "{household_id} lies at {there}, not at or below {institution}; nothing was changed."

    def __init__(self, case: Case, team: Team) -> None:
        super().__init__(
            household_id=case.household_id, there=case.institution, institution=team.institution
        )


class CaseOver(Refusal):
    """A case that has ended is given to no team."""

    says = "The case of {household_id} was closed on {closed_on}; nothing was changed."

    def __init__(self, case: Case) -> None:
        super().__init__(household_id=case.household_id, closed_on=case.closed_on)


class CaseTaken(Refusal):
    """A team of the kind has the case already."""

    says = (
        "Another team of the kind has this already: {cases}; nothing was changed. Take it from "
        "that one first."
    )

    def __init__(self, rows: Sequence[TeamCase]) -> None:
        named = Listing(f"{row.case.household_id} ({row.team})" for row in rows[:_NAMED])
        super().__init__(cases=named)


class NotFound(Refusal):
    """Some of a list are no open case there."""

    says = (
        "There is no open case here of {names}; nothing was changed. Loans and households are "
        "named as core banking does."
    )

    def __init__(self, names: Sequence[str]) -> None:
        named = Listing(names[:_NAMED])
        super().__init__(names=Phrase("{some} …", some=named) if len(names) > _NAMED else named)


class NotTheirs(Refusal):
    """The team has not the case."""

    says = "{name} has not this case any more; nothing was changed."

    def __init__(self, team: Team) -> None:
        super().__init__(name=team.name)


@transaction.atomic
def give_cases(
    *, team: Team, cases: Iterable[Case], by: User, at: datetime, reason: str = ""
) -> list[TeamCase]:
    """Give some open cases to a team: all, or none. What it has already it goes on having.

    Raises MayNotTeam, TeamOver, ByTheRule, CaseOver, CaseElsewhere, CaseTaken.
    """
    end_over(at=at)  # what they had can be given
    own, who = taken(team, by=by, at=at)
    if Kind(own.kind) not in BY_HAND:
        raise ByTheRule(own)
    wanted = Case.objects.select_for_update(of=("self",)).select_related("institution")
    found = list(wanted.filter(pk__in=[case.pk for case in cases]).order_by("pk"))
    for case in found:
        if case.closed_on is not None:
            raise CaseOver(case)
        if not case.institution.path.startswith(own.institution.path):
            raise CaseElsewhere(case, own)
    held = TeamCase.objects.filter(kind=own.kind, case__in=found, until_on__isnull=True)
    there = list(held.select_related("case", "team"))
    others = [row for row in there if row.team_id != own.pk]
    if others:
        raise CaseTaken(others)
    known = {row.case_id for row in there}
    return join(own, [case for case in found if case.pk not in known], who, at, reason=reason)


@transaction.atomic
def give_list(
    *, team: Team, names: Sequence[str], by: User, at: datetime, reason: str = ""
) -> list[TeamCase]:
    """Give a team the open cases of some loans or households, named as core banking does.

    All, or none. Raises NotFound, and as giving cases.
    """
    cases = Case.objects.filter(
        Scope((team.institution.path,)).within("institution__path"), closed_on__isnull=True
    )
    told = list(dict.fromkeys(names))
    named = Q(household_id__in=told) | Q(loans__loan__loan_id__in=told)
    rows = cases.filter(named).values_list("pk", "household_id", "loans__loan__loan_id")
    known = {name for _, *both in rows for name in both}
    missing = [name for name in told if name not in known]
    if missing or not told:
        raise NotFound(missing or ["…"])
    return give_cases(
        team=team,
        cases=[Case(pk=pk) for pk in {pk for pk, *_ in rows}],
        by=by,
        at=at,
        reason=reason,
    )


@transaction.atomic
def take_case(*, team: Team, case: Case, by: User, at: datetime, reason: str = "") -> TeamCase:
    """Take a case from a team.

    Raises MayNotTeam, TeamOver, ByTheRule, NotTheirs.
    """
    own, who = taken(team, by=by, at=at)
    if Kind(own.kind) not in BY_HAND:
        raise ByTheRule(own)
    row = own.cases.filter(case=case, until_on__isnull=True).select_related("case").first()
    if row is None:
        raise NotTheirs(own)
    row.until_on = max(at.date(), row.from_on)
    row.save(update_fields=["until_on"])
    drafts = [told_of_case(row, own, "teams.case-left", reason)]
    record_all(drafts=drafts, by=who, at=at)
    return row
