"""The real bank of examples/berka, whole."""

from datetime import date
from pathlib import Path

import ibis
import pytest

from recobro.intake import AtHand, Mapping, read, suggest
from recobro.intake.account import Money
from recobro.intake.mapping import parse
from tests.shared import shared

MAPPING = Path(__file__).parents[2] / "examples" / "berka" / "mapping.toml"


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    """682 loans of 10,326,174 hundred; what they ask for adds up; 123 payments are known."""
    connection = ibis.duckdb.connect()
    delivery = read(
        shared("data", "berka"),
        connection=connection,
        current=AtHand(),
        staging=tmp_path,
        load_no=1,
        mapping=Mapping.load(MAPPING),
        delivered_on=date(1994, 3, 31),
    )
    assert delivery.codes == {}
    rows = {name: (t.account.read, t.account.accepted) for name, t in delivery.tables.items()}
    assert rows == {
        "institutions": (78, 78),
        "borrowers": (4500, 4500),
        "loans": (682, 682),
        "instalments": (24888, 24888),
        "payments": (123, 123),
    }
    lent = Money(read=10326174000, accepted=10326174000, rejected=0)
    paid = Money(read=48356580, accepted=48356580, rejected=0)
    assert {n: t.account.money for n, t in delivery.tables.items() if t.account.money} == {
        "loans": {"CZK": lent},
        "instalments": {"CZK": lent},
        "payments": {"CZK": paid},
    }
    instalments = connection.read_parquet(delivery.tables["instalments"].path)
    loans = connection.read_parquet(delivery.tables["loans"].path)
    schedule = instalments.join(loans, "loan_no").filter(ibis._.loan_id == "5314")
    first = schedule.order_by("n").limit(2).select("due_on", "principal_due").to_pyarrow()
    assert first.to_pydict() == {
        "due_on": [date(1993, 7, 12), date(1993, 8, 12)],
        "principal_due": [803300, 803300],
    }
    connection.disconnect()


def test_a_suggestion_is_a_mapping_once_completed() -> None:
    text = suggest(shared("data", "berka"))
    lines = {line.split(" #")[0].strip() for line in text.splitlines()}
    assert {
        "[tables.loans]",
        'from = "loan"',
        "loan_id = '\"loan_id\"'",
        "principal = '\"amount\"'",
        'disbursed_on = { from = \'"date"\', date = "%y%m%d" }',
        "borrower_id = '\"client_id\"'",
        "institution_id = '\"a1\"'",
        "payment_id = '\"trans_id\"'",
    } <= lines
    assert parse(text.partition("[tables.payments]")[0]).tables["loans"].source == "loan"


def test_a_suggestion_in_other_words(tmp_path: Path) -> None:
    (tmp_path / "prestamos.csv").write_text(
        "prestamo;cliente;importe;fecha de formalizacion;garantia\n"
        "1;7;1.000,50;05.02.2026;personal\n2;8;20,00;06.02.2026;personal\n",
        encoding="utf-8",
    )
    (tmp_path / "还款流水.csv").write_text(
        "流水号,借据号,还款日期,还款金额\nT1,1,20260205,10.00\n", encoding="gb18030"
    )
    (tmp_path / "clientes.csv").write_text("cliente,nombre\n7,Ana\n8,Eva\n", encoding="utf-8")
    text = suggest(tmp_path)
    found = [line for line in text.splitlines() if " = " in line and not line.startswith("#")]
    assert [line.split("  #")[0] for line in found] == [
        'from = "clientes"',
        "borrower_id = '\"cliente\"'",
        "name = '\"nombre\"'",
        'from = "prestamos"',
        "loan_id = '\"prestamo\"'",
        "borrower_id = '\"cliente\"'",
        'principal = { from = \'"importe"\', thousands = ".", decimal = "," }',
        'disbursed_on = { from = \'"fecha de formalizacion"\', date = "%d.%m.%Y" }',
        "guarantee = '\"garantia\"'",
        'from = "还款流水"',
        "payment_id = '\"流水号\"'",
        "loan_id = '\"借据号\"'",
        "paid_on = '\"还款日期\"'",
        "amount = '\"还款金额\"'",
    ]
    assert "100% of its values are borrowers" in text


@pytest.mark.parametrize("path", [MAPPING], ids=["berka"])
def test_the_examples_mapping_is_sound(path: Path) -> None:
    assert sorted(Mapping.load(path).tables) == [
        "borrowers",
        "instalments",
        "institutions",
        "loans",
        "payments",
    ]
