"""Hand cases over in bulk, as a plan has shown it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from recobro.casework.case.enums import Step
from recobro.casework.case.models import Case, Handover, Responsibility
from recobro.casework.case.operations.assign import ask_to_assign
from recobro.casework.case.operations.sign import let_sign
from recobro.casework.case.queries import MOST, Plan, Planned, plan
from recobro.journal.operations import Draft, record_all
from recobro.office.approvals.models import Request
from recobro.office.people.models import User
from recobro.office.webhooks.operations import announce_cases
from recobro.terms.refusal import Refusal

MOST_ASKED: Final = 100
"""Cases about which a second person is asked at once."""

_AT_ONCE: Final = 2_000
"""Rows in one statement."""


class PlanChanged(Refusal):
    """Things stand otherwise than whoever decided has seen."""

    says = (
        "Some of these cases stand otherwise by now than the preview has shown; nothing was "
        "changed. Look at it again, and decide anew."
    )


class NothingMoves(Refusal):
    """No case would go anywhere."""

    says = "None of these cases would go to anybody else; nothing was changed."


class TooManyCases(Refusal):
    """More cases than are handed over at once."""

    says = (
        "{number} cases are more than the {most} that are handed over at once; nothing was "
        "changed. Choose fewer."
    )

    def __init__(self, number: int) -> None:
        super().__init__(number=number, most=MOST)


class TooManyAsked(Refusal):
    """More cases than a second person is asked about at once."""

    says = (
        "{number} of these cases need a second person, more than the {most_asked} that are asked "
        "for at once; nothing was changed. Choose fewer."
    )

    def __init__(self, number: int) -> None:
        super().__init__(number=number, most_asked=MOST_ASKED)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What was done: a handover for each taker, what waits for a second person, what was left."""

    handovers: list[Handover]
    asked: list[Request]
    left: int


@transaction.atomic
def hand_over(
    *,
    cases: Collection[int],
    to: User | None,
    reason: str,
    by: User,
    at: datetime,
    seen: str,
) -> HandedOver:
    """Hand open cases over to somebody, or each to whom the rule of its place names.

    `seen` is the fingerprint of the plan that was decided by. Those above the limit are asked for;
    those that cannot move stay. Raises TooManyCases, TooManyAsked, PlanChanged, NothingMoves.
    """
    if len(cases) > MOST:
        raise TooManyCases(len(cases))
    rows = Case.objects.select_for_update(of=("self",)).filter(
        pk__in=list(cases), closed_on__isnull=True
    )
    found = list(rows.select_related("institution", "responsible").order_by("pk"))
    planned = plan(found, to=to, by=by, on=at.date())
    if planned.fingerprint != seen:
        raise PlanChanged
    if not planned.acts:
        raise NothingMoves
    asked = _ask(planned, reason, by, at)
    handovers = _move(planned, reason, by, at)
    return HandedOver(handovers, asked, len(planned.cases) - planned.acts)


def _ask(planned: Plan, reason: str, by: User, at: datetime) -> list[Request]:
    """Ask for what a second person decides."""
    wanted = [(one, one.to) for one in planned.cases if one.step is Step.ASKS and one.to]
    if len(wanted) > MOST_ASKED:
        raise TooManyAsked(len(wanted))
    return [
        ask_to_assign(one.case, to, reason, by=by, name=one.name, at=at, owed=one.owed)
        for one, to in wanted
    ]


def _move(planned: Plan, reason: str, by: User, at: datetime) -> list[Handover]:
    """Make others responsible, in a few statements; return a handover for each of them."""
    moved = [(one, one.to) for one in planned.cases if one.step is Step.MOVES and one.to]
    by_taker: dict[tuple[User, str], list[Planned]] = defaultdict(list)
    drafts = []
    for one, to in moved:
        by_taker[to, one.name].append(one)
        drafts.append(_told(one, to, reason))
    Responsibility.objects.bulk_create(
        (
            Responsibility(
                case=one.case, user=to, from_on=at.date(), cause=one.cause.value, reason=reason
            )
            for one, to in moved
        ),
        _AT_ONCE,
    )
    made = [
        let_sign(
            to=to,
            cases=[(one.case, one.owed) for one in each],
            reason=reason,
            by=by,
            name=name,
            at=at,
        )
        for (to, name), each in by_taker.items()
    ]
    _see_that_they_work([to for to, _ in by_taker])
    for one, to in moved:
        one.case.responsible = to
    Case.objects.bulk_update((one.case for one, _ in moved), ["responsible"], _AT_ONCE)
    for name, own in _by_name(moved, drafts).items():
        record_all(drafts=own, by=name, at=at)
    if moved:
        announce_cases(cases=(one.case.pk for one, _ in moved), at=at)
    return made


def _see_that_they_work(takers: Iterable[User]) -> None:
    """Let no account end meanwhile that takes cases. Raises PlanChanged where one has."""
    numbers = {user.pk for user in takers}
    rows = User.objects.select_for_update().filter(pk__in=numbers, is_active=True)
    if len(rows.order_by("pk").values_list("pk", flat=True)) < len(numbers):
        raise PlanChanged


def _by_name(
    moved: Iterable[tuple[Planned, User]], drafts: Iterable[Draft]
) -> dict[str, list[Draft]]:
    """Part what is told by in whose name it was decided."""
    told: dict[str, list[Draft]] = defaultdict(list)
    for (one, _), draft in zip(moved, drafts, strict=True):
        told[one.name].append(draft)
    return told


def _told(one: Planned, to: User, reason: str) -> Draft:
    return Draft(
        chain=one.case.chain,
        act="case.assigned",
        subject=one.case.household_id,
        institution_id=one.case.institution_id,
        reason=reason,
        before={"responsible": one.case.responsible.username},
        after={"responsible": to.username},
    )
