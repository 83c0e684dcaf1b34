import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import typst

from recobro.reports.render.fonts import PREFERRED, VARIABLE

SYSTEM = typst.Fonts(include_embedded_fonts=False)


def _absent(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"this test needs {what}")
    pytest.skip(f"this test needs {what}")


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's fonts, one of which writes Chinese."""
    monkeypatch.delenv(VARIABLE, raising=False)
    if not set(PREFERRED[:3]) & set(SYSTEM.families()):
        _absent("a Chinese font, such as Debian's fonts-noto-cjk")


@pytest.fixture
def latin_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with one Latin font, named by the environment."""
    fonts = [font for font in SYSTEM.fonts() if font.family in PREFERRED[3:] and font.path]
    if not fonts:
        _absent("a Latin font, such as Debian's fonts-dejavu-core")
    folder = tmp_path / "fonts"
    folder.mkdir()
    shutil.copy(str(fonts[0].path), folder)
    monkeypatch.setenv(VARIABLE, str(folder))
    return folder


@pytest.fixture
def tool() -> Callable[[str], str]:
    """Return the path of a program that the test needs."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            _absent(f"the program {name}")
        return str(path)

    return find
