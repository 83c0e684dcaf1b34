from datetime import date
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from xlsxwriter import Workbook

from recobro.intake.drift import Change, changes
from recobro.intake.mapping import parse
from recobro.intake.profile import column_kinds, profiles
from recobro.intake.refusals import Unreadable

BEFORE = {"pagos": {"recibo": "text", "fecha": "a date like %Y-%m-%d", "importe": "a number"}}


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (BEFORE, []),
        ({"otros": {}}, ["pagos is gone", "otros is new"]),
        (
            {"pagos": {"recibo": "text", "fecha": "a date like %Y-%m-%d"}},
            ["pagos: column importe is gone"],
        ),
        (
            {"pagos": BEFORE["pagos"] | {"canal": "text"}},
            ["pagos: column canal is new"],
        ),
        (
            {"pagos": {"recibo": "text", "fecha": "a date like %Y-%m-%d", "monto": "a number"}},
            ["pagos: column importe is gone, and monto looks like it"],
        ),
        (
            {
                "pagos": {
                    "importes": "a number",
                    "recibo": "text",
                    "fecha": "a date like %Y-%m-%d",
                }
            },
            ["pagos: column importe is gone, and importes looks like it"],
        ),
        (
            {"pagos": {"recibo": "text", "fecha": "a date like %Y-%m-%d", "monto": "text"}},
            ["pagos: column importe is gone", "pagos: column monto is new"],
        ),
        (
            {"pagos": BEFORE["pagos"] | {"fecha": "a date like %d/%m/%Y"}},
            ["pagos: column fecha was a date like %Y-%m-%d, is a date like %d/%m/%Y"],
        ),
        ({"pagos": BEFORE["pagos"] | {"importe": "empty"}}, []),
    ],
)
def test_what_changed(now: dict[str, dict[str, str]], said: list[str]) -> None:
    assert [str(change) for change in changes(BEFORE, now)] == said


def test_a_renamed_column_is_both_names() -> None:
    now = {"pagos": {"recibo": "text", "fecha": "a date like %Y-%m-%d", "monto": "a number"}}
    assert changes(BEFORE, now) == [
        Change("column-renamed", "pagos", "importe", before="importe", now="monto")
    ]


MAPPING = parse(
    """
    [files.p]
    file = "P.txt"
    separator = "|"
    quote = ""
    columns = ["id", "on", "amount", "note"]
    [tables.payments]
    sql = "SELECT * FROM p JOIN q USING (id)"
    """
)


def test_the_kinds_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "P.txt").write_text('1|20260301|1,50|"\n2|20260302|22,75|\n', encoding="utf-8")
    pq.write_table(pa.table({"ID": [1, 2], "On": [date(2026, 3, 1), None]}), tmp_path / "q.parquet")
    (tmp_path / "else.csv").write_text("x\n", encoding="utf-8")
    assert column_kinds(tmp_path, MAPPING) == {
        "p": {
            "id": "a number",
            "on": "a date like %Y%m%d",
            "amount": "a decimal comma",
            "note": "text",
        },
        "q": {"id": "a number", "on": "a date like %Y-%m-%d"},
    }


def test_the_kinds_of_a_table_without_rows(tmp_path: Path) -> None:
    (tmp_path / "P.txt").write_text("1|20260301|1,50|\n", encoding="utf-8")
    pq.write_table(pa.table({"id": pa.array([], pa.int64())}), tmp_path / "q.parquet")
    assert column_kinds(tmp_path, MAPPING)["q"] == {"id": "empty"}


def test_the_kinds_of_a_workbook(tmp_path: Path) -> None:
    with Workbook(tmp_path / "all.xlsx") as book:
        for sheet, cells in (("Q ", ["id", "7"]), ("notes", ["x", "y"])):
            book.add_worksheet(sheet).write_column(0, 0, cells)
    assert column_kinds(tmp_path / "all.xlsx", MAPPING) == {"q": {"id": "a number"}}


def test_a_torn_file(tmp_path: Path) -> None:
    """A file of Parquet that is cut off, and one that is only called so."""
    pq.write_table(pa.table({"id": [*range(9999)]}), tmp_path / "q.parquet")
    whole = (tmp_path / "q.parquet").read_bytes()
    for content in (whole[: len(whole) // 2], b"id\n7\n", b""):
        (tmp_path / "q.parquet").write_bytes(content)
        for look in (profiles, partial(column_kinds, mapping=MAPPING)):
            with pytest.raises(Unreadable, match=r"^q\.parquet cannot be read: it is no sound Pa"):
                look(tmp_path)


def test_a_quote_that_is_not_closed(tmp_path: Path) -> None:
    """The quote opens in line 2, and 150 kB follow."""
    (tmp_path / "p.csv").write_text('id\n"7\n' + f"{'x' * 99}\n" * 1500, encoding="utf-8")
    with pytest.raises(Unreadable, match=r"^p\.csv cannot be read: up to its line \d+ a quote is"):
        profiles(tmp_path)
