"""Date arithmetic as expressions, written so that every engine gives dates back."""

import ibis
import ibis.expr.types as ir


def days_between(first: ir.DateValue, last: ir.DateValue) -> ir.IntegerValue:
    """Return last − first in calendar days."""
    return last.delta(first, unit="day").cast("int32")


def plus_days(day: ir.DateValue, days: int) -> ir.DateValue:
    """Return the day so many days later; the day itself, untouched, for none."""
    return _date(day, ibis.interval(days=days)) if days else day


def plus_months(day: ir.DateValue, months: int) -> ir.DateValue:
    """Return the same day so many months later, clipped to that month's end."""
    return _date(day, ibis.interval(months=months))


def month_of(day: ir.DateValue) -> ir.DateValue:
    """Return the first day of a day's month."""
    return day.truncate("M")


def _date(day: ir.DateValue, interval: ir.IntervalScalar) -> ir.DateValue:
    # ibis takes date + interval for a date and drops a cast; DuckDB gives a timestamp.
    return (day.cast("timestamp") + interval).date()
