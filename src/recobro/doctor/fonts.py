"""The fonts that a PDF would be set in."""

from collections.abc import Iterator

from recobro.doctor.diagnosis import Diagnosis, see_to, well
from recobro.reports.render.font_file import font_file
from recobro.reports.render.fonts import VARIABLE, NoFonts, folders, fonts

LATIN, CHINESE = "Aáñ€", "的喆镕"
"""Letters that a font must have: 喆 and 镕 are in names, and in no font of the first standard."""

REMEDY = (
    "Install one (Debian, Ubuntu: apt install fonts-noto-cjk), "
    f"or set {VARIABLE} to a folder with a font that has the letters."
)


def letters() -> Iterator[Diagnosis]:
    """Tell which font file would print Latin letters, and which Chinese ones."""
    for script, needed in (("Latin", LATIN), ("Chinese", CHINESE)):
        name = f"{script} font"
        try:
            file = font_file(needed, fonts(folders()))
        except NoFonts as none:
            yield see_to(name, str(none), REMEDY)
            continue
        if file is None:
            yield see_to(name, f"No font at hand writes {needed}: no such PDF is printed.", REMEDY)
        else:
            yield well(name, str(file))
