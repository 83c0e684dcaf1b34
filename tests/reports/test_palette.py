import pytest

from recobro.reports.palette import ACCENT, BAD, GOOD, GRADES, INK, QUIET, mixed


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [ACCENT, BAD, GOOD, INK, QUIET, *GRADES.values()])
def test_every_colour_can_be_read_on_white(colour: str) -> None:
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5


@pytest.mark.parametrize("colour", [ACCENT, BAD, GOOD])
def test_ink_can_be_read_on_a_full_cell(colour: str) -> None:
    cell = luminance(mixed(colour, 0.56))
    assert (cell + 0.05) / (luminance(INK) + 0.05) >= 4.5


def test_a_colour_without_strength_is_white() -> None:
    assert (mixed(BAD, 0), mixed(BAD, 1)) == ("#ffffff", BAD)
