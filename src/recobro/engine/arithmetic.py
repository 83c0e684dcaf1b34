"""Sums and shares of money that stay whole numbers on every engine."""

from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir


def total(amounts: ir.IntegerValue, *, where: ir.BooleanValue | None = None) -> ir.IntegerScalar:
    """Return the sum in minor units; one that does not fit int64 is an error, never a wrap.

    DuckDB sums bigints into a hugeint; its backend brings columns back to the types that ibis
    believes in when it writes them.
    """
    return amounts.sum(where=where)


def share_of(amount: ir.IntegerValue, rate: ir.DecimalValue) -> ir.IntegerValue:
    """Return the rate's part of an amount ≥ 0 in minor units, half-up; the one rounding function.

    `//` is no way to do this: it passes through a float on DuckDB.
    """
    return (amount.cast("decimal(38, 6)") * rate).round(0).cast("int64")


def ratio(part: ir.IntegerValue, whole: ir.IntegerValue, *, bits: int = 20) -> ir.DecimalValue:
    """Return part / whole to 6 digits, a half away from zero; null where whole is not above 0.

    Engines divide decimals through a float. So this is long division in base 2, which needs
    remainders only: a power of 2 is a digit of the quotient if it goes into what twice that power
    leaves. `bits` bounds the quotient in millionths: 20 suffice for a part of a whole (up to
    1.048575), `MULTIPLE` for what may be many times the whole; beyond, the ratio is null.
    """
    twice = [_exact(whole) * _exact(2 ** (bit + 1)) for bit in range(bits + 1)]
    rounded = _exact(part.abs()) * _exact(2_000_000) + _exact(whole)
    digits = [
        ibis.ifelse(
            rounded % twice[bit + 1] >= twice[bit],
            ibis.literal(2**bit, "int64"),
            ibis.literal(0, "int64"),
        )
        for bit in range(bits)
    ]
    millionths = reduce(add, digits) * ibis.ifelse(part < 0, -1, 1)
    quotient = millionths.cast("decimal(38, 6)") * ibis.literal("0.000001").cast("decimal(38, 6)")
    fits = (whole > 0) & (rounded < twice[bits])
    return ibis.ifelse(fits, quotient.cast("decimal(38, 6)"), ibis.null("decimal(38, 6)"))


MULTIPLE = 40
"""Bits of a ratio up to about a million: how often a whole goes into an amount."""


def product(first: ir.IntegerValue, second: ir.IntegerValue) -> ir.DecimalValue:
    """Return an exact product of two amounts, to compare shares without dividing."""
    return _exact(first) * _exact(second)


def _exact(value: ir.IntegerValue | int) -> ir.DecimalValue:
    number = ibis.literal(str(value)) if isinstance(value, int) else value
    return number.cast("decimal(38, 0)")
