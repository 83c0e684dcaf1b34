"""Any chart as SVG."""

from recobro.reports.charts.bars import draw_bars
from recobro.reports.charts.heat import draw_heat
from recobro.reports.charts.lines import draw_lines
from recobro.reports.charts.waterfall import draw_waterfall
from recobro.reports.document import Bars, Chart, Lines, Waterfall


def draw(chart: Chart, *, font: str) -> str:
    """Return a chart as the text of an SVG element, its letters in a family of fonts."""
    if isinstance(chart, Bars):
        return draw_bars(chart, font=font)
    if isinstance(chart, Waterfall):
        return draw_waterfall(chart, font=font)
    if isinstance(chart, Lines):
        return draw_lines(chart, font=font)
    return draw_heat(chart, font=font)
