"""The grades of loans at the last month ends: twelve little squares."""

from datetime import date
from typing import Any, Final

from recobro.book.models import Close, Standing
from recobro.book.queries.problems import grades_at
from recobro.terms.dates import month_end, previous_month_end
from recobro.terms.grades import Grade

_MONTHS: Final = 12


def month_ends(close: Close) -> list[date]:
    """Return the last twelve month ends up to a close, earliest first."""
    last = close.as_of if close.as_of == month_end(close.as_of) else previous_month_end(close.as_of)
    days = [last]
    while len(days) < _MONTHS:
        days.append(previous_month_end(days[-1]))
    return days[::-1]


def looked_at(close: Close, closes: list[Close]) -> list[Close]:
    """Return a close and those of its last month ends that are shown."""
    days = month_ends(close)
    return [one for one in closes if one == close or one.as_of in days]


def with_months(
    rows: list[Standing], close: Close, closes: list[Close], *, among: list[Standing] | None = None
) -> list[dict[str, Any]]:
    """Put beside each loan its grade at the last month ends; empty where none was closed.

    With `among`, the standings of these loans at all closes looked at, nothing more is asked for.
    """
    days = month_ends(close)
    shown = {one.as_of: one for one in closes if one.as_of in days}
    if among is None:
        grades = grades_at([row.loan_id for row in rows], list(shown.values()))
    else:
        on = {one.pk: one.as_of for one in shown.values()}
        grades = {}
        for row in among:
            if row.close_id in on:
                grades.setdefault(row.loan_id, {})[on[row.close_id]] = row.grade
    return [
        {
            "of": row,
            "months": [
                (on, _grade_at(row, on, grades.get(row.loan_id, {})) if on in shown else "")
                for on in days
            ],
        }
        for row in rows
    ]


def _grade_at(row: Standing, on: date, known: dict[date, str]) -> str:
    if on < row.loan.disbursed_on:
        return ""
    return known.get(on, Grade.NORMAL.code)
