"""The nightly close: which days fall due, and when."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from recobro.terms.dates import month_end

DAY_BY_DAY = 31
"""Of a longer gap the last days are closed so many, and before them the month ends."""

_DAY = timedelta(days=1)


def latest_due(*, at: datetime, after: time, zone: str) -> date:
    """Return the last day that the nightly close has come for: it closes the day before."""
    now = at.astimezone(ZoneInfo(zone))
    return now.date() - (_DAY if now.time() >= after else 2 * _DAY)


def next_run(*, at: datetime, after: time, zone: str) -> datetime:
    """Return when the nightly close comes next."""
    now = at.astimezone(ZoneInfo(zone))
    day = now.date() + (_DAY if now.time() >= after else timedelta())
    return datetime.combine(day, after, ZoneInfo(zone))


def days_due(*, last: date, closed: date | None) -> list[date]:
    """Return the days after the last that was closed, up to the last of all, the earliest first.

    Of a bank that has closed none it is the last alone.
    """
    days = (last - closed).days if closed else 1
    every = [last - back * _DAY for back in reversed(range(days))]
    recent = every[-DAY_BY_DAY:]
    return [day for day in every if day in recent or day == month_end(day)]
