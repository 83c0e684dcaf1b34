"""Bars that lie: labels at the left, lengths, their values behind them."""

from recobro.reports.charts.drawing import SIZE, WIDTH, Drawing, breadth
from recobro.reports.document import Bar, Bars
from recobro.reports.palette import ACCENT, GRADES, LINE

ROW = 20
_BAR = 12
_LABEL = 190
_GAP = 8


def draw_bars(chart: Bars, *, font: str) -> str:
    """Return the chart as SVG."""
    drawing = Drawing(title=chart.title, height=ROW * len(chart.bars), font=font)
    room = WIDTH - _LABEL - _GAP - max((breadth(bar.text) for bar in chart.bars), default=0)
    longest = max((bar.size for bar in chart.bars), default=0) or 1
    for number, bar in enumerate(chart.bars):
        _draw(drawing, bar, top=ROW * number, length=room * bar.size / longest)
    drawing.line(_LABEL, 0, _LABEL, ROW * len(chart.bars), stroke=LINE)
    return drawing.svg()


def _draw(drawing: Drawing, bar: Bar, *, top: int, length: float) -> None:
    base = top + (ROW + SIZE) / 2 - 2
    drawing.label(_LABEL - _GAP, base, bar.label, room=_LABEL - _GAP)
    fill = ACCENT if bar.grade is None else GRADES[bar.grade]
    if bar.size:
        drawing.box(_LABEL, top + (ROW - _BAR) / 2, length, _BAR, fill=fill)
    drawing.text(_LABEL + length + _GAP, base, bar.text)
