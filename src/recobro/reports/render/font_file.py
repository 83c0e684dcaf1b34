"""Which font file prints given letters."""

from pathlib import Path

import typst

from recobro.reports.render.fonts import Fonts

_UPRIGHT = 400
_LETTERS = b"""#set document(title: "letters")
#set text(font: sys.inputs.font, fallback: false)
#sys.inputs.letters"""


def font_file(letters: str, at_hand: Fonts) -> Path | None:
    """Return the file of the first font at hand that has all letters; nothing if none has."""
    for family in dict.fromkeys((*at_hand.families, *at_hand.found.families())):
        if _writes(letters, family, at_hand):
            return _file(family, at_hand)
    return None


def _writes(letters: str, family: str, at_hand: Fonts) -> bool:
    try:
        # PDF/A forbids letters without a form.
        typst.compile(
            _LETTERS,
            font_paths=at_hand.found,
            ignore_system_fonts=True,
            pdf_standards=["a-2a"],
            sys_inputs={"letters": letters, "font": family},
        )
    except typst.TypstError:
        return False
    return True


def _file(family: str, at_hand: Fonts) -> Path:
    faces = [font for font in at_hand.found.fonts() if font.family == family and font.path]
    best = min(
        faces,
        key=lambda font: (
            font.style != "normal",
            abs(font.stretch - 1),
            abs(font.weight - _UPRIGHT),
        ),
    )
    return Path(str(best.path))
