"""Ratios of amounts: six digits, half-up; an amount itself is never divided."""

from decimal import ROUND_HALF_UP, Context, Decimal

_WIDE = Context(prec=60)
_MILLIONTH = Decimal("0.000001")


def ratio(part: int, whole: int) -> Decimal | None:
    """Return part to whole; None where the whole is 0."""
    if whole == 0:
        return None
    quotient = _WIDE.divide(Decimal(part), Decimal(whole))
    return quotient.quantize(_MILLIONTH, rounding=ROUND_HALF_UP)


def double_reduction(now: tuple[int, int], then: tuple[int, int]) -> tuple[bool, bool]:
    """Tell whether the nonperforming balance is lower than it was, and whether the ratio is.

    Each pair is the nonperforming balance and the balance of all loans. Ratios are compared
    crosswise, so no digit is lost; without loans now the ratio is 0.
    """
    (bad, loans), (bad_then, loans_then) = now, then
    return bad < bad_then, bad * loans_then < bad_then * max(loans, 1)
