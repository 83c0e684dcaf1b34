"""Open and close cases by each close."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from recobro.book.models import Close, Institution, Loan
from recobro.book.operations import count_anew
from recobro.book.queries import latest_shown
from recobro.casework.case.enums import Cause, Outcome
from recobro.casework.case.models import Case, CaseLoan, Responsibility
from recobro.casework.case.queries import (
    Household,
    Roster,
    few,
    problems_of,
    roster,
    touched_by,
)
from recobro.casework.case.rules import DUE, WRITTEN_OFF_DUE
from recobro.journal.operations import NOBODY, Draft, record_all
from recobro.office.approvals.operations import lapse
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.office.people.queries import holds
from recobro.office.settings.queries import value_of
from recobro.office.webhooks.enums import Event
from recobro.office.webhooks.operations import announce
from recobro.terms.codes import ClosedAs

_AT_ONCE = 2_000
"""Rows in one statement."""

_MANY = 1_000
"""Cases after which the database looks anew at how many there are."""


@transaction.atomic
def follow(*, close: Close, at: datetime) -> tuple[int, int]:
    """Open a case for each household that needs one, close those that need none any more.

    An older day than the newest that was followed changes nothing. Where nobody holds a post to
    whom a case could go, none is opened; the next close finds it again. Return how many were
    opened and closed.
    """
    newest = latest_shown()
    if newest is not None and newest.as_of > close.as_of:
        return 0, 0
    names = roster(on=at.date())
    touched = touched_by(close, opens=bool(names.posts))
    cases = {case.household_id: case for case in _open_now(touched)}
    problems = problems_of(close, touched)
    new = [each for name, each in sorted(problems.items()) if name not in cases]
    ended = [case for name, case in cases.items() if name not in problems]
    opened = _open(new, names, close, at)
    _add_loans(problems, cases, close, at)
    moved = _astray(cases, problems)
    _move(moved, names, close, at)
    _close(ended, problems, close, at)
    if opened + len(ended) > _MANY:
        count_anew(Case, CaseLoan)  # the next close asks of each loan whether it is in a case
    _announce(close, {"opened": opened, "closed": len(ended), "moved": len(moved)}, at)
    return opened, len(ended)


def _announce(close: Close, counts: Mapping[str, int], at: datetime) -> None:
    if any(counts.values()):
        about = {"as_of": str(close.as_of), **counts, "addresses": ["/api/v1/cases"]}
        announce(event=Event.CASES_FOLLOWED, about=about, at=at)


def _open_now(households: Sequence[str]) -> Iterator[Case]:
    """Return the open cases of some households, for one writer at a time."""
    cases = Case.objects.filter(closed_on__isnull=True).select_related("responsible")
    cases = cases.select_for_update(of=("self",))
    for part in few(households):
        yield from cases.filter(household_id__in=part)


def _open(households: list[Household], names: Roster, close: Close, at: datetime) -> int:
    """Open a case for each household for whom somebody can be found; return how many."""
    found = _assigned(households, names)
    if not found:
        return 0
    start = max(at.date(), close.as_of)
    days = {False: value_of(DUE), True: value_of(WRITTEN_OFF_DUE)}
    cases = Case.objects.bulk_create(
        (
            Case(
                household_id=each.household_id,
                institution_id=each.institution_id,
                responsible=user,
                opened_on=close.as_of,
                due_on=start + timedelta(days=days[each.written_off]),
            )
            for each, user, _ in found
        ),
        _AT_ONCE,
    )
    opened = list(zip(cases, found, strict=True))
    CaseLoan.objects.bulk_create(
        (
            CaseLoan(case=case, loan_id=loan, added_on=close.as_of)
            for case, (each, _, _) in opened
            for loan in each.loans
        ),
        _AT_ONCE,
    )
    Responsibility.objects.bulk_create(
        (
            Responsibility(case=case, user=user, from_on=close.as_of, cause=cause.value)
            for case, (_, user, cause) in opened
        ),
        _AT_ONCE,
    )
    told = (_told_open(case, each, user, cause) for case, (each, user, cause) in opened)
    record_all(by=NOBODY, at=at, drafts=told)
    return len(cases)


def _assigned(
    households: Iterable[Household], names: Roster
) -> list[tuple[Household, User, Cause]]:
    """Name who is to collect of each household; those for whom nobody is there are left out."""
    found = (
        (each, names.responsible(each.path, set(each.originators), each.owed))
        for each in households
    )
    return [(each, *who) for each, who in found if who is not None]


def _told_open(case: Case, household: Household, user: User, cause: Cause) -> Draft:
    return Draft(
        chain=case.chain,
        act="case.opened",
        subject=case.household_id,
        institution_id=case.institution_id,
        after={
            "loans": ", ".join(household.loans.values()),
            "responsible": user.username,
            "cause": cause.value,
            "on": str(case.opened_on),
        }
        | ({"written_off": True} if household.written_off else {}),
    )


def _add_loans(
    problems: dict[str, Household], cases: dict[str, Case], close: Close, at: datetime
) -> None:
    """Add to open cases the loans that have become problems since.

    A case of which all was written off is due as another from the day on which a loan on balance
    joins it.
    """
    there = {
        row
        for part in few(list(cases))
        for row in CaseLoan.objects.filter(
            case__closed_on__isnull=True, case__household_id__in=part
        ).values_list("case__household_id", "loan_id")
    }
    added = [
        (cases[name], loan, loan_id)
        for name, each in problems.items()
        if name in cases
        for loan, loan_id in each.loans.items()
        if (name, loan) not in there
    ]
    CaseLoan.objects.bulk_create(
        (CaseLoan(case=case, loan_id=loan, added_on=close.as_of) for case, loan, _ in added),
        _AT_ONCE,
    )
    fresh = {case.household_id: case for case, _, _ in added}
    _bring_forward(
        [
            case
            for name, case in fresh.items()
            if problems[name].on_balance
            and not any((name, loan) in there for loan in problems[name].on_balance)
        ],
        close,
        at,
    )
    record_all(
        by=NOBODY,
        at=at,
        drafts=(
            Draft(
                chain=case.chain,
                act="case.loan-added",
                subject=case.household_id,
                institution_id=case.institution_id,
                after={"loan": loan_id, "on": str(close.as_of)},
            )
            for case, _, loan_id in added
        ),
    )


def _bring_forward(cases: Sequence[Case], close: Close, at: datetime) -> None:
    """Let cases be due no later than those that open now."""
    if not cases:
        return
    due_on = max(at.date(), close.as_of) + timedelta(days=value_of(DUE))
    late = [case for case in cases if case.due_on > due_on]
    drafts = [
        Draft(
            chain=case.chain,
            act="case.deadline-set",
            subject=case.household_id,
            institution_id=case.institution_id,
            before={"due_on": str(case.due_on)},
            after={"due_on": str(due_on)},
        )
        for case in late
    ]
    for case in late:
        case.due_on = due_on
    Case.objects.bulk_update(late, ["due_on"], _AT_ONCE)
    record_all(by=NOBODY, at=at, drafts=drafts)


def _astray(cases: dict[str, Case], problems: dict[str, Household]) -> list[tuple[Case, Household]]:
    """Return the open cases of which most lies elsewhere by now."""
    return [
        (case, problems[name])
        for name, case in sorted(cases.items())
        if name in problems and problems[name].institution_id != case.institution_id
    ]


def _move(
    moved: Sequence[tuple[Case, Household]], names: Roster, close: Close, at: datetime
) -> None:
    """Take cases to where most of them lies now.

    To somebody there if their person does not collect there; where nobody does, it stays theirs.
    """
    there = Institution.objects.in_bulk({household.institution_id for _, household in moved})
    given: list[Responsibility] = []
    told = []
    for case, household in moved:
        before = _lies(case)
        case.institution = there[household.institution_id]
        given += _given(case, household, names, close)
        case.escalated_to = None  # the heads of where it was have nothing to see to any more
        told.append(_told_moved(case, before, close))
    Responsibility.objects.bulk_create(given, _AT_ONCE)
    Case.objects.bulk_update(
        (case for case, _ in moved), ["institution", "responsible", "escalated_to"], _AT_ONCE
    )
    record_all(by=NOBODY, at=at, drafts=told)


def _given(
    case: Case, household: Household, names: Roster, close: Close
) -> Iterator[Responsibility]:
    """Give a case to somebody who collects where it lies, unless its person does."""
    if holds(names.posts, case.responsible, Right.COLLECT, case.institution):
        return
    for _, user, cause in _assigned([household], names):
        names.load[case.responsible_id] -= 1
        case.responsible = user
        yield Responsibility(case=case, user=user, from_on=close.as_of, cause=cause.value)


def _lies(case: Case) -> dict[str, str]:
    return {"institution": case.institution_id, "responsible": case.responsible.username}


def _told_moved(case: Case, before: Mapping[str, str], close: Close) -> Draft:
    return Draft(
        chain=case.chain,
        act="case.moved",
        subject=case.household_id,
        institution_id=case.institution_id,
        before=before,
        after=_lies(case) | {"on": str(close.as_of)},
    )


def _close(
    cases: list[Case], problems: Mapping[str, Household], close: Close, at: datetime
) -> None:
    """Close cases none of whose loans is a problem any more, or one of their own household."""
    left: dict[int, list[Loan]] = defaultdict(list)
    for each in CaseLoan.objects.filter(case__in=cases).select_related("loan"):
        left[each.case_id].append(each.loan)
    whose = {loan: name for name, each in problems.items() for loan in each.loans}
    into = {
        case.pk: sorted({whose[loan.pk] for loan in left[case.pk] if loan.pk in whose})
        for case in cases
    }
    for case in cases:
        case.closed_on, case.escalated_to = close.as_of, None
        case.outcome = (Outcome.MERGED if into[case.pk] else _outcome(left[case.pk], close)).value
    lapse(kind="case-assign", subjects=[case.chain for case in cases], at=at)
    Case.objects.bulk_update(cases, ["closed_on", "outcome", "escalated_to"], _AT_ONCE)
    record_all(
        by=NOBODY,
        at=at,
        drafts=(
            Draft(
                chain=case.chain,
                act="case.closed",
                subject=case.household_id,
                institution_id=case.institution_id,
                after={"outcome": case.outcome, "on": str(close.as_of)}
                | ({"into": ", ".join(into[case.pk])} if into[case.pk] else {}),
            )
            for case in cases
        ),
    )


def _outcome(loans: Iterable[Loan], close: Close) -> Outcome:
    """Tell how a case ended: cured while a loan of it goes on, else by how they were closed."""
    ways = {
        loan.closed_as if loan.closed_on and loan.closed_on <= close.as_of else "" for loan in loans
    }
    if "" in ways:
        return Outcome.CURED
    if ClosedAs.SOLD.value in ways:
        return Outcome.SOLD
    return Outcome.PAID if ways <= {ClosedAs.PAID.value} else Outcome.EXTINGUISHED
