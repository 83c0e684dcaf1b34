"""What follows from a loan's money alone, in pandas: balance, arrears, missed instalments.

A view is a loan seen at the end of a day (`as_of`): of the whole book, or of few loans where a rule
looks back. `view_no` is the views' index.
"""

from typing import Final

import numpy as np
import pandas as pd

_IN_A_ROW: Final = 3
_EVER: Final = 6
_THIRTY: Final = 30
_OPEN_BUCKET: Final = 7


def measured(views: pd.DataFrame, lines: pd.DataFrame, money: pd.DataFrame) -> pd.DataFrame:
    """Return the views with what was paid, is left, overdue and missed.

    `lines` and `money` have view_no and as_of; a loan's due dates run forwards.
    """
    paid = money[money.paid_on <= money.as_of].groupby("view_no").amount.sum()
    views["paid_total"] = paid.reindex(views.index, fill_value=0)
    lines = _paid_parts(lines, views.paid_total.reindex(lines.view_no).to_numpy())
    by_view = lines.groupby("view_no")
    scheduled = views.index.isin(lines.view_no.unique())
    of_schedule = by_view.paid_principal.sum().reindex(views.index, fill_value=0)
    left = views.principal - np.where(scheduled, of_schedule, views.paid_total)
    views["outstanding_principal"] = left.clip(lower=0)
    views = _arrears(views, lines[lines.due_on < lines.as_of])
    views["three_six"] = (views.missed_in_a_row >= _IN_A_ROW) | (views.missed_ever >= _EVER)
    views["bucket"] = "M" + bucket(views.days_past_due).astype(str)
    gone = [views[day].notna() & (views[day] <= views.as_of) for day in _LEFT_ON]
    views["on_balance"] = ~(gone[0] | gone[1])
    return views


_LEFT_ON: Final = ("written_off_on", "closed_on")


def bucket(days: pd.Series) -> pd.Series:
    """Return the number of the bucket of so many days."""
    return (-(-days // _THIRTY)).clip(upper=_OPEN_BUCKET)


def _paid_parts(lines: pd.DataFrame, paid_total: np.ndarray) -> pd.DataFrame:
    """Share what was paid, oldest instalment first; in it fees, then interest, then principal."""
    rest = (paid_total - (lines.asked_to - lines.due)).clip(lower=0)
    rest = np.minimum(rest, lines.due)
    parts = {}
    for part in ("fees", "interest", "principal"):
        parts[f"paid_{part}"] = np.minimum(rest, lines[part])
        rest = rest - parts[f"paid_{part}"]
    return lines.assign(**parts)


def _arrears(views: pd.DataFrame, overdue: pd.DataFrame) -> pd.DataFrame:
    unsettled = ~(overdue.settled_on <= overdue.as_of)
    kept = overdue.settled_on <= overdue.due_on
    overdue = overdue.assign(
        overdue_fees=overdue.fees - overdue.paid_fees,
        overdue_interest=overdue.interest - overdue.paid_interest,
        overdue_principal=overdue.principal - overdue.paid_principal,
        unpaid_instalments=unsettled,
        missed_ever=~kept,
        assessed=1,
        last_kept=overdue.position.where(kept, 0),
    )
    sums = ["overdue_principal", "overdue_interest", "overdue_fees"]
    counts = ["unpaid_instalments", "missed_ever", "assessed"]
    by_view = overdue.groupby("view_no")
    found = by_view[[*sums, *counts]].sum().join(by_view.last_kept.max())
    views = views.join(found.reindex(views.index, fill_value=0))
    views["overdue_amount"] = views[sums].sum(axis=1)
    views["oldest_unpaid_due_on"] = overdue[unsettled].groupby("view_no").due_on.min()
    views["days_past_due"] = (
        (views.as_of - views.oldest_unpaid_due_on).dt.days.fillna(0).astype("int64")
    )
    run = views.assessed - views.last_kept
    views["missed_in_a_row"] = run.where(views.unpaid_instalments > 0, 0)
    return views.drop(columns=["assessed", "last_kept"])
