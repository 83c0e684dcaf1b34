"""The fonts that a PDF is set in: those of RECOBRO_FONTS, else the system's."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typst

from recobro.terms.refusal import Listing, Phrase, Refusal

VARIABLE = "RECOBRO_FONTS"

PREFERRED = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Noto Sans",
    "Liberation Sans",
    "DejaVu Sans",
)
"""Families by how well a board's paper looks in them; the first three write all three languages."""


class NoFonts(Refusal):
    """There is not one font to print with."""

    says = (
        "No font was found in {where}; nothing was printed. Install fonts-noto-cjk, or set "
        "{variable} to a folder with fonts."
    )

    def __init__(self, folders: tuple[Path, ...]) -> None:
        where = Listing(folders) or Phrase("the system's folders")
        super().__init__(where=where, variable=VARIABLE)


@dataclass(frozen=True)
class Fonts:
    """Hold what was found, and the families to use in their order."""

    found: typst.Fonts
    families: tuple[str, ...]


def folders() -> tuple[Path, ...]:
    """Return the folders that the environment names, separated as in PATH."""
    return tuple(Path(one) for one in os.environ.get(VARIABLE, "").split(os.pathsep) if one)


@cache
def fonts(folders: tuple[Path, ...]) -> Fonts:
    """Return the fonts of the folders, or of the system if none is named.

    Raises NoFonts.
    """
    found = typst.Fonts(
        include_system_fonts=not folders,
        include_embedded_fonts=False,
        font_paths=list(folders),
    )
    families = found.families()
    if not families:
        raise NoFonts(folders)
    liked = [family for family in PREFERRED if family in families]
    return Fonts(found, tuple(liked or families))
