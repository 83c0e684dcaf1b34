"""Propose what a close is to judge of a loan; a second person of the risk side decides it."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from recobro.book.models import Institution, Loan, Standing
from recobro.book.queries import GENERATION, latest_shown
from recobro.journal.operations import record
from recobro.office.approvals.acts import approved
from recobro.office.approvals.models import Request
from recobro.office.approvals.operations import ask
from recobro.office.judgements.models import Judgement
from recobro.office.judgements.rules import LIMITS, fits
from recobro.office.lock import one_at_a_time
from recobro.office.people.enums import Right
from recobro.office.people.models import User
from recobro.office.people.queries import authority
from recobro.terms.codes import Judgement as Kind
from recobro.terms.refusal import Phrase, Refusal

_KIND: Final = "judgement"


class MayNotJudge(Refusal):
    """It is not for this person to propose it."""

    says = (
        "{by} may not judge loans of {institution}; nothing was changed. Of a borrower with loans "
        "at several branches somebody above all of them judges."
    )

    def __init__(self, by: User, institution: Institution) -> None:
        super().__init__(by=by, institution=institution)


class ValueUnfit(Refusal):
    """A judgement of this kind has no such value."""

    says = (
        "{value!r} is no value of a judgement {kind}; nothing was asked for. A grade takes the "
        "code of one, an expected loss a share from 0 to 1, the others none."
    )

    def __init__(self, kind: Kind, value: str) -> None:
        super().__init__(value=value, kind=kind)


class DaysUnfit(Refusal):
    """A judgement does not hold on such days."""

    says = (
        "A judgement from {from_on} until {until_on} cannot be; nothing was asked for. It begins "
        "not before the loan was paid out, ends after it begins, and is ended earlier than it was "
        "to end."
    )

    def __init__(self, from_on: date, until_on: date | None) -> None:
        super().__init__(from_on=from_on, until_on=until_on or Phrase("further notice"))


class BorrowerChanged(Refusal):
    """Somebody else owes the loan by now."""

    says = (
        "{loan_id} has another borrower by now; nothing was changed. Refuse this, and let it be "
        "proposed anew."
    )

    def __init__(self, loan: Loan) -> None:
        super().__init__(loan_id=loan.loan_id)


class OverAlready(Refusal):
    """The judgement has been ended."""

    says = "judgement {number} ({kind} {value}) was ended already; nothing was changed."

    def __init__(self, judgement: Judgement) -> None:
        super().__init__(number=str(judgement.pk), kind=Kind(judgement.kind), value=judgement.value)


@transaction.atomic
def propose(
    *,
    loan: Loan,
    kind: Kind,
    value: str,
    from_on: date,
    until_on: date | None,
    reason: str,
    by: User,
    at: datetime,
    all_loans: bool = False,
) -> Request:
    """Propose a judgement of a loan, or with `all_loans` of all that its borrower owes.

    It holds from the close after it was approved. Raises ValueUnfit, DaysUnfit, MayNotJudge,
    NobodyDecides, WaitsAlready.
    """
    if not fits(kind, value):
        raise ValueUnfit(kind, value)
    if from_on < loan.disbursed_on or (until_on is not None and until_on <= from_on):
        raise DaysUnfit(from_on, until_on)
    content = {
        "loan": loan.pk,
        "household": loan.borrower.household_id,
        "borrower": loan.borrower_id,
        "all_loans": all_loans,
        "kind": kind.value,
        "value": value,
        "from_on": str(from_on),
        "until_on": str(until_on) if until_on else "",
    }
    borrower = hashlib.sha256(loan.borrower_id.encode()).hexdigest()[:32]
    about = f"borrower:{borrower}" if all_loans else f"loan:{loan.pk}"
    return _ask(loan, f"{about}:{kind}", content, reason=reason, by=by, at=at)


@transaction.atomic
def propose_end(
    *, judgement: Judgement, loan: Loan, until_on: date, reason: str, by: User, at: datetime
) -> Request:
    """Propose that a judgement holds no more from a day on.

    Raises OverAlready, DaysUnfit, MayNotJudge, NobodyDecides, WaitsAlready.
    """
    if hasattr(judgement, "ended_by"):
        raise OverAlready(judgement)
    if until_on < judgement.from_on or (judgement.until_on and until_on >= judgement.until_on):
        raise DaysUnfit(judgement.from_on, until_on)
    content = {
        "loan": loan.pk,
        "household": loan.borrower.household_id,
        "borrower": judgement.borrower_id,
        "all_loans": judgement.loan_id is None,
        "kind": judgement.kind,
        "value": judgement.value,
        "ends": judgement.pk,
        "from_on": str(judgement.from_on),
        "until_on": str(until_on),
    }
    return _ask(loan, f"judgement:{judgement.pk}", content, reason=reason, by=by, at=at)


def _now(request: Request) -> tuple[Institution, dict[str, int]]:
    """Return where what is judged lies now, and what it is worth now."""
    loan = _loan(request.content["loan"])
    all_loans = request.content["all_loans"]
    return _place(loan, all_loans=all_loans), _worth(loan, all_loans=all_loans)


def _loan(number: int) -> Loan:
    return Loan.objects.select_related("borrower", "institution").get(pk=number)


@approved(_KIND, LIMITS, _now)
def judge(request: Request, at: datetime) -> None:
    """Judge as it was proposed; the next close takes it.

    Raises MayNotJudge, OverAlready, BorrowerChanged.
    """
    told = request.content
    loan, place = _loan(told["loan"]), request.institution
    if loan.borrower_id != told["borrower"]:
        raise BorrowerChanged(loan)
    if authority(request.asked_by, Right.JUDGE, place, on=at.date()) is None:
        raise MayNotJudge(request.asked_by, place)
    one_at_a_time()  # so that a close takes all up to a number
    ends = Judgement.objects.select_for_update().filter(pk=told.get("ends")).first()
    if ends is not None and Judgement.objects.filter(ends=ends).exists():
        raise OverAlready(ends)
    made = Judgement.objects.create(
        loan=None if told["all_loans"] else loan,
        borrower_id=told["borrower"],
        kind=told["kind"],
        value=told["value"],
        from_on=date.fromisoformat(told["from_on"]),
        until_on=date.fromisoformat(told["until_on"]) if told["until_on"] else None,
        reason=request.reason,
        ends=ends,
        request=request,
        decided_at=at,
    )
    record(
        chain=f"loan:{loan.pk}",
        act="judgements.ended" if ends else "judgements.made",
        subject=loan.loan_id,
        by=request.asked_as,
        at=at,
        institution_id=place.pk,
        reason=request.reason,
        after={
            "judgement": made.pk,
            "kind": made.kind,
            "value": made.value,
            "from_on": told["from_on"],
            "until_on": told["until_on"],
            "request": request.pk,
        },
    )


def _ask(
    loan: Loan,
    subject: str,
    content: Mapping[str, Any],
    *,
    reason: str,
    by: User,
    at: datetime,
) -> Request:
    place = _place(loan, all_loans=content["all_loans"])
    name = authority(by, Right.JUDGE, place, on=at.date())
    if name is None:
        raise MayNotJudge(by, place)
    return ask(
        kind=_KIND,
        subject=subject,
        institution=place,
        content=content,
        reason=reason,
        by=by,
        name=name,
        at=at,
        amounts=_worth(loan, all_loans=content["all_loans"]),
    )


def _place(loan: Loan, *, all_loans: bool) -> Institution:
    """Return where a judgement matters: at the loan, or above all loans of its borrower."""
    if not all_loans:
        return loan.institution
    rows = Loan.objects.filter(borrower=loan.borrower_id)
    paths = list(rows.values_list("institution__path", flat=True))
    common = loan.institution.path
    while not all(path.startswith(common) for path in paths):
        common = common[:-GENERATION]
    return Institution.objects.get(path=common)


def _worth(loan: Loan, *, all_loans: bool) -> dict[str, int]:
    """Return what is outstanding at the newest close, by currency.

    Of a loan that is no problem the pages know no more than what was paid out: that counts.
    """
    loans = list(Loan.objects.filter(borrower=loan.borrower_id)) if all_loans else [loan]
    standings = Standing.objects.filter(close=latest_shown(), loan__in=loans)
    known = dict(standings.values_list("loan_id", "outstanding_principal"))
    sums: Counter[str] = Counter()
    for each in loans:
        paid_out = each.principal if each.closed_on is None else 0
        sums[each.currency] += known.get(each.pk, paid_out)
    return dict(sums)
