"""Calendar arithmetic of business dates. Intervals are half-open: [from, to)."""

import calendar
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """Return the same day of a later (or earlier) month, clipped to that month's end."""
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def month_end(day: date) -> date:
    """Return the last day of the day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def previous_month_end(day: date) -> date:
    """Return the last day of the month before the day's."""
    return day.replace(day=1) - timedelta(days=1)


def previous_year_end(day: date) -> date:
    """Return 31 December before the day's year: the start of the year that figures compare with."""
    return date(day.year - 1, 12, 31)
