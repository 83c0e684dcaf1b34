"""A sheet to draw on, in units of about a pixel."""

import unicodedata
from collections.abc import Sequence
from textwrap import wrap
from typing import Literal, TypeAlias
from xml.etree.ElementTree import Element, SubElement, tostring

from recobro.reports.palette import INK, QUIET

WIDTH = 640
SIZE = 11
"""Height of the letters."""

SMALL = 9

_NARROW = 0.62
"""Width of a Latin letter in a wide font, to its height; a Chinese one is as wide as high."""

Anchor: TypeAlias = Literal["start", "middle", "end"]


class Drawing:
    """Collect marks; what stands first lies below."""

    def __init__(self, *, title: str, height: int, font: str, width: int = WIDTH) -> None:
        box = f"0 0 {width} {height}"
        self._svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "viewBox": box})
        self._svg.attrib |= {"width": str(width), "height": str(height), "role": "img"}
        self._svg.attrib |= {"font-family": font, "font-size": str(SIZE)}
        SubElement(self._svg, "title").text = title

    def box(self, x: float, y: float, width: float, height: float, *, fill: str) -> None:
        """Fill a rectangle; a very narrow one is still to be seen."""
        place = {"x": _short(x), "y": _short(y)}
        size = {"width": _short(max(width, 1)), "height": _short(height)}
        SubElement(self._svg, "rect", place | size | {"fill": fill})

    def line(self, x: float, y: float, to_x: float, to_y: float, *, stroke: str) -> None:
        """Draw a thin line."""
        ends = {"x1": _short(x), "y1": _short(y), "x2": _short(to_x), "y2": _short(to_y)}
        SubElement(self._svg, "line", ends | {"stroke": stroke, "stroke-width": "1"})

    def path(self, points: Sequence[tuple[float, float]], *, stroke: str) -> None:
        """Draw a line through points."""
        places = " ".join(f"{_short(x)},{_short(y)}" for x, y in points)
        look = {"fill": "none", "stroke": stroke, "stroke-width": "1.6", "stroke-linejoin": "round"}
        SubElement(self._svg, "polyline", {"points": places} | look)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        anchor: Anchor = "start",
        fill: str = INK,
        bold: bool = False,
    ) -> None:
        """Write words with their base line at y."""
        look = {"text-anchor": anchor, "fill": fill, "font-weight": "700" if bold else "400"}
        place = {"x": _short(x), "y": _short(y)}
        SubElement(self._svg, "text", place | look).text = words

    def note(self, x: float, y: float, words: str) -> None:
        """Write words that can be read across a line."""
        self.text(x, y, words)
        self._svg[-1].attrib |= {"stroke": "#ffffff", "stroke-width": "3", "paint-order": "stroke"}

    def label(self, right: float, y: float, words: str, *, room: float) -> None:
        """Write words that end at the right, cut where the room ends; a pointer sees them whole."""
        cut = fitting(words, room)
        self.text(right, y, cut, anchor="end")
        if cut != words:
            SubElement(self._svg[-1], "title").text = words

    def head(self, middle: float, y: float, words: str, *, room: float) -> None:
        """Write words small, on two lines at most, the last with its base line at y."""
        lines = wrap(words, int(room / (SMALL * _NARROW)), break_long_words=False)[:2]
        for up, line in enumerate(reversed(lines)):
            self.text(middle, y - up * (SMALL + 2), line, anchor="middle", fill=QUIET)
            self._svg[-1].set("font-size", str(SMALL))

    def svg(self) -> str:
        """Return the picture as the text of an SVG element."""
        return tostring(self._svg, encoding="unicode")


def breadth(words: str) -> float:
    """Return about how wide words are."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in words)
    return SIZE * (wide + _NARROW * (len(words) - wide))


def fitting(words: str, room: float) -> str:
    """Return the words, or as many letters as the room has and an ellipsis."""
    if breadth(words) <= room:
        return words
    kept = words
    while kept and breadth(kept + "…") > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
