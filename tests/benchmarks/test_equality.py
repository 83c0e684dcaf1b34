from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from benchmarks.equality import RowsDiffer, check, figures, standings
from recobro.engine.tables import MONEY, STANDINGS

LOAN: dict[str, Any] = {
    **dict.fromkeys(STANDINGS.names, "same"),
    **dict.fromkeys(MONEY, Decimal("10.05")),
    "as_of": date(2026, 6, 30),
    "grade_reasons": ["restructured", "contagion"],
}
FIGURE: dict[str, Any] = {
    "currency": "CNY",
    "institution_id": "HO",
    "by": "all",
    "value": None,
    "loans": 1,
    "outstanding_principal": Decimal("10.05"),
    "nonperforming_principal": Decimal("0.00"),
    "nonperforming_ratio": Decimal("0.000000"),
    "overdue_amount": Decimal("1.00"),
    "provision": Decimal("0.20"),
}
CENTS = dict.fromkeys(MONEY, 1005)


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return _written(tmp_path / "ours", LOAN, FIGURE)


def _written(folder: Path, loan: dict[str, Any], figure: dict[str, Any]) -> Path:
    folder.mkdir()
    for name, row in (("standings", loan), ("figures", figure)):
        parquet.write_table(pa.Table.from_pylist([row]), folder / f"{name}.parquet")
    return folder


def _theirs(folder: Path, *, loan: dict[str, Any], figure: dict[str, Any]) -> Path:
    reasons = ";".join(LOAN["grade_reasons"])
    whole = {
        "outstanding_principal": 1005,
        "nonperforming_principal": 0,
        "nonperforming_ratio": 0,
        "overdue_amount": 100,
        "provision": 20,
    }
    return _written(
        folder, {**LOAN, **CENTS, "grade_reasons": reasons, **loan}, {**FIGURE, **whole, **figure}
    )


def test_equal_rows_pass_whatever_their_form(ours: Path, tmp_path: Path) -> None:
    """
    ours 10.05, theirs 1005 cents; ours a list of reasons, theirs joined; all: empty or ''
    """
    theirs = _theirs(tmp_path / "theirs", loan={}, figure={"value": ""})
    check("pandas", ours, theirs)
    assert set(standings(ours, theirs)) == {"missing", *STANDINGS.names} - {"loan_id"}
    assert sum(standings(ours, theirs).values()) + sum(figures(ours, theirs).values()) == 0


@pytest.mark.parametrize("column", sorted({*STANDINGS.names} - {"loan_id", "as_of", *MONEY}))
def test_a_difference_is_found_in_every_column(column: str, ours: Path, tmp_path: Path) -> None:
    theirs = _theirs(tmp_path / "theirs", loan={column: None}, figure={})
    assert {name for name, rows in standings(ours, theirs).items() if rows} == {column}


def test_a_cent_is_a_difference(ours: Path, tmp_path: Path) -> None:
    theirs = _theirs(tmp_path / "theirs", loan={"provision": 1004}, figure={"provision": 21})
    with pytest.raises(RowsDiffer) as refusal:
        check("pandas", ours, theirs)
    assert str(refusal.value) == (
        "pandas has other rows than ours: 1 in provision, 1 in figures: provision. "
        "No speed is worth telling."
    )


def test_a_loan_that_only_one_side_has_is_missing_on_the_other(ours: Path, tmp_path: Path) -> None:
    """
    ours has loan 'same', theirs 'other': two are missing, and nothing else is compared
    """
    theirs = _theirs(tmp_path / "theirs", loan={"loan_id": "other"}, figure={})
    assert {name: rows for name, rows in standings(ours, theirs).items() if rows} == {"missing": 2}
