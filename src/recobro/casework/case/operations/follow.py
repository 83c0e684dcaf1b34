"""Open and close cases by each close."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from recobro.book.models import Close, Institution, Loan, Standing
from recobro.book.queries import latest_shown
from recobro.casework.case.enums import Cause, Outcome
from recobro.casework.case.models import Case, CaseLoan, Responsibility
from recobro.casework.case.queries import roster
from recobro.casework.case.rules import DUE, WRITTEN_OFF_DUE
from recobro.journal.operations import NOBODY, Draft, record, record_all
from recobro.office.approvals.operations import lapse
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.office.people.queries import holds, posts_on
from recobro.office.settings.queries import value_of
from recobro.office.webhooks.enums import Event
from recobro.office.webhooks.operations import announce
from recobro.terms.codes import ClosedAs

_AT_ONCE = 2_000
"""Rows in one statement."""


@dataclass(frozen=True, slots=True)
class Household:
    """The problem loans of a household at a close."""

    household_id: str
    loans: Mapping[int, str]
    """Their ids, by number."""
    institution_id: str
    path: str
    originators: frozenset[str]
    owed: Mapping[str, int]
    """Minor units by currency."""
    written_off: bool
    """Whether nothing of it is on balance any more: it is still to be recovered."""


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
    open_now = Case.objects.select_for_update().filter(closed_on__isnull=True)
    cases = {case.household_id: case for case in open_now}
    problems = _households(close)
    new = [each for name, each in sorted(problems.items()) if name not in cases]
    ended = [case for name, case in cases.items() if name not in problems]
    opened = _open(new, close, at)
    _add_loans(problems, cases, close, at)
    moved = _astray(cases, problems)
    for case, household in moved:
        _move(case, household, close, at)
    _close(ended, close, at)
    _announce(close, {"opened": opened, "closed": len(ended), "moved": len(moved)}, at)
    return opened, len(ended)


def _announce(close: Close, counts: Mapping[str, int], at: datetime) -> None:
    if any(counts.values()):
        about = {"as_of": str(close.as_of), **counts, "addresses": ["/api/v1/cases"]}
        announce(event=Event.CASES_FOLLOWED, about=about, at=at)


@dataclass(frozen=True, slots=True)
class _Problem:
    """What of a problem loan decides about a case."""

    household_id: str
    loan_no: int
    loan_id: str
    institution_id: str
    path: str
    outstanding: int
    nonperforming: bool
    three_six: bool
    on_balance: bool
    originator: str
    currency: str

    @property
    def needs_case(self) -> bool:
        """Whether a household has a case for it: what is written off is still owed.

        The account is off the books, the case is kept (财金〔2017〕90号); what was sold or given up
        core banking has closed, and is no problem loan any more.
        """
        return not self.on_balance or self.nonperforming or self.three_six


def _households(close: Close) -> dict[str, Household]:
    """Return the households that have a case at a close."""
    rows = Standing.objects.filter(close=close).values_list(
        *("household_id", "loan_id", "loan__loan_id", "institution_id", "institution__path"),
        *("outstanding_principal", "nonperforming", "three_six", "on_balance", "loan__staff_id"),
        "currency",
    )
    found: dict[str, list[_Problem]] = defaultdict(list)
    for row in rows.order_by().iterator(_AT_ONCE):
        found[row[0]].append(_Problem(*row))
    return {
        name: _household(name, loans)
        for name, loans in found.items()
        if any(loan.needs_case for loan in loans)
    }


def _household(name: str, loans: list[_Problem]) -> Household:
    """Put a household's problem loans together; it belongs where most is nonperforming.

    Where none is, where most is outstanding.
    """
    owed: Counter[tuple[str, str]] = Counter()
    sums: Counter[str] = Counter()
    bad: Counter[tuple[str, str]] = Counter()
    for loan in loans:
        place = (loan.path, loan.institution_id)
        owed[place] += loan.outstanding
        sums[loan.currency] += loan.outstanding
        bad[place] += loan.outstanding if loan.nonperforming else 0
    path, institution_id = max(owed, key=lambda place: (bad[place], owed[place], place))
    return Household(
        household_id=name,
        loans={loan.loan_no: loan.loan_id for loan in loans},
        institution_id=institution_id,
        path=path,
        originators=frozenset(loan.originator for loan in loans if loan.originator),
        owed=sums,
        written_off=not any(loan.on_balance for loan in loans),
    )


def _open(households: list[Household], close: Close, at: datetime) -> int:
    """Open a case for each household for whom somebody can be found; return how many."""
    found = _assigned(households, at)
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


def _assigned(households: list[Household], at: datetime) -> list[tuple[Household, User, Cause]]:
    """Name who is to collect of each household; those for whom nobody is there are left out."""
    names = roster(on=at.date())
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
    """Add to open cases the loans that have become problems since."""
    there = set(
        CaseLoan.objects.filter(case__closed_on__isnull=True).values_list(
            "case__household_id", "loan_id"
        )
    )
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


def _astray(cases: dict[str, Case], problems: dict[str, Household]) -> list[tuple[Case, Household]]:
    """Return the open cases of which most lies elsewhere by now."""
    return [
        (case, problems[name])
        for name, case in sorted(cases.items())
        if name in problems and problems[name].institution_id != case.institution_id
    ]


def _move(case: Case, household: Household, close: Close, at: datetime) -> None:
    """Take a case to where most of it lies now, to somebody there if its person does not collect.

    Where nobody does, it stays with its person.
    """
    before = {"institution": case.institution_id, "responsible": case.responsible.username}
    case.institution = Institution.objects.get(pk=household.institution_id)
    if not holds(posts_on(at.date()), case.responsible, Right.COLLECT, case.institution):
        for _, user, cause in _assigned([household], at):
            case.responsible = user
            made = Responsibility(case=case, user=user, from_on=close.as_of, cause=cause.value)
            made.save()
    case.escalated_to = None  # the heads of where it was have nothing to see to any more
    case.save(update_fields=["institution", "responsible", "escalated_to"])
    after = {"institution": case.institution_id, "responsible": case.responsible.username}
    record(
        chain=case.chain,
        act="case.moved",
        subject=case.household_id,
        institution_id=case.institution_id,
        by=NOBODY,
        at=at,
        before=before,
        after=after | {"on": str(close.as_of)},
    )


def _close(cases: list[Case], close: Close, at: datetime) -> None:
    """Close cases none of whose loans is a problem any more."""
    left: dict[int, list[Loan]] = defaultdict(list)
    for each in CaseLoan.objects.filter(case__in=cases).select_related("loan"):
        left[each.case_id].append(each.loan)
    for case in cases:
        case.closed_on, case.escalated_to = close.as_of, None
        case.outcome = _outcome(left[case.pk], close).value
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
                after={"outcome": case.outcome, "on": str(close.as_of)},
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
