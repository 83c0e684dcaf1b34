from decimal import Decimal
from xml.etree.ElementTree import Element

import pytest

from recobro.reports.charts.draw import draw
from recobro.reports.document import (
    Bar,
    Bars,
    Chart,
    Heat,
    Line,
    Lines,
    Step,
    Warmth,
    Waterfall,
)
from recobro.reports.palette import ACCENT, BAD, GOOD, GRADES, mixed
from recobro.terms.grades import Grade
from tests.reports.charts.svg import SVG, read

BARS = Bars("Bars", (Bar("A", 300, "3.00"), Bar("B", 150, "1.50", Grade.LOSS), Bar("C", 0, "0")))
FALL = Waterfall(
    "Fall",
    (
        Step("Opening", 100, "100", total=True),
        Step("New", 50, "+50"),
        Step("Cash", -75, "−75"),
        Step("Closing", 75, "75", total=True),
    ),
)
SHARES = (Warmth(Decimal("0.25"), "25.0", 1), Warmth(None, ""), Warmth(Decimal(1), "100.0", -2))
HEAT = Heat("Heat", ("normal",), ("a", "b", "c"), (SHARES,))

LINES = Lines(
    "Lines",
    (
        Line("old", (Decimal(0), None, Decimal("0.02"))),
        Line("new", (Decimal("0.01"), Decimal("0.02"))),
        Line("none", (None, None)),
    ),
    ("0", "", "2"),
    ((Decimal(0), "0 %"), (Decimal("0.02"), "2 %")),
)


def picture(chart: Chart) -> Element:
    return read(draw(chart, font="Noto Sans"))


def boxes(chart: Chart) -> list[tuple[float, float, str | None]]:
    return [
        (float(box.get("x", "")), float(box.get("width", "")), box.get("fill"))
        for box in picture(chart).findall(f"{SVG}rect")
    ]


@pytest.mark.parametrize("chart", [BARS, FALL, HEAT, LINES])
def test_a_picture_has_a_title_and_no_style(chart: Chart) -> None:
    svg = picture(chart)
    assert (svg.findtext(f"{SVG}title"), svg.get("font-family")) == (chart.title, "Noto Sans")
    assert [one.tag for one in svg.iter() if "style" in one.attrib or "class" in one.attrib] == []


def test_a_bar_is_as_long_as_its_size_and_nothing_has_none() -> None:
    (_, whole, first), (_, half, second) = boxes(BARS)
    assert (round(whole / half, 2), first, second) == (2, ACCENT, GRADES[Grade.LOSS])


def test_each_step_begins_where_the_last_one_ended() -> None:
    opening, new, cash, closing = boxes(FALL)
    assert [box[2] for box in (opening, new, cash, closing)] == [ACCENT, BAD, GOOD, ACCENT]
    ground = opening[0]
    unit = opening[1] / 100
    assert [round((box[0] - ground) / unit) for box in (new, cash, closing)] == [100, 75, 0]
    assert [round(box[1] / unit) for box in (new, cash, closing)] == [50, 75, 75]


def test_a_waterfall_may_go_below_the_ground() -> None:
    fall = Waterfall("Fall", (Step("Opening", 0, "0", total=True), Step("Restated", -20, "−20")))
    first, second = boxes(fall)
    assert second[0] < first[0]


def test_a_cell_is_as_warm_as_its_share() -> None:
    assert [fill for _, _, fill in boxes(HEAT)] == [
        mixed(BAD, 0.31),
        mixed("#1f2933", 0.03),
        mixed(GOOD, 0.56),
    ]


@pytest.mark.parametrize("chart", [Bars("None", ()), Bars("Zero", (Bar("A", 0, "0"),))])
def test_nothing_to_see_is_still_a_picture(chart: Bars) -> None:
    assert boxes(chart) == []


def points(chart: Lines) -> list[list[tuple[float, ...]]]:
    lines = picture(chart).findall(f"{SVG}polyline")
    return [
        [tuple(map(float, point.split(","))) for point in line.get("points", "").split()]
        for line in lines
    ]


def test_lines_share_their_scale_and_skip_what_is_not_known() -> None:
    old, new, none = points(LINES)
    assert (len(old), len(new), none) == (2, 2, [])
    assert (old[0][0], old[1][1]) == (new[0][0], new[1][1])
    assert new[0][1] - new[1][1] == pytest.approx((old[0][1] - old[1][1]) / 2)


def test_the_newest_line_is_the_darkest_and_each_is_named_where_it_ends() -> None:
    lines = picture(LINES).findall(f"{SVG}polyline")
    assert [line.get("stroke") for line in lines] == [
        mixed(ACCENT, 0.5),
        mixed(ACCENT, 0.75),
        ACCENT,
    ]
    names = {text.text: float(text.get("x", "")) for text in picture(LINES).findall(f"{SVG}text")}
    old, new, _ = points(LINES)
    assert names["old"] - old[-1][0] == names["new"] - new[-1][0] == 6
    assert "none" not in names


@pytest.mark.parametrize(
    "chart", [Lines("None", (), (), ()), Lines("One", (Line("a", (Decimal(0),)),), ("0",), ())]
)
def test_lines_that_go_nowhere_are_still_a_picture(chart: Lines) -> None:
    assert picture(chart).findtext(f"{SVG}title") == chart.title


def test_a_heat_table_is_as_wide_as_its_longest_words() -> None:
    """Eleven columns, one of them headed by a word of eleven letters."""
    names = (*map(str, range(10)), "Repossessed")
    wide = Heat("Heat", ("a",), names, ((Warmth(None, ""),) * 11,))
    assert picture(HEAT).get("width") == "640"
    assert float(picture(wide).get("width", "")) == pytest.approx(
        146 + 11 * (11 * 9 * 0.62 + 6), abs=1
    )
