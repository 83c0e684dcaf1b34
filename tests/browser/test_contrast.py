"""Every colour of a text against every ground it stands on, light and dark, by WCAG's formula."""

import re
from collections.abc import Mapping
from importlib.resources import files
from itertools import product
from math import cos, radians, sin

import pytest

Colour = tuple[float, float, float]
"""Linear red, green, blue."""

GRADES = ("normal", "special_mention", "substandard", "doubtful", "loss")
GROUNDS = ("paper", "raised", "sunk")
TEXTS = (
    *product(("ink", "quiet", "accent", "good", "bad", "warn"), GROUNDS),
    *product(("ink", "accent", "good", "warn"), ("warn-paper",)),
    *product(("ink", "bad"), ("bad-paper",)),
    ("on-accent", "accent"),
    *(("on-grade", f"g-{grade}") for grade in GRADES),
)
SHAPES = (*product(("edge", "accent", "bad", *(f"g-{grade}" for grade in GRADES)), GROUNDS),)


def themes() -> dict[str, dict[str, str]]:
    """Return the colours of each rule of tokens.css, by the theme that it makes."""
    text = (files("recobro.web") / "static/web/tokens.css").read_text(encoding="utf-8")
    found = {}
    for head, body in re.findall(r"(:root[^{]*)\{([^}]*)\}", text):
        name = {":root": "light", ':root[data-theme="dark"]': "chosen"}.get(head.strip(), "dark")
        found[name] = dict(re.findall(r"--([\w-]+): (oklch\([^)/]*\));", body))
    return found


def colour(oklch: str) -> Colour:
    """Return a colour of OKLCH in linear sRGB; what a screen cannot show is cut off.

    The matrices are those of Björn Ottosson, "A perceptual color space for image processing".
    """
    light, chroma, hue = (float(part) for part in re.findall(r"[\d.]+", oklch))
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (light / 100 + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light / 100 - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light / 100 - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    return min(max(red, 0), 1), min(max(green, 0), 1), min(max(blue, 0), 1)


def contrast(one: str, other: str) -> float:
    def bright(text: str) -> float:
        red, green, blue = colour(text)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((bright(one), bright(other)))
    return (lighter + 0.05) / (darker + 0.05)


def short_of(
    pairs: tuple[tuple[str, str], ...], theme: Mapping[str, str], least: float
) -> list[str]:
    """Return the pairs below a contrast."""
    told = ((one, other, contrast(theme[one], theme[other])) for one, other in pairs)
    return [f"{one} on {other}: {found:.2f}" for one, other, found in told if found < least]


def test_the_formula_knows_black_and_white() -> None:
    assert round(contrast("oklch(0% 0 0)", "oklch(100% 0 0)"), 2) == 21.0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read(theme: str) -> None:
    assert short_of(TEXTS, themes()[theme], 4.5) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_shape_that_says_something_stands_out(theme: str) -> None:
    assert short_of(SHAPES, themes()[theme], 3.0) == []


def test_dark_is_the_same_whether_chosen_or_the_systems() -> None:
    assert themes()["dark"] == themes()["chosen"]
    assert set(themes()["dark"]) == set(themes()["light"])
