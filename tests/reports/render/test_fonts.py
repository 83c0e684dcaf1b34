from pathlib import Path

import pytest

from recobro.reports.render.fonts import VARIABLE, NoFonts, folders, fonts


def test_folders_are_named_as_in_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "one:two")
    assert folders() == (Path("one"), Path("two"))


def test_no_folder_means_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert folders() == ()


def test_a_folder_without_fonts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoFonts) as refused:
        fonts((tmp_path,))
    assert str(refused.value) == (
        f"No font was found in {tmp_path}; nothing was printed. "
        "Install fonts-noto-cjk, or set RECOBRO_FONTS to a folder with fonts."
    )


def test_only_the_folders_that_are_named_are_looked_at(latin_only: Path) -> None:
    found = fonts((latin_only,))
    assert len(found.families) == 1


@pytest.mark.usefixtures("chinese")
def test_a_family_that_writes_all_three_languages_comes_first() -> None:
    assert fonts(()).families[0] in {"Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC"}
