from pathlib import Path

import pytest

from recobro.connectors.source import (
    DatabaseSource,
    FineractSource,
    SourceUnreadable,
    VariableMissing,
    read,
    secret,
)

DATABASE = """
kind = "database"
url = "CORE_BANKING_URL"
delivery = "delta"
[tables]
loans = "SELECT * FROM loans"
"""
FINERACT = """
kind = "fineract"
address = "https://fineract.bank.example/fineract-provider/api/v1/"
user = "FINERACT_USER"
password = "FINERACT_PASSWORD"
[guarantee]
"Home loan" = "mortgage"
"""


def told(tmp_path: Path, text: str) -> DatabaseSource | FineractSource:
    file = tmp_path / "source.toml"
    file.write_text(text, encoding="utf-8")
    return read(file)


def test_a_database(tmp_path: Path) -> None:
    assert told(tmp_path, DATABASE) == DatabaseSource(
        kind="database",
        url="CORE_BANKING_URL",
        delivery="delta",
        tables={"loans": "SELECT * FROM loans"},
    )


def test_fineract(tmp_path: Path) -> None:
    found = told(tmp_path, FINERACT)
    assert isinstance(found, FineractSource)
    assert found.address == "https://fineract.bank.example/fineract-provider/api/v1"
    assert (found.tenant, found.delivery, found.guarantee) == (
        *("default", "full"),
        {"Home loan": "mortgage"},
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("kind = ", "Invalid value"),
        ('kind = "abacus"', "kind: Input tag 'abacus'"),
        ("", "kind: Unable to extract tag"),
        (DATABASE.replace("CORE_BANKING_URL", "oracle://me:secret@db/core"), "url: String should"),
        (DATABASE.replace("loans =", "lones ="), "tables: Value error, lones is no table"),
        (DATABASE.replace('delivery = "delta"', 'password = "secret"'), "password: Extra inputs"),
        (DATABASE.replace('loans = "SELECT * FROM loans"', ""), "tables: Dictionary should have"),
        (FINERACT.replace("https:", "http:"), "address: Value error, an address begins with"),
        (FINERACT.replace("https://", "https://me:secret@"), "address: Value error, an address"),
        (FINERACT.replace('"mortgage"', '"land"'), "guarantee.Home loan: Input should be"),
    ],
)
def test_a_file_that_is_wrong(text: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable) as refused:
        told(tmp_path, text)
    assert f"source.toml: {reason}" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_http_is_for_this_machine_alone(tmp_path: Path) -> None:
    here = FINERACT.replace("https://fineract.bank.example", "http://127.0.0.1:8443")
    found = told(tmp_path, here)
    assert isinstance(found, FineractSource)
    assert found.address.startswith("http://127.0.0.1:8443/")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="No such file"):
        read(tmp_path / "none.toml")


def test_a_secret_is_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORE_BANKING_URL", "sqlite://")
    assert secret("CORE_BANKING_URL") == "sqlite://"
    monkeypatch.setenv("CORE_BANKING_URL", "")
    with pytest.raises(VariableMissing, match="CORE_BANKING_URL is not set"):
        secret("CORE_BANKING_URL")
