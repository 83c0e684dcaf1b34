import pytest

from tests.shared import shared


def test_what_is_there_is_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "false")
    assert shared("README.md").name == "README.md"


def test_what_is_absent_skips_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception) as skipped:
        shared("no", "such.csv")
    assert str(skipped.value) == (
        "this test reads shared/no/such.csv beside the repository: not there"
    )


def test_what_is_absent_fails_a_test_of_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception):
        shared("no", "such.csv")
