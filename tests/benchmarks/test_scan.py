from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from benchmarks.scan import scan

ROWS = pa.table(
    {
        "loan_id": ["A", "B", None],
        "due_on": [date(2026, 1, 5), None, date(2026, 2, 5)],
        "amount": pa.array([1, 2, None], pa.decimal128(18, 2)),
        "active": [True, False, None],
    }
)


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_every_kind_of_column_is_scanned(form: str, tmp_path: Path) -> None:
    """
    two tables of three rows, of text, dates, amounts and yes or no, some of them empty
    """
    for table in ("loans", "payments"):
        file = tmp_path / f"{table}.{form}"
        if form == "csv":
            csv.write_csv(ROWS, file)
        else:
            parquet.write_table(ROWS, file)
    found = scan(tmp_path, ("loans", "payments"))
    assert found.rows == 6
    assert found.seconds > 0
