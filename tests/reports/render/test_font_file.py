from pathlib import Path

import pytest

from recobro.reports.render.font_file import font_file
from recobro.reports.render.fonts import fonts


def test_a_latin_font_writes_no_chinese(latin_only: Path) -> None:
    at_hand = fonts((latin_only,))
    assert font_file("Aáñ€", at_hand) == next(latin_only.iterdir())
    assert font_file("的", at_hand) is None


@pytest.mark.usefixtures("chinese")
def test_a_chinese_font_is_a_file() -> None:
    found = font_file("的喆镕", fonts(()))
    assert found is not None
    assert found.is_file()
