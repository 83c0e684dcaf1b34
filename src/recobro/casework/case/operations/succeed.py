"""Let a successor take the cases of whoever leaves a post."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from recobro.book.queries import latest_shown
from recobro.casework.case.enums import Cause
from recobro.casework.case.models import Case, CaseLoan, Responsibility
from recobro.casework.case.operations.assign import CannotCollect, MadeTheLoan
from recobro.casework.case.operations.sign import let_sign
from recobro.casework.case.queries import left_by, owed_by, roster
from recobro.casework.case.rules import ALONE
from recobro.journal.operations import Draft, record_all
from recobro.office.approvals.rules import within
from recobro.office.people import operations as people
from recobro.office.people.enums import Right
from recobro.office.people.models import Post, User
from recobro.office.people.queries import posts_of, scope_of
from recobro.office.settings.queries import value_of
from recobro.office.webhooks.operations import announce_cases
from recobro.terms.refusal import Refusal

_AT_ONCE = 2_000
"""Rows in one statement."""


class SuccessorMissing(Refusal):
    """Somebody leaves who is responsible for open cases, and nobody takes them."""

    says = (
        "{user} is responsible for {cases} open cases; nothing was changed. Name a successor who "
        "takes them."
    )

    def __init__(self, user: User, cases: int) -> None:
        super().__init__(user=user, cases=cases)


@transaction.atomic
def end_post(
    *, post: Post, at: datetime, by: User | str, reason: str = "", successor: User | None = None
) -> int:
    """End a post; the open cases that its holder can then collect no more go to a successor.

    Return how many did. Raises SuccessorMissing, CannotCollect, MadeTheLoan, and as ending a post.
    """
    rest = [held for held in posts_of(post.user, on=at.date()) if held.pk != post.pk]
    leaving = _Leaving(post.user, rest, at, by, reason)
    taken = _hand_over(leaving, successor)
    people.end_post(post=post, at=at, by=by, reason=reason)
    return taken


@transaction.atomic
def end_account(
    *, user: User, at: datetime, by: User | str, reason: str = "", successor: User | None = None
) -> int:
    """End an account; the open cases of its holder go to a successor.

    Return how many did. Raises SuccessorMissing, CannotCollect, MadeTheLoan, and as ending an
    account.
    """
    leaving = _Leaving(user, [], at, by, reason)
    taken = _hand_over(leaving, successor)
    people.end_account(user=user, at=at, by=by, reason=reason)
    return taken


@dataclass(frozen=True, slots=True)
class _Leaving:
    """Who leaves, what they still hold, and who decides it when and why."""

    user: User
    rest: list[Post]
    at: datetime
    by: User | str
    reason: str

    @property
    def name(self) -> str:
        """Who decides it, as the journal tells it."""
        return people.name_of(self.by)


def _hand_over(leaving: _Leaving, successor: User | None) -> int:
    """Let a successor take all cases that somebody leaves behind; return how many there were.

    A case of which the successor made a loan goes where the rule of the place sends it, and so does
    one above the amount up to which one person hands over alone: whoever ends a post chooses a
    successor, and passes no limit by it. Whoever takes cases signs for them.
    """
    left = left_by(leaving.user, leaving.rest).select_for_update(of=("self",))
    cases = list(left.select_related("institution", "responsible"))
    if not cases:
        return 0
    if successor is None or successor == leaving.user:
        raise SuccessorMissing(leaving.user, len(cases))
    _can_take(successor, cases, leaving)
    owed = owed_by(cases, close=latest_shown())
    taken = _takers(cases, successor, leaving, owed)
    _let_sign(taken, leaving, owed)
    for case, user, _ in taken:
        case.responsible = user
    Case.objects.bulk_update(cases, ["responsible"], _AT_ONCE)
    Responsibility.objects.bulk_create(
        (
            Responsibility(
                case=case,
                user=user,
                from_on=leaving.at.date(),
                cause=cause.value,
                reason=leaving.reason,
            )
            for case, user, cause in taken
        ),
        _AT_ONCE,
    )
    announce_cases(cases=(case.pk for case in cases), at=leaving.at)
    drafts = (_told(case, leaving) for case in cases)
    return record_all(drafts=drafts, by=leaving.name, at=leaving.at)


def _can_take(successor: User, cases: list[Case], leaving: _Leaving) -> None:
    on = leaving.at.date()
    scope = scope_of(posts_of(successor, on=on), Right.COLLECT)
    for case in cases:
        if not scope.has(case.institution):
            raise CannotCollect(successor, case)


def _let_sign(
    taken: list[tuple[Case, User, Cause]], leaving: _Leaving, owed: Mapping[str, Mapping[str, int]]
) -> None:
    """Let each who takes cases sign for them."""
    by_taker: dict[User, list[tuple[Case, Mapping[str, int]]]] = defaultdict(list)
    for case, user, _ in taken:
        by_taker[user].append((case, owed.get(case.household_id, {})))
    for user, cases in by_taker.items():
        let_sign(
            to=user,
            cases=cases,
            reason=leaving.reason,
            by=leaving.by if isinstance(leaving.by, User) else None,
            name=leaving.name,
            at=leaving.at,
        )


def _takers(
    cases: list[Case],
    successor: User,
    leaving: _Leaving,
    owed: Mapping[str, Mapping[str, int]],
) -> list[tuple[Case, User, Cause]]:
    made: dict[int, set[str]] = defaultdict(set)
    loans = CaseLoan.objects.filter(case__in=cases).exclude(loan__staff_id="")
    for number, staff_id in loans.values_list("case_id", "loan__staff_id"):
        made[number].add(staff_id)
    names = roster(on=leaving.at.date(), but=leaving.user)
    limit = value_of(ALONE)
    taken = []
    for case in cases:
        sums = owed.get(case.household_id, {})
        own, large = successor.staff_id in made[case.pk], not within(sums, limit)
        taker: tuple[User, Cause] | None = None
        if own or large:
            taker = names.responsible(case.institution.path, made[case.pk], sums)
        if taker is None and not own:
            taker = successor, Cause.SUCCESSION
        if taker is None:
            raise MadeTheLoan(successor, case)
        taken.append((case, *taker))
    return taken


def _told(case: Case, leaving: _Leaving) -> Draft:
    return Draft(
        chain=case.chain,
        act="case.assigned",
        subject=case.household_id,
        institution_id=case.institution_id,
        reason=leaving.reason,
        before={"responsible": leaving.user.username},
        after={"responsible": case.responsible.username},
    )
