import pytest

from recobro.terms.phones import same, same_way, without_code


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("13800138000", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("＋８６ 138 0013 8000", "+8613800138000"),
        ("0086 138 0013 8000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("(010) 6655-4433", "1066554433"),
        ("010–66554433", "1066554433"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("91.123.45.67", "911234567"),
        ("12345", ""),
        ("1234567890123456", ""),
        ("12039 A", ""),
        ("+", ""),
        ("", ""),
        ("１３８甲", ""),
    ],
)
def test_in_one_way_of_writing(typed: str, plain: str) -> None:
    assert same_way(typed) == plain


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("13800138000", "138 0013 8000", True),
        ("+8613800138000", "13800138000", True),
        ("13800138000", "0086 138 0013 8000", True),
        ("+86 10 6655 4433", "010-66554433", True),
        ("+39 06 6982 0000", "06 69820000", True),
        ("+34 911 234 567", "911234567", True),
        ("+8613800138000", "+3413800138000", False),
        ("13800138000", "13800138001", False),
        ("13800138000", "800138000", False),
        ("+8613800138000", "0138000", False),
    ],
)
def test_the_same_number(one: str, other: str, *, is_same: bool) -> None:
    assert same(same_way(one), same_way(other)) is is_same
    assert same(same_way(other), same_way(one)) is is_same


def test_what_a_number_can_be_without_its_code() -> None:
    assert without_code("+8613800138000") == ["613800138000", "13800138000", "3800138000"]
    assert without_code("+1234567") == ["234567"]
    assert without_code("13800138000") == ["13800138000"]
