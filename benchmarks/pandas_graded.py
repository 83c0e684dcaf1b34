"""Grades in pandas under the preset cn: every floor that the generated book knows, and the worst.

A grade is a number, 0 for normal up to 4 for loss.
"""

from typing import Final

import numpy as np
import pandas as pd

from benchmarks.pandas_measured import measured
from benchmarks.pandas_settlement import Book

GRADES: Final = ("normal", "special_mention", "substandard", "doubtful", "loss")
FLOORS: Final = (
    "days-past-due",
    "restructured",
    "renewal",
    "contagion",
    "judgement",
    "cure-hold",
)
_LADDER: Final = (1, 91, 271, 361)
_SUBSTANDARD: Final = 2
_TENTH: Final = 10
_OBSERVED_MONTHS: Final = 12
_CURE_MONTHS: Final = 6
_DAY: Final = pd.Timedelta(days=1)

_HELD: Final = ["loan_no", "restructured_on", "held"]


def graded(book: Book, views: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Return views of loans (loan_no, as_of, …) measured and graded.

    `held` has the grades held before earlier restructurings.
    """
    views = views.rename_axis("view_no")
    seen = views.reset_index()[["view_no", "loan_no", "as_of"]]
    lines = book.lines.merge(seen, on="loan_no")
    views = measured(views, lines, book.money.merge(seen, on="loan_no"))
    floors = {
        "days-past-due": ladder(views.days_past_due),
        "restructured": _restructured(book, seen, lines, held),
        "renewal": (views.replaces_loan_id.notna() & views.on_balance).astype("int64"),
        "judgement": _judged(book, seen),
        "cure-hold": _cure_hold(views, lines),
    }
    for name, floor in floors.items():
        views[name] = floor if isinstance(floor, np.ndarray) else floor.reindex(views.index)
        views[name] = views[name].fillna(0).astype("int64")
    views["alone"] = views[list(floors)].max(axis=1)
    views["contagion"] = _contagion(views)
    views["rank"] = views[["alone", "contagion"]].max(axis=1)
    return views


def ladder(days: pd.Series) -> np.ndarray:
    """Return the grade of so many days past due."""
    grades: np.ndarray = np.searchsorted(_LADDER, days, side="right")
    return grades


def held_before(book: Book, on: pd.Timestamp) -> pd.DataFrame:
    """Return the grade of each loan on the day before it was restructured in difficulty.

    Companies' loans are looked at together; a borrower's earlier restructurings come first, for a
    later grade may rest on them.
    """
    eased = book.restructurings
    eased = eased[eased.difficulty & (eased.restructured_on <= on)]
    eased = eased.merge(book.loans[["loan_no", "borrower_id", "kind"]], on="loan_no")
    turns = eased.groupby("borrower_id").restructured_on.rank(method="dense")
    held = eased.head(0).assign(held=0)[_HELD]
    for turn in sorted(turns.unique()):
        now = eased[turns == turn].assign(as_of=lambda each: each.restructured_on - _DAY)
        looks = _looked_at(book, now)
        found = graded(book, looks, held)
        own = now.merge(found[["loan_no", "as_of", "rank"]], on=["loan_no", "as_of"])
        own = own.rename(columns={"rank": "held"})[_HELD]
        held = pd.concat([held, own])
    return held


def _looked_at(book: Book, eased: pd.DataFrame) -> pd.DataFrame:
    """Return views of the loans themselves, and of all loans of a company."""
    companies = eased[eased.kind == "company"][["borrower_id", "as_of"]]
    beside = companies.merge(book.loans[["borrower_id", "loan_no"]], on="borrower_id")
    looks = pd.concat([eased[["loan_no", "as_of"]], beside[["loan_no", "as_of"]]])
    views = looks.drop_duplicates().merge(book.loans, on="loan_no")
    return views[views.disbursed_on <= views.as_of].reset_index(drop=True)


def _judged(book: Book, seen: pd.DataFrame) -> pd.Series:
    """Return the worst grade that was decided for each loan."""
    known = seen.merge(book.judgements[book.judgements.kind == "grade"], on="loan_no")
    over = known.until_on.notna() & (known.until_on <= known.as_of)
    known = known[(known.from_on <= known.as_of) & ~over]
    ranks = known.value.map({grade: rank for rank, grade in enumerate(GRADES)}).astype("int64")
    return ranks.groupby(known.view_no).max()


def _contagion(views: pd.DataFrame) -> pd.Series:
    """Return what bad loans of a company mean for its other loans."""
    own = views[(views.kind == "company") & views.on_balance]
    key = [own.borrower_id, own.currency, own.as_of]
    owed = own.outstanding_principal
    bad = owed.where(own.alone >= _SUBSTANDARD, 0).groupby(key).transform("sum")
    whole = owed.groupby(key).transform("sum")
    floor = np.where(
        bad * _TENTH > whole, _SUBSTANDARD, np.where((bad > 0) & (own.alone < _SUBSTANDARD), 1, 0)
    )
    return pd.Series(floor, index=own.index).reindex(views.index, fill_value=0)


def _cure_hold(views: pd.DataFrame, lines: pd.DataFrame) -> pd.Series:
    """Return the grade of companies' past episodes of arrears that are not yet lived down."""
    companies = views.index[(views.kind == "company") & (views.outstanding_principal > 0)]
    own = lines[lines.view_no.isin(companies)]
    bad = _episodes(own)
    bad = bad[bad["rank"] >= _SUBSTANDARD]
    bad["ends_on"] = _waits_until(bad, own, "cured_on", _CURE_MONTHS)
    holding = bad[bad.as_of < bad.ends_on]
    return holding.groupby("view_no")["rank"].max()


def _episodes(lines: pd.DataFrame) -> pd.DataFrame:
    """Merge the days on which single instalments were unsettled into unbroken stretches."""
    tomorrow = lines.as_of + _DAY
    spans = lines[["view_no", "as_of"]].assign(
        begins_on=lines.due_on + _DAY,
        cured_on=lines.settled_on.fillna(tomorrow).where(lines.settled_on < tomorrow, tomorrow),
    )
    spans = spans[spans.begins_on < spans.cured_on].sort_values(["view_no", "begins_on"])
    spans["days"] = (spans.cured_on - spans.begins_on).dt.days
    reached = spans.groupby("view_no").cured_on.cummax()
    before = reached.groupby(spans.view_no).shift()
    begins = before.isna() | (spans.begins_on > before)
    key = [spans.view_no, begins.cumsum().rename("episode")]
    merged = spans.groupby(key)[["as_of", "cured_on", "days"]].max().reset_index()
    merged["rank"] = ladder(merged.days)
    return merged


def _restructured(
    book: Book, seen: pd.DataFrame, lines: pd.DataFrame, held: pd.DataFrame
) -> pd.Series:
    """Return the floor of loans in observation; a loan of the generated book is eased once."""
    eased = seen.merge(book.restructurings[book.restructurings.difficulty], on="loan_no")
    eased = eased[eased.restructured_on <= eased.as_of].reset_index(drop=True)
    own = lines[lines.view_no.isin(eased.view_no)]
    eased["starts_on"] = eased.first_due_on
    missed = own[(own.due_on < own.as_of) & ~(own.settled_on <= own.due_on)]
    misses = missed[["view_no", "due_on"]]
    while True:  # until no miss inside an observation starts it again
        eased["ends_on"] = _waits_until(eased, own, "starts_on", _OBSERVED_MONTHS)
        inside = eased.reset_index().merge(misses, on="view_no")
        inside = inside[(inside.due_on > inside.starts_on) & (inside.due_on < inside.ends_on)]
        if inside.empty:
            break
        again = inside.groupby("index").due_on.max()
        eased.loc[again.index, "starts_on"] = again
    watched = eased[eased.as_of < eased.ends_on]
    was = watched.merge(held, on=["loan_no", "restructured_on"], how="left").held.to_numpy()
    floor = pd.Series(np.where(was >= _SUBSTANDARD, was, 1), index=watched.view_no)
    return floor.groupby(level=0).max()


def _waits_until(begun: pd.DataFrame, lines: pd.DataFrame, day: str, months: int) -> pd.Series:
    """Return the later of so many months and two instalments after a day."""
    starts = begun.reset_index(names="row")[["row", "view_no", day]]
    coming = starts.merge(lines[["view_no", "due_on", "n"]], on="view_no")
    coming = coming[coming.due_on > coming[day]].sort_values(["row", "due_on", "n"])
    second = coming[coming.groupby("row").cumcount() == 1].set_index("row").due_on
    after = begun[day] + pd.DateOffset(months=months)
    return after.where(~(second.reindex(begun.index) > after), second.reindex(begun.index))
