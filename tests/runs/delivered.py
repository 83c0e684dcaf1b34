"""A loan book as the files that a bank delivers."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from recobro.terms.money import amount
from tests.oracle.book import Book

Row = dict[str, Any]
Rows = Mapping[str, list[Row]]
"""Rows by table, in the columns of the contract."""

_MONEY = ("principal", "principal_due", "interest_due", "fees_due", "amount")


def rows_of(book: Book) -> dict[str, list[Row]]:
    """Return the rows of a book as the contract writes them; amounts are decimals."""
    currency = {loan.loan_id: loan.currency for loan in book.loans}
    return {
        "institutions": [asdict(one) | {"name": one.institution_id} for one in book.institutions],
        "borrowers": [asdict(one) | {"name": one.borrower_id} for one in book.borrowers],
        "loans": [_in_decimals(asdict(one), currency) | {"annual_rate": 0} for one in book.loans],
        "instalments": [_in_decimals(asdict(one), currency) for one in book.instalments],
        "payments": [_in_decimals(asdict(one), currency) for one in book.payments],
        "restructurings": [asdict(one) for one in book.restructurings],
        "judgements": [
            asdict(one) | {"reason": "decided", "staff_id": "risk"} for one in book.judgements
        ],
    }


def _in_decimals(row: Row, currency: Mapping[str, str]) -> Row:
    return row | {
        name: amount(row[name], currency[row["loan_id"]]) for name in _MONEY if name in row
    }


def write(folder: Path, rows: Rows) -> Path:
    """Write the tables that have rows as CSV files of a new delivery; return its folder."""
    folder.mkdir(parents=True)
    for table, found in rows.items():
        if found:
            (folder / f"{table}.csv").write_text(csv_text(found), encoding="utf-8")
    return folder


def csv_text(rows: Iterable[Row]) -> str:
    """Return rows as CSV: a date as it is, true and false in small letters, empty for none."""
    found = list(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, found[0])
    writer.writeheader()
    writer.writerows(
        {
            name: str(value).lower() if isinstance(value, bool) else value
            for name, value in row.items()
        }
        for row in found
    )
    return out.getvalue()
