import pytest

from recobro.terms.folding import folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("José  Núñez ", "jose nunez"),
        ("ＤＫ００１２", "dk0012"),
        ("ﾊﾝｶｸ", "ハンカク"),
        ("Straße", "strasse"),
        ("王 小明", "王 小明"),
        ("한글", "한글"),
        ("ÅNGSTRÖM", "angstrom"),
        ("\t a\u3000b\n", "a b"),
        ("", ""),
        ("A-1", "a-1"),
    ],
)
def test_what_is_only_written_otherwise_is_left_out(text: str, expected: str) -> None:
    assert folded(text) == expected


def test_folding_what_is_folded_changes_nothing() -> None:
    for text in ("José", "ＡＢ", "Straße", "ǅ", "İ", "王"):
        assert folded(folded(text)) == folded(text)
