"""What a handover of cases would do, case by case, before anything is done."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from recobro.book.queries import Scope, latest_shown
from recobro.casework.case.enums import Cause, Step
from recobro.casework.case.models import Case, CaseLoan
from recobro.casework.case.queries.cases import owed_by
from recobro.casework.case.queries.roster import Roster, roster
from recobro.casework.case.rules import ALONE
from recobro.office.approvals.queries import Deciders, of_subject
from recobro.office.approvals.rules import within
from recobro.office.people.enums import Right
from recobro.office.people.models import Post, User
from recobro.office.people.queries import acting_posts, name_in, posts_of, scope_of
from recobro.office.settings.queries import value_of

MOST = 2_000
"""Cases that are handed over at once."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A case, to whom it would go by which rule, and what becomes of that."""

    case: Case
    to: User | None
    cause: Cause
    step: Step
    owed: Mapping[str, int]
    name: str
    """In whose name it is decided."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would become of some cases."""

    cases: Sequence[Planned]

    @property
    def counts(self) -> dict[Step, int]:
        """How many cases take each step, in the order of the steps."""
        found = Counter(one.step for one in self.cases)
        return {step: found[step] for step in Step if found[step]}

    @property
    def acts(self) -> int:
        """How many cases would move, or be asked for."""
        return sum(one.step in {Step.MOVES, Step.ASKS} for one in self.cases)

    @property
    def fingerprint(self) -> str:
        """A digest of all of it: what is carried out is what somebody has seen, or nothing."""
        told = sorted(
            f"{one.case.pk} {one.case.responsible_id} {one.to.pk if one.to else 0} {one.step} "
            f"{one.cause} {sorted(one.owed.items())} {one.name}"
            for one in self.cases
        )
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


def plan(cases: Iterable[Case], *, to: User | None, by: User, on: date) -> Plan:
    """Return what would become of open cases that go to somebody, or to whom the rule names.

    In a handful of queries, however many cases there are.
    """
    found = list(cases)
    owed = owed_by(found, close=latest_shown())
    asked = of_subject("case-assign", [case.chain for case in found])
    desk = _Desk(
        to=to,
        posts=[post for post in acting_posts(by, on=on) if Right.ASSIGN in post.rights],
        by=by,
        collects=scope_of(posts_of(to, on=on), Right.COLLECT) if to else Scope(()),
        roster=Roster((), Counter()) if to else roster(on=on),
        made=_makers(found),
        waits=set(asked.values_list("subject", flat=True)),
    )
    limit, deciders = value_of(ALONE), Deciders("case-assign", on=on)
    planned = []
    for case in found:
        sums = owed.get(case.household_id, {})
        taker, cause, step = desk.taken(case, sums)
        if step is Step.MOVES and not within(sums, limit):
            asks = deciders.any(case.institution, sums, by=by, name=desk.name(case))
            step = Step.ASKS if asks else Step.NOBODY
        planned.append(Planned(case, taker, cause, step, sums, desk.name(case)))
    return Plan(planned)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is known of who decides, and of who could take a case."""

    to: User | None
    posts: Sequence[Post]
    by: User
    collects: Scope
    roster: Roster
    made: Mapping[int, set[str]]
    waits: set[str]

    def name(self, case: Case) -> str:
        """Return in whose name it is decided about a case; empty where nobody's."""
        place = case.institution.path
        posts = (post for post in self.posts if place.startswith(post.institution.path))
        post = next(posts, None)
        return name_in(post, self.by) if post else ""

    def taken(self, case: Case, owed: Mapping[str, int]) -> tuple[User | None, Cause, Step]:
        """Return who would take a case, by which rule, and what stands in the way."""
        if not self.name(case):
            return None, Cause.BY_HAND, Step.NOT_YOURS
        if case.chain in self.waits:
            return self.to, Cause.BY_HAND, Step.WAITS
        if self.to is None:
            return self._by_rule(case, owed)
        if self.to.pk == case.responsible_id:
            return self.to, Cause.BY_HAND, Step.SAME
        if not self.collects.has(case.institution):
            return self.to, Cause.BY_HAND, Step.CANNOT_COLLECT
        made = self.to.staff_id in self.made[case.pk]
        return self.to, Cause.BY_HAND, Step.MADE_THE_LOAN if made else Step.MOVES

    def _by_rule(self, case: Case, owed: Mapping[str, int]) -> tuple[User | None, Cause, Step]:
        now = case.responsible_id
        self.roster.load[now] -= 1
        path, made = case.institution.path, self.made[case.pk]
        found = self.roster.responsible(path, made, owed, now=now)
        if found is None:
            return None, Cause.RULE, Step.NOBODY
        user, cause = found
        return user, cause, Step.SAME if user.pk == now else Step.MOVES


def _makers(cases: Iterable[Case]) -> dict[int, set[str]]:
    """Return who made a loan of each case, by their id in core banking."""
    made: dict[int, set[str]] = defaultdict(set)
    loans = CaseLoan.objects.filter(case__in=list(cases)).exclude(loan__staff_id="")
    for number, staff_id in loans.values_list("case_id", "loan__staff_id"):
        made[number].add(staff_id)
    return made
