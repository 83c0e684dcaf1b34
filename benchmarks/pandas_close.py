"""A close as a good analyst writes it in pandas: standings and figures of a delivery.

Amounts stay whole cents, and the ratio whole millionths, in the files that it writes.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Final

import pandas as pd

from benchmarks.pandas_graded import FLOORS, GRADES, graded, held_before
from benchmarks.pandas_settlement import Book, read
from recobro.engine.tables import STANDINGS

_PERCENT: Final = (0, 2, 25, 50, 100)
_MILLION: Final = 1_000_000
_GROUPS: Final = ("product", "guarantee", "grade", "bucket")
_KEY: Final = ["currency", "institution_id", "by", "value"]
_SUMS: Final = [
    "loans",
    "outstanding_principal",
    "nonperforming_principal",
    "overdue_amount",
    "provision",
]


def standings(book: Book, on: pd.Timestamp) -> pd.DataFrame:
    """Return where every loan stands at the end of a day, in the order of loan_id."""
    held = held_before(book, on)
    loans = book.loans[book.loans.disbursed_on <= on]
    views = graded(book, loans.assign(as_of=on), held)
    views["grade"] = views["rank"].map(dict(enumerate(GRADES)))
    views["local_grade"] = views.grade
    views["grade_reasons"] = _reasons(views[views["rank"] > 0]).reindex(views.index, fill_value="")
    views["nonperforming"] = views["rank"] > 1
    rate = views["rank"].map(dict(enumerate(_PERCENT))).where(views.on_balance, 0)
    views["provision"] = (views.outstanding_principal * rate + 50) // 100
    return views.sort_values("loan_id")[[*STANDINGS.names]]


def _reasons(views: pd.DataFrame) -> pd.Series:
    """Name the floors above normal, the worst first."""
    named = pd.Series("", index=views.index)
    for rank in range(len(GRADES) - 1, 0, -1):
        for floor in FLOORS:
            named += views[floor].eq(rank).map({True: f";{floor}", False: ""})
    return named.str[1:]


def figures(loans: pd.DataFrame, institutions: pd.DataFrame) -> pd.DataFrame:
    """Return the sums of loans on balance, at every node of the tree and by each group."""
    kept = loans[loans.on_balance].assign(
        loans=1,
        nonperforming_principal=lambda each: each.outstanding_principal.where(
            each.nonperforming, 0
        ),
    )
    place = ["currency", "institution_id"]
    cells = kept.groupby([*place, *_GROUPS], as_index=False)[_SUMS].sum()
    parted = [cells.assign(by=group, value=cells[group]) for group in _GROUPS]
    every = pd.concat([cells.assign(by="all", value=""), *parted])[[*_KEY, *_SUMS]]
    nodes = every.merge(_above(institutions), on="institution_id")
    nodes = nodes.drop(columns="institution_id").rename(columns={"node_id": "institution_id"})
    found = nodes.groupby(_KEY, as_index=False)[_SUMS].sum()
    whole = found.outstanding_principal.astype(object)
    halves = found.nonperforming_principal.astype(object) * (2 * _MILLION) + whole
    millionths = halves // (whole.where(whole > 0, 1) * 2)
    found["nonperforming_ratio"] = millionths.where(whole > 0).astype("Int64")
    return found


def _above(institutions: pd.DataFrame) -> pd.DataFrame:
    """Return each institution with itself and every one above it."""
    parents = institutions.set_index("institution_id").parent_id
    level = pd.DataFrame({"institution_id": parents.index, "node_id": parents.index})
    levels = []
    while len(level):
        levels.append(level)
        level = level.assign(node_id=level.node_id.map(parents)).dropna()
    return pd.concat(levels)


def main() -> None:
    """Close a day from a delivery; print how long reading, settling and the close took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pandas_close", description=__doc__)
    parser.add_argument("delivery", type=Path)
    parser.add_argument("day", type=pd.Timestamp)
    parser.add_argument("to", type=Path, help="a folder for standings.parquet, figures.parquet")
    options = parser.parse_args()
    began = time.perf_counter()
    book = read(options.delivery)
    settled = time.perf_counter()
    stand = standings(book, options.day)
    summed = figures(stand, book.institutions)
    stand.to_parquet(options.to / "standings.parquet", index=False)
    summed.to_parquet(options.to / "figures.parquet", index=False)
    closed = time.perf_counter()
    print(json.dumps({"read_and_settle": settled - began, "close": closed - settled}))


if __name__ == "__main__":
    main()
