"""Small charts inside a page, drawn on the server; their colours are the style sheet's."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils.safestring import SafeString, mark_safe

_WIDTH = 120
_HEIGHT = 28
_EDGE = 3


def sparkline(values: Sequence[float | None], *, title: str) -> SafeString:
    """Return a line through the known ones of some values as SVG, its last point marked.

    Lines begin at the least value, not at 0: they tell a direction, the figure beside tells size.
    """
    known = [(step, value) for step, value in enumerate(values) if value is not None]
    box = {"viewBox": f"0 0 {_WIDTH} {_HEIGHT}", "preserveAspectRatio": "none"}
    svg = Element("svg", {"class": "spark", "role": "img"} | box)
    SubElement(svg, "title").text = title
    if known:
        points = _placed(known, steps=len(values))
        SubElement(svg, "polyline", {"points": " ".join(f"{x:.1f},{y:.1f}" for x, y in points)})
        x, y = points[-1]
        # A line of no length with round ends stays a dot, however the picture is stretched.
        SubElement(svg, "path", {"d": f"M{x:.1f} {y:.1f}h0"})
    return mark_safe(tostring(svg, encoding="unicode"))  # noqa: S308 - the tree has escaped its texts


def _placed(known: list[tuple[int, float]], *, steps: int) -> list[tuple[float, float]]:
    least, most = min(value for _, value in known), max(value for _, value in known)
    wide = (_WIDTH - 2 * _EDGE) / max(steps - 1, 1)
    high = (_HEIGHT - 2 * _EDGE) / ((most - least) or 1)
    return [
        (_EDGE + step * wide, _HEIGHT - _EDGE - (value - least) * high) for step, value in known
    ]
