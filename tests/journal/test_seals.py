from pathlib import Path

import pytest

from recobro.journal.seals import KEY_VARIABLE, KeyMissing, key_file, key_of, seals_in


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    key = key_of(tmp_path, made=False)
    assert len(key) == 32
    assert key_of(tmp_path, made=True) == key
    assert key_file(tmp_path).stat().st_mode & 0o777 == 0o600


def test_a_key_may_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "usb" / "key"
    elsewhere.parent.mkdir()
    monkeypatch.setenv(KEY_VARIABLE, str(elsewhere))
    key_of(tmp_path, made=False)
    assert [file.name for file in tmp_path.iterdir()] == ["usb"]
    assert key_file(tmp_path) == elsewhere


def test_no_new_key_can_prove_what_the_old_one_signed(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match="from your backup"):
        key_of(tmp_path, made=True)
    assert not key_file(tmp_path).exists()


def test_a_file_that_is_no_seal(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text("[1]", encoding="utf-8")
    (tmp_path / "2.json").write_text("{}", encoding="utf-8")
    assert [(file.name, told) for file, told in seals_in(tmp_path)] == [
        ("1.json", None),
        ("2.json", {}),
    ]
