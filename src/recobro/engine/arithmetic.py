"""Sums and shares of money that stay whole numbers on every engine."""

import ibis
import ibis.expr.types as ir


def total(amounts: ir.IntegerValue, *, where: ir.BooleanValue | None = None) -> ir.IntegerScalar:
    """Return the sum in minor units; one that does not fit int64 is an error, never a wrap.

    DuckDB sums bigints into a hugeint; its backend brings each sum back to the type that ibis
    believes in.
    """
    return amounts.sum(where=where)


def share_of(amount: ir.IntegerValue, rate: ir.DecimalValue) -> ir.IntegerValue:
    """Return the rate's part of an amount ≥ 0 in minor units, half-up; the one rounding function.

    `//` is no way to do this: it passes through a float on DuckDB.
    """
    return (_exact(amount) * rate).round(0).cast("int64")


def ratio(part: ir.IntegerValue, whole: ir.IntegerValue) -> ir.DecimalValue:
    """Return part / whole to 6 digits, a half away from zero.

    Null where whole is not above 0, and from a million on. Engines divide decimals through a float:
    so its quotient is a guess at the millionths that may be one off, and products, which are exact,
    tell.
    """
    twice = _exact(whole) * _exact(2)
    rounded = _exact(part.abs()) * _exact(2 * _MILLION) + _exact(whole)
    fits = (whole > 0) & (rounded < twice * _exact(_MILLION * _MILLION))
    quotient = rounded.cast("float64") / ibis.ifelse(fits, twice, _exact(1)).cast("float64")
    guess = ibis.ifelse(fits, quotient.floor(), 0).cast("int64")
    over, under = _exact(guess) * twice > rounded, _exact(guess + 1) * twice <= rounded
    millionths = (guess + under.cast("int64") - over.cast("int64")) * ibis.ifelse(part < 0, -1, 1)
    found = millionths.cast("decimal(38, 6)") * ibis.literal("0.000001").cast("decimal(38, 6)")
    return ibis.ifelse(fits, found.cast("decimal(38, 6)"), ibis.null("decimal(38, 6)"))


_MILLION = 1_000_000


def product(first: ir.IntegerValue, second: ir.IntegerValue) -> ir.DecimalValue:
    """Return an exact product of two amounts, to compare shares without dividing."""
    return _exact(first) * _exact(second)


def _exact(value: ir.IntegerValue | int) -> ir.DecimalValue:
    number = ibis.literal(str(value)) if isinstance(value, int) else value
    return number.cast("decimal(38, 0)")
