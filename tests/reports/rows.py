"""Rows of the bank of three branches that look ahead, back and aside."""

from datetime import date, timedelta

from recobro.reports.material import Cohort, Falling, MonthEnd, Ratio, Relapse, Roll, Sign
from recobro.reports.ratios import ratio
from recobro.terms.dates import add_months, month_end

AS_OF = date(2026, 6, 30)
GRADES = ("normal", "special_mention", "substandard", "doubtful", "loss")
NAMES = ("Ana María Fernández-Villaverde", "张伟", "Riverside Orchards Ltd", "镕喆村联保小组")

RATIOS = tuple(
    Ratio(
        currency="CNY",
        institution_id="0",
        name=name,
        migrated_principal=migrated,
        remaining_principal=remaining,
        ratio=ratio(migrated, remaining),
    )
    for name, migrated, remaining in (
        ("normal", 650_000_000, 348_350_000_000),
        ("special_mention", 420_000_000, 11_120_000_000),
        ("substandard", 420_000_000, 1_810_000_000),
        ("doubtful", 149_000_000, 849_000_000),
    )
)

ROLLS = tuple(
    Roll(
        currency="CNY",
        institution_id="0",
        bucket=bucket,
        opening_principal=opening,
        rolled_principal=rolled,
        roll_rate=ratio(rolled, opening),
    )
    for bucket, opening, rolled in (
        ("M0", 430_000_000_000, 2_150_000_000),
        ("M1", 8_000_000_000, 1_200_000_000),
        ("M2", 1_200_000_000, 480_000_000),
        ("M3", 0, 0),
    )
)


def fall(number: int) -> Falling:
    """Return one of many loans that fall in the coming month: every third to non-performing."""
    bad = number % 3 == 0
    days = 1 + number
    return Falling(
        within=7 if days <= 7 else 15 if days <= 15 else 30,
        falls_to="nonperforming" if bad else "special_mention",
        falls_on=None if number == 3 else AS_OF + timedelta(days=days),
        to_pay=None if number == 3 else 1_234_567 + 1_000 * number,
        loan_id=f"LN-2024-{number:05}",
        borrower=NAMES[number % 4],
        institution_id=str(1 + number % 3),
        currency="CNY",
        grade="special_mention" if bad else "normal",
        grade_reasons=("contagion",) if number == 3 else ("days-past-due",),
        outstanding_principal=50_000_000 - 1_000_000 * number,
    )


MONTH_ENDS = tuple(
    MonthEnd(month_end(add_months(AS_OF, back)), recomputed=back < -11) for back in range(-24, 1)
)


def cohort(node: str, month: int, age: int) -> Cohort:
    """Return a month's loans at an age: each month later lent a little more and worse."""
    disbursed = 10_000_000_00 + 100_000_00 * month
    over_90 = max(0, age - 3) * (20_000_00 + 1_000_00 * month)
    return Cohort(
        currency="CNY",
        institution_id=node,
        disbursed_in=add_months(date(2024, 6, 1), month),
        months_on_book=age,
        loans=100,
        disbursed_principal=disbursed,
        over_30_principal=over_90 * 3 // 2 + (30_000_00 if age else 0),
        over_90_principal=over_90,
    )


COHORTS = tuple(
    cohort(node, month, age)
    for node in ("0", "1", "2", "3")
    for month in range(25)
    for age in range(25 - month)
)

RELAPSES = tuple(
    Relapse(
        currency="CNY",
        institution_id="0",
        cured_by=one.on,
        cured_loans=4,
        cured_principal=40_000_00,
        relapsed_loans=1,
        relapsed_principal=5_000_00,
    )
    for one in MONTH_ENDS[1:]
)


def sign(number: int) -> Sign:
    """Return one of many signs; the last one is of a loan that was closed since."""
    code = ("lent-near-payoff", "one-payer-for-many", "paid-by-staff")[number % 3]
    return Sign(
        code="renewed-without-reduction" if number == 7 else code,
        loan_id=f"LN-2023-{number // 2:05}",
        borrower=NAMES[number // 2 % 4],
        institution_id=str(1 + number // 2 % 3),
        currency="CNY",
        evidence=f"P-{number:06}",
        happened_on=AS_OF - timedelta(days=5 * number),
        amount=100_000_00 - 1_000_00 * number,
        grade=GRADES[number // 2 % 5],
        outstanding_principal=0 if number > 17 else 200_000_00 - 10_000_00 * (number // 2),
    )
