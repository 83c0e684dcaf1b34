import pytest

from recobro.terms.masking import masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("5", "•"),
        ("5550", "••••"),
        ("55501", "•5501"),
        ("13800138001", "•••••••8001"),
        ("11010519491231002X", "••••••••••••••002X"),
    ],
)
def test_a_number_is_masked_but_for_its_end(text: str, expected: str) -> None:
    assert masked(text) == expected
