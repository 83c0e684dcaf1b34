"""Lines that begin together: the newer, the darker, each named where it ends."""

from recobro.reports.charts.drawing import SIZE, WIDTH, Drawing, breadth
from recobro.reports.document import Line, Lines
from recobro.reports.palette import ACCENT, LINE, QUIET, mixed

_HEIGHT = 240
_TOP = 10
_BOTTOM = 24
_LEFT = 52
_GAP = 6
_OLDEST = 0.5
"""So much of its colour has the first line; less could not be seen on white."""


def draw_lines(chart: Lines, *, font: str) -> str:
    """Return the chart as SVG."""
    drawing = Drawing(title=chart.title, height=_HEIGHT, font=font)
    plot = _Plot(chart)
    for height, text in chart.scale:
        y = plot.y(float(height))
        drawing.line(_LEFT, y, WIDTH - plot.right, y, stroke=LINE)
        drawing.text(_LEFT - _GAP, y + SIZE / 3, text, anchor="end", fill=QUIET)
    for step, text in enumerate(chart.steps):
        drawing.text(plot.x(step), _HEIGHT - _GAP, text, anchor="middle", fill=QUIET)
    strength = (1 - _OLDEST) / max(len(chart.lines) - 1, 1)
    for number, line in enumerate(chart.lines):
        older = len(chart.lines) - 1 - number
        drawing.path(plot.points(line), stroke=mixed(ACCENT, 1 - strength * older))
    for line in chart.lines:
        if points := plot.points(line):
            x, y = points[-1]
            drawing.note(x + _GAP, y + SIZE / 3, line.label)
    return drawing.svg()


class _Plot:
    """Where steps and heights stand on the sheet."""

    def __init__(self, chart: Lines) -> None:
        self.right = max((breadth(line.label) for line in chart.lines), default=0) + _GAP
        self._step = (WIDTH - self.right - _LEFT) / max(len(chart.steps) - 1, 1)
        self._most = float(max((height for height, _ in chart.scale), default=0)) or 1.0

    def x(self, step: int) -> float:
        return _LEFT + self._step * step

    def y(self, height: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * height / self._most

    def points(self, line: Line) -> list[tuple[float, float]]:
        known = ((step, height) for step, height in enumerate(line.heights) if height is not None)
        return [(self.x(step), self.y(float(height))) for step, height in known]
