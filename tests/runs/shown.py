"""What the workplace shows of a bank, and what the files of its closes say that it must."""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow.parquet as pq

from recobro.book.models import Borrower, Close, Figure, Institution, Loan, Staff, Standing
from recobro.runs import operations
from recobro.runs.closes import published
from recobro.terms.grades import GRADE_OF_CODE
from tests.oracle.written import written
from tests.runs.bank import AT, Bank
from tests.runs.delivered import Row, rows_of

TREE: list[Row] = [
    {"institution_id": "bank", "parent_id": None, "name": "The bank", "kind": "head_office"},
    {"institution_id": "east", "parent_id": "bank", "name": "East", "kind": "branch"},
    {"institution_id": "hill", "parent_id": "east", "name": "Hill 山", "kind": "sub_branch"},
    {"institution_id": "mill", "parent_id": "east", "name": "Mill", "kind": "sub_branch"},
    {"institution_id": "west", "parent_id": "bank", "name": "West", "kind": "branch"},
]
PLACES = {"A": "hill", "B": "mill", "C": "west"}


def delivered(text: str | None, **places: str) -> dict[str, list[Row]]:
    """Return a book's rows in a bank of two branches; a loan lies where it is said to, or west."""
    found = rows_of(written(text))
    for loan in found["loans"]:
        place = (PLACES | places).get(loan["loan_id"], "west")
        loan |= {"institution_id": place, "staff_id": None}
    return found | {"institutions": [*TREE]}


HEADS = (Institution, Staff, Borrower, Loan)
_OF_FIGURES = (
    *("institution_id", "currency", "by", "value", "loans", "outstanding_principal"),
    *("nonperforming_principal", "nonperforming_loans", "nonperforming_ratio"),
    *("overdue_amount", "overdue_loans", "provision", "three_six_loans", "three_six_principal"),
)


def show(bank: Bank) -> list[str]:
    """Bring the pages to the closes; return the days that are newly shown."""
    return [str(close.as_of) for close in operations.show(home=bank.home, at=AT)]


def rows(model: type[Any], **among: Any) -> list[Row]:
    """Return the rows of a table, in the order of its key; a key that counts is left out."""
    found = model.objects.filter(**among).order_by("pk").values()
    return [{name: value for name, value in row.items() if name != "id"} for row in found]


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table that is shown, with its own key."""
    tables: tuple[type[Any], ...] = (*HEADS, Standing, Figure)
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in tables}


def shown_of(close: Close) -> tuple[list[Row], list[Row]]:
    """Return the standings and the figures that are shown of a close, in the order of values."""
    return _ordered(rows(Standing, close=close)), _ordered(rows(Figure, close=close))


def told_of(bank: Bank, close: Close) -> tuple[list[Row], list[Row]]:
    """Return what must be shown of a close, by its files alone, where no ledger was delivered."""
    standings = [_standing(row, close) for row in read(bank, close, "standings") if problem(row)]
    figures = [
        {name: row[name] for name in _OF_FIGURES}
        | {"close_id": close.pk, "value": row["value"] or "", "allowance": None}
        for row in read(bank, close, "figures")
    ]
    return _ordered(standings), _ordered(figures)


def read(bank: Bank, close: Close, table: str) -> list[Row]:
    """Return the rows of the files of a close."""
    files = published(bank.home, close, table)
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def problem(row: Mapping[str, Any]) -> bool:
    """Tell whether a published standing is a problem loan's."""
    if row["on_balance"]:
        return bool(row["grade"] != "normal" or row["overdue_amount"] or row["three_six"])
    over = row["closed_on"] is not None and row["closed_on"] <= row["as_of"]
    return bool(row["written_off_on"] and not over and row["outstanding_principal"])


def _standing(row: Mapping[str, Any], close: Close) -> Row:
    same = {
        name: "" if value is None and name != "oldest_unpaid_due_on" else value
        for name, value in row.items()
        if name not in {"as_of", "loan_no", *_KEPT_FOR_REPORTS}
    }
    return same | {
        "close_id": close.pk,
        "loan_id": row["loan_no"],
        "grade_rank": int(GRADE_OF_CODE[row["grade"]]),
        "grade_reasons": ";".join(row["grade_reasons"]),
    }


_KEPT_FOR_REPORTS = (
    *("disbursed_on", "borrower_kind", "staff_id", "written_off_on"),
    *("closed_on", "closed_as", "replaces_loan_id", "settled_principal"),
)


def _ordered(found: Iterable[Row]) -> list[Row]:
    return sorted(
        ({name: row[name] for name in sorted(row)} for row in found),
        key=lambda row: tuple(str(value) for value in row.values()),
    )
