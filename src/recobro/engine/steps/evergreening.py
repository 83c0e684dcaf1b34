"""Signs that a loan was paid with another loan, or by somebody who does not owe it.

Signs are for people to look at: they never change a grade until judged.
"""

import ibis
import ibis.expr.types as ir

from recobro.engine.arithmetic import share_of, total
from recobro.engine.calendar import days_between
from recobro.terms.codes import Source

SIGNS = ibis.schema(
    {
        "code": "string",
        "loan_no": "int64",
        "loan_id": "string",
        "evidence": "string",  # the other loan, the payment or the payer that shows it
        "happened_on": "date",
        "amount": "int64",
    }
)
"""A sign: the loan that it casts a doubt on, and what shows it."""

DAYS_APART = 7
"""Between a payoff and a new loan of the same household."""

PART_OF_PAYOFF = "0.8"
"""A new loan smaller than this part of the payoff did not pay it."""

HOUSEHOLDS_OF_A_PAYER = 3
"""From so many on, a payer pays for borrowers that have nothing to do with each other."""

_BORROWERS_OWN = (Source.BORROWER.value, Source.CO_BORROWER.value)


def signs(standings: ir.Table, payments: ir.Table, portions: ir.Table) -> ir.Table:
    """Return SIGNS of everything that the book shows up to the day of the standings."""
    return ibis.union(
        renewed_without_reduction(standings),
        lent_near_payoff(standings, portions),
        one_payer_for_many(standings, payments),
        paid_by_staff(standings, payments),
    )


def renewed_without_reduction(standings: ir.Table) -> ir.Table:
    """Find loans that replace an older one and are no smaller than that one was."""
    old = standings.select("currency", replaces_loan_id="loan_id", replaced_principal="principal")
    renewed = standings.filter(standings.on_balance).join(old, ["currency", "replaces_loan_id"])
    found = renewed.filter(renewed.principal >= renewed.replaced_principal)
    return _sign(
        found, "renewed-without-reduction", "replaces_loan_id", "disbursed_on", found.principal
    )


def lent_near_payoff(standings: ir.Table, portions: ir.Table) -> ir.Table:
    """Find loans disbursed within days of the payoff of another loan of the same household.

    A payoff is the money of the last day on which a loan that is wholly repaid was paid. An openly
    declared renewal is none of these.
    """
    repaid = standings.filter(standings.outstanding_principal == 0)
    money = portions.semi_join(repaid, "loan_no").filter(
        lambda own: own.paid_on <= standings.as_of.max().as_scalar()
    )
    days = money.group_by("loan_no", "paid_on").aggregate(
        payoff=total(money.fees + money.interest + money.principal)
    )
    last = days.group_by("loan_no").aggregate(paid_on=days.paid_on.max())
    payoffs = days.semi_join(last, ["loan_no", "paid_on"]).rename(paid_off_on="paid_on")
    payoffs = payoffs.join(repaid, "loan_no").select(
        "household_id", "currency", "paid_off_on", "payoff", other_loan_id="loan_id"
    )
    lent = standings.filter(standings.on_balance)
    both = lent.join(payoffs, ["household_id", "currency"])
    large = share_of(both.payoff, ibis.literal(PART_OF_PAYOFF).cast("decimal(38, 6)"))
    declared = (both.replaces_loan_id == both.other_loan_id).fill_null(False)  # noqa: FBT003 - ibis takes the value by position
    found = both.filter(
        both.loan_id != both.other_loan_id,
        days_between(both.paid_off_on, both.disbursed_on).abs() <= DAYS_APART,
        both.principal >= large,
        ~declared,
    )
    return _sign(found, "lent-near-payoff", "other_loan_id", "paid_off_on", found.payoff)


def one_payer_for_many(standings: ir.Table, payments: ir.Table) -> ir.Table:
    """Find loans paid by somebody, not the borrower, who pays for several households."""
    strangers = payments.source.isnull() | payments.source.notin(_BORROWERS_OWN)
    paid = _valid(payments.filter(payments.payer.notnull(), strangers), payments, standings)
    payers = paid.group_by("payer").aggregate(households=paid.household_id.nunique())
    many = payers.filter(payers.households >= HOUSEHOLDS_OF_A_PAYER)
    return _sums(paid.semi_join(many, "payer"), "one-payer-for-many", "payer")


def paid_by_staff(standings: ir.Table, payments: ir.Table) -> ir.Table:
    """Find loans that the bank's own staff paid."""
    staff = payments.filter(payments.source == Source.STAFF.value)
    return _sums(_valid(staff, payments, standings), "paid-by-staff", "payment_id")


def _valid(few: ir.Table, payments: ir.Table, standings: ir.Table) -> ir.Table:
    """Keep those few of all payments that came up to as_of and count, beside their loans.

    Neither a reversed payment counts nor its reversal.
    """
    reversals = payments.filter(payments.reverses.notnull()).select(payment_id="reverses")
    money = few.filter(few.reverses.isnull()).anti_join(reversals, "payment_id")
    paid = money.select("payment_id", "loan_no", "paid_on", "amount", "payer").join(
        standings.select("loan_no", "loan_id", "household_id", "as_of"), "loan_no"
    )
    return paid.filter(paid.paid_on <= paid.as_of)


def _sums(paid: ir.Table, code: str, evidence: str) -> ir.Table:
    sums = paid.group_by("loan_no", "loan_id", evidence).aggregate(
        paid_on=paid.paid_on.max(), amount=total(paid.amount)
    )
    return _sign(sums, code, evidence, "paid_on", sums.amount)


def _sign(
    found: ir.Table, code: str, evidence: str, happened_on: str, amount: ir.IntegerValue
) -> ir.Table:
    return found.select(
        "loan_no",
        "loan_id",
        code=ibis.literal(code),
        evidence=found[evidence],
        happened_on=found[happened_on],
        amount=amount,
    ).select(*SIGNS.names)
