"""What Fineract tells of an office, a client or a loan, as rows of the contract."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from recobro.connectors.fineract.client import Told
from recobro.connectors.tables import Row
from recobro.terms.codes import BorrowerKind, ClosedAs, Guarantee, Source

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "institutions": ("institution_id", "parent_id", "name", "kind"),
    "staff": ("staff_id", "name", "institution_id", "active"),
    "borrowers": ("borrower_id", "kind", "name", "phone"),
    "loans": (
        *("loan_id", "borrower_id", "institution_id", "product", "currency", "principal"),
        *("annual_rate", "disbursed_on", "matures_on", "guarantee", "staff_id", "purpose"),
        *("written_off_on", "closed_on", "closed_as", "outstanding_principal"),
    ),
    "instalments": ("loan_id", "n", "due_on", "principal_due", "interest_due", "fees_due"),
    "payments": ("payment_id", "loan_id", "paid_on", "amount", "source"),
}
"""The columns that Fineract can tell, by table."""

_DISBURSED: Final = {300, 600, 601, 602, 700}
"""States of a loan whose money was paid out: active, met, written off, rescheduled, overpaid."""
_WRITTEN_OFF: Final = 601
_CLOSED_AS: Final = {600: ClosedAs.PAID, 602: ClosedAs.REPLACED, 700: ClosedAs.PAID}
_COMPANY: Final = 2
"""The legal form of a client that is no person."""

_SOURCES: Final = {
    "repayment": Source.BORROWER,
    "downPayment": Source.BORROWER,
    "chargePayment": Source.BORROWER,
    "recoveryRepayment": Source.BORROWER,
    "merchantIssuedRefund": Source.THIRD_PARTY,
    "payoutRefund": Source.THIRD_PARTY,
    "waiver": Source.WAIVER,
    "waiveInterest": Source.WAIVER,
    "waiveCharges": Source.WAIVER,
    "interestPaymentWaiver": Source.WAIVER,
    "goodwillCredit": Source.WAIVER,
    "chargeAdjustment": Source.WAIVER,
}
"""What reduces a debt, by the last word of its code."""

_NO_PAYMENT: Final = {
    *("disbursement", "repaymentAtDisbursement", "contra", "writeOff", "chargeOff", "chargeoff"),
    *("accrual", "accrualActivity", "accrualAdjustment", "incomePosting"),
    *("markedForRescheduling", "reAge", "reAmortize"),
    *("initiateTransfer", "approveTransfer", "withdrawTransfer", "rejectTransfer"),
}
"""What leaves what is paid as it is; anything else is counted as left out."""


def institution(office: Told) -> Row:
    """Return an office; the root is the head office, those right below it are branches."""
    steps = [step for step in str(office.get("hierarchy") or ".").split(".") if step]
    kind = ("head_office", "branch", "sub_branch")[min(len(steps), 2)]
    return office["id"], office.get("parentId"), office["name"], kind


def staff(one: Told) -> Row:
    """Return a member of the staff."""
    return one["id"], one["displayName"], one["officeId"], one.get("isActive", True)


def borrower(client: Told) -> Row:
    """Return a client."""
    company = (client.get("legalForm") or {}).get("id") == _COMPANY
    kind = BorrowerKind.COMPANY if company else BorrowerKind.PERSON
    return client["id"], kind.value, client["displayName"], client.get("mobileNo")


def group_of(loan: Told) -> Row | None:
    """Return the group that owes a loan; None for a loan of a client."""
    group = loan.get("group")
    if loan.get("clientId") is not None or not group:
        return None
    return f"group-{group['id']}", BorrowerKind.VILLAGE_GROUP.value, group["name"], None


def is_disbursed(loan: Told) -> bool:
    """Tell whether the money was paid out."""
    return loan["status"]["id"] in _DISBURSED


def loan(told: Told, guarantees: Mapping[str, Guarantee]) -> Row:
    """Return a loan."""
    when, group, summary = told["timeline"], group_of(told), told.get("summary") or {}
    return (
        told["id"],
        group[0] if group else told.get("clientId"),
        told["group"].get("officeId") if group else told.get("clientOfficeId"),
        told["loanProductName"],
        told["currency"]["code"],
        _exact(summary.get("principalDisbursed") or told["principal"]),
        _exact(Decimal(str(told.get("annualInterestRate") or 0)) / 100),
        _day(when.get("actualDisbursementDate")),
        _day(when.get("actualMaturityDate") or when.get("expectedMaturityDate")),
        guarantees.get(told["loanProductName"], Guarantee.CREDIT).value,
        told.get("loanOfficerId"),
        told.get("loanPurposeName"),
        *_left(told["status"]["id"], when),
        _exact(summary.get("principalOutstanding")),
    )


def _left(state: int, when: Told) -> tuple[date | None, date | None, str | None]:
    """Return when a loan was written off, or closed and as what."""
    closed_on = _day(when.get("closedOnDate"))
    if state == _WRITTEN_OFF:
        return _day(when.get("writeOffOnDate")) or closed_on, None, None
    if state not in _CLOSED_AS or closed_on is None:
        return None, None, None
    return None, closed_on, _CLOSED_AS[state].value


def instalments(told: Told) -> Iterator[Row]:
    """Yield what a loan asks, and when; fees and penalties together."""
    for period in told.get("repaymentSchedule", {}).get("periods", ()):
        number = period.get("period")
        if number:  # the disbursement is a period without a number
            fees = Decimal(str(period.get("feeChargesDue") or 0))
            yield (
                told["id"],
                number,
                _day(period["dueDate"]),
                _exact(period.get("principalDue") or 0),
                _exact(period.get("interestDue") or 0),
                _exact(fees + Decimal(str(period.get("penaltyChargesDue") or 0))),
            )


def payments(told: Told, left_out: dict[str, int]) -> Iterator[Row]:
    """Yield what was paid; reversed transactions count on no day, and are not told.

    Count what neither is a payment nor leaves what is paid as it is.
    """
    for one in told.get("transactions", ()):
        kind = str(one["type"]["code"]).rpartition(".")[2]
        if one.get("manuallyReversed") or kind in _NO_PAYMENT:
            continue
        if kind not in _SOURCES:
            left_out[kind] = left_out.get(kind, 0) + 1
        elif one["amount"]:
            yield one["id"], told["id"], _day(one["date"]), _exact(one["amount"]), _SOURCES[kind]


def _day(told: Any) -> date | None:  # noqa: ANN401 - a list of three numbers, or a text
    """Return a day, which Fineract tells as year, month and day."""
    if not told:
        return None
    return date(*told) if isinstance(told, list) else date.fromisoformat(str(told))


def _exact(told: object) -> str | None:
    """Return a number as it is, without the noughts at its end: Fineract tells six digits."""
    if told is None:
        return None
    digits = f"{Decimal(str(told)):f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
