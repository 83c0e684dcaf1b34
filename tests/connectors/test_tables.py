from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from recobro.connectors.tables import AT_ONCE, Tables, text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (Decimal("1250.10"), "1250.10"),
        (Decimal("1E+3"), "1000"),
        (1250.1, "1250.1"),
        (1e-7, "0.0000001"),
        (date(2026, 6, 30), "2026-06-30"),
        (datetime(2026, 6, 30, 23, 59, tzinfo=UTC), "2026-06-30"),
        ("农户", "农户"),
    ],
)
def test_a_value_is_text_as_the_contract_has_it(value: object, expected: str | None) -> None:
    assert text(value) == expected


def test_rows_are_written_few_at_a_time(tmp_path: Path) -> None:
    with Tables(tmp_path) as tables:
        tables.begin("payments", ["payment_id", "amount"])
        tables.begin("staff", ["staff_id"])
        tables.add("payments", ((n, None) for n in range(2 * AT_ONCE + 1)))
    assert tables.rows == {"payments": 2 * AT_ONCE + 1, "staff": 0}
    found = pq.ParquetFile(tmp_path / "payments.parquet")
    assert [found.metadata.row_group(n).num_rows for n in range(found.num_row_groups)] == [
        *(AT_ONCE, AT_ONCE, 1)
    ]
    assert found.read().to_pylist()[-1] == {"payment_id": "20000", "amount": None}
    assert pq.read_table(tmp_path / "staff.parquet").to_pylist() == []
