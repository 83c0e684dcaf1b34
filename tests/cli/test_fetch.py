import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Recobro
from tests.connectors.fineract import PASSWORD, TENANT, USER, fineract

pytestmark = pytest.mark.django_db


def test_from_a_database(recobro: Recobro, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sqlalchemy")
    with closing(sqlite3.connect(tmp_path / "core.sqlite3")) as database:
        database.execute("CREATE TABLE client AS SELECT 'b1' AS no, '王伟' AS name")
        database.commit()
    monkeypatch.setenv("CORE_BANKING_URL", f"sqlite:///{tmp_path / 'core.sqlite3'}")
    source = tmp_path / "core.toml"
    query = "SELECT no AS borrower_id, 'person' AS kind, name FROM client"
    source.write_text(
        f'kind = "database"\nurl = "CORE_BANKING_URL"\n[tables]\nborrowers = "{query}"\n', "utf-8"
    )
    told = recobro("fetch", source, "--on", "2026-06-30", "--json")
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout) == {
        "delivery": "2026-06-30-full",
        "rows": {"borrowers": 1},
        "left_out": {},
    }
    again = recobro("fetch", source, "--on", "2026-06-30", "--json")
    assert (again.exit_code, again.stdout.count("has a delivery '2026-06-30-full'")) == (2, 1)
    assert recobro("fetch", source, "--name", "first", "--json").exit_code == 0


def test_what_is_in_no_table_is_told(
    recobro: Recobro, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINERACT_USER", USER)
    monkeypatch.setenv("FINERACT_PASSWORD", PASSWORD)
    with fineract() as there:
        source = tmp_path / "fineract.toml"
        source.write_text(
            f'kind = "fineract"\naddress = "{there.address}"\ntenant = "{TENANT}"\n'
            'user = "FINERACT_USER"\npassword = "FINERACT_PASSWORD"\n',
            "utf-8",
        )
        told = recobro("fetch", source, "--on", "2026-06-30")
    assert told.exit_code == 1
    assert "2 transactions of the kind chargeback are in no table.\n" in told.stderr
