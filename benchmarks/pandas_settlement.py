"""The book in pandas: read from a delivery, payments laid against instalments.

Amounts are whole cents. Loans have the number of their row in place of their id, which is what
makes grouping fast.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

_CENTS: Final = 100
_INSTALMENTS: Final = ["loan_id", "n", "due_on", "fees_due", "interest_due", "principal_due"]
_PAYMENTS: Final = ["payment_id", "loan_id", "paid_on", "amount", "reverses"]


@dataclass(frozen=True)
class Book:
    """Tables of a book: `lines` are instalments with what settled them, `money` what was paid."""

    loans: pd.DataFrame
    lines: pd.DataFrame
    money: pd.DataFrame
    restructurings: pd.DataFrame
    judgements: pd.DataFrame
    institutions: pd.DataFrame


def read(delivery: Path) -> Book:
    """Read the tables that a close needs, and settle them."""
    loans = _table(delivery, "loans")
    borrowers = _table(delivery, "borrowers", ["borrower_id", "household_id", "kind"])
    loans = loans.merge(borrowers, on="borrower_id", how="left")
    loans["household_id"] = loans.household_id.fillna(loans.borrower_id)
    numbers = pd.Index(loans.loan_id)
    loans["loan_no"] = np.arange(len(loans))
    asked = _asked(_numbered(_table(delivery, "instalments", _INSTALMENTS), numbers))
    money = _received(_numbered(_table(delivery, "payments", _PAYMENTS), numbers))
    return Book(
        loans=loans,
        lines=_settled(asked, money),
        money=money,
        restructurings=_numbered(_table(delivery, "restructurings"), numbers),
        judgements=_numbered(_table(delivery, "judgements"), numbers),
        institutions=_table(delivery, "institutions"),
    )


def _table(delivery: Path, name: str, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a table: amounts as cents, days as datetime64, which pandas computes with in bulk."""
    table = pq.read_table(delivery / f"{name}.parquet", columns=columns)
    amounts = [each.name for each in table.schema if pa.types.is_decimal(each.type)]
    days = [each.name for each in table.schema if pa.types.is_date(each.type)]
    plain = pa.schema(
        each.with_type(pa.float64()) if each.name in amounts else each for each in table.schema
    )
    frame = table.cast(plain).to_pandas(date_as_object=False)
    for amount in amounts:
        if not frame[amount].isna().any():
            frame[amount] = (frame[amount] * _CENTS).round().astype("int64")
    for day in days:
        frame[day] = frame[day].astype("datetime64[s]")
    return frame


def _numbered(rows: pd.DataFrame, numbers: pd.Index) -> pd.DataFrame:
    rows["loan_no"] = numbers.get_indexer(rows.pop("loan_id"))
    return rows


def _asked(instalments: pd.DataFrame) -> pd.DataFrame:
    """Add what each loan has been asked up to each instalment; one that asks nothing is dropped."""
    lines = instalments.rename(
        columns={"fees_due": "fees", "interest_due": "interest", "principal_due": "principal"}
    )
    lines["due"] = lines.fees + lines.interest + lines.principal
    lines = lines[lines.due > 0].sort_values(["loan_no", "n"])
    by_loan = lines.groupby("loan_no")
    lines["asked_to"] = by_loan.due.cumsum()
    lines["position"] = by_loan.cumcount() + 1
    return lines


def _received(payments: pd.DataFrame) -> pd.DataFrame:
    """Return what each loan has been paid up to each day; what was reversed never came."""
    reversals = payments.reverses.notna()
    reversed_ = payments.payment_id.isin(payments.reverses[reversals])
    valid = payments[~reversals & ~reversed_]
    days = valid.groupby(["loan_no", "paid_on"], as_index=False).amount.sum()
    days["paid_to"] = days.groupby("loan_no").amount.cumsum()
    return days


def _settled(asked: pd.DataFrame, money: pd.DataFrame) -> pd.DataFrame:
    """Add settled_on: the first day on which the payments reach what was asked."""
    days = money[["loan_no", "paid_on", "paid_to"]].sort_values("paid_to")
    reached = pd.merge_asof(
        asked.sort_values("asked_to"),
        days.rename(columns={"paid_on": "settled_on"}),
        left_on="asked_to",
        right_on="paid_to",
        by="loan_no",
        direction="forward",
    )
    return reached.drop(columns="paid_to").sort_values(["loan_no", "n"], ignore_index=True)
