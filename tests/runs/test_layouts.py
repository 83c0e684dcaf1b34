"""An extract through a mapping: what it looked like is kept, and what changed is told."""

import json
from pathlib import Path

import pytest

from recobro.intake import Change, DeliveryRefused, LayoutDiffers
from recobro.terms.refusal import told
from tests.runs.bank import Bank

pytestmark = pytest.mark.django_db

BOOK = """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00 as p1
"""
MAPPING = """
[tables.payments]
from = "pagos"
[tables.payments.columns]
payment_id = "recibo"
loan_id = "prestamo"
paid_on = { from = "fecha", date = "%d/%m/%Y" }
amount = "importe"
"""
PAGOS = "recibo,prestamo,fecha,importe\np2,A,21/02/2026,10.00\n"


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    file = tmp_path / "pagos.toml"
    file.write_text(MAPPING, encoding="utf-8")
    return file


def extract(bank: Bank, text: str) -> Path:
    folder = bank.folder / f"extract-{next(bank.numbers)}"
    folder.mkdir()
    (folder / "pagos.txt").write_text(text, encoding="utf-8")
    return folder


def test_a_load_without_a_mapping_has_no_layout(bank: Bank) -> None:
    assert bank.load(BOOK).layout == {}


def test_the_layout_is_kept_and_compared(bank: Bank, mapping: Path) -> None:
    bank.load(BOOK)
    first = bank.load(extract(bank, PAGOS), kind="delta", mapping=mapping)
    first.refresh_from_db()
    assert first.layout == {
        "mapping": "pagos.toml",
        "sources": {
            "pagos": [
                ["recibo", "text"],
                ["prestamo", "text"],
                ["fecha", "a date like %d/%m/%Y"],
                ["importe", "a number"],
            ]
        },
        "since": None,
        "changed": [],
    }
    wider = "recibo,canal,prestamo,fecha,importe\np3,caja,A,22/02/2026,10.00\n"
    second = bank.load(extract(bank, wider), kind="delta", mapping=mapping)
    assert second.layout["since"] == first.number
    assert [change["says"] for change in second.layout["changed"]] == ["pagos: column canal is new"]


def test_rows_rejected_for_another_form_of_dates(bank: Bank, mapping: Path) -> None:
    bank.load(BOOK)
    bank.load(extract(bank, PAGOS), kind="delta", mapping=mapping)
    other = PAGOS.replace("p2", "p3").replace("21/02/2026", "21.02.2026")
    load = bank.load(extract(bank, other), kind="delta", mapping=mapping)
    assert load.findings == {"bad-date": 1}
    assert [change["what"] for change in load.layout["changed"]] == ["type-changed"]


def test_a_renamed_column_is_told_from_a_bad_delivery(bank: Bank, mapping: Path) -> None:
    bank.load(BOOK)
    bank.load(extract(bank, PAGOS), kind="delta", mapping=mapping)
    renamed = extract(bank, PAGOS.replace("importe", "monto"))
    with pytest.raises(LayoutDiffers) as refused:
        bank.offer(renamed, kind="delta", mapping=mapping)
    assert str(refused.value).startswith("The mapping of payments does not fit this delivery: ")
    assert str(refused.value).endswith(
        "The layout is to blame, not the rows: it differs from that of load 2 "
        "(pagos: column importe is gone, and monto looks like it). "
        "Adapt pagos.toml, or have the extract as it was."
    )


def test_a_mapping_of_another_name_is_compared_by_its_tables(bank: Bank, mapping: Path) -> None:
    bank.load(BOOK)
    bank.load(extract(bank, PAGOS), kind="delta", mapping=mapping)
    other = mapping.with_name("neu.toml")
    other.write_text(MAPPING.replace("importe", "monto"), encoding="utf-8")
    renamed = PAGOS.replace("importe", "monto").replace("p2", "p3")
    load = bank.load(extract(bank, renamed), kind="delta", mapping=other)
    assert [change["what"] for change in load.layout["changed"]] == ["column-renamed"]


def test_what_refuses_an_extract_that_lacks_nothing_is_not_the_layout(
    bank: Bank, mapping: Path
) -> None:
    bank.load(BOOK)
    bank.load(extract(bank, PAGOS), kind="delta", mapping=mapping)
    twice = "canal," + PAGOS.replace("\n", "\nx,", 1) + "x,p2,A,21/02/2026,12.00\n"
    with pytest.raises(DeliveryRefused) as refused:
        bank.offer(extract(bank, twice), kind="delta", mapping=mapping)
    assert not isinstance(refused.value, LayoutDiffers)


def test_a_layout_of_which_everything_changed_is_told_in_short() -> None:
    found = [Change("column-gone", "loans.csv", f"c{number}") for number in range(2_000)]
    refused = LayoutDiffers("the mapping", 1, found, ValueError("No."))
    assert "column c19 is gone and others" in str(refused)
    assert "c20" not in str(refused)
    assert len(json.dumps(told(refused))) < 5_000
