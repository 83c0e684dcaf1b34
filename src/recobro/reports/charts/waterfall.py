"""A waterfall that lies: each step begins where the one above it ended."""

from itertools import accumulate

from recobro.reports.charts.drawing import SIZE, WIDTH, Drawing, breadth
from recobro.reports.document import Step, Waterfall
from recobro.reports.palette import ACCENT, BAD, GOOD, LINE, QUIET

ROW = 20
_BAR = 12
_LABEL = 190
_GAP = 8


def draw_waterfall(chart: Waterfall, *, font: str) -> str:
    """Return the chart as SVG."""
    drawing = Drawing(title=chart.title, height=ROW * len(chart.steps), font=font)
    reached = spans(chart.steps)
    first, last = min(min(span) for span in reached), max(max(span) for span in reached)
    room = WIDTH - _LABEL - _GAP - max(breadth(step.text) for step in chart.steps)
    places = [
        tuple(_LABEL + room * (end - first) / ((last - first) or 1) for end in span)
        for span in reached
    ]
    drawing.line(_LABEL, 0, _LABEL, ROW * len(chart.steps), stroke=LINE)
    for number, (step, (start, end)) in enumerate(zip(chart.steps, places, strict=True)):
        _draw(drawing, step, top=ROW * number, start=start, end=end)
        if number + 1 < len(chart.steps):
            drawing.line(end, ROW * number + ROW - 4, end, ROW * (number + 1) + 4, stroke=QUIET)
    return drawing.svg()


def spans(steps: tuple[Step, ...]) -> list[tuple[int, int]]:
    """Return where each step begins and ends; a total begins at 0."""
    ends = accumulate(
        steps, lambda end, step: step.amount if step.total else end + step.amount, initial=0
    )
    return [
        (0 if step.total else end - step.amount, end)
        for step, end in zip(steps, list(ends)[1:], strict=True)
    ]


def _draw(drawing: Drawing, step: Step, *, top: int, start: float, end: float) -> None:
    base = top + (ROW + SIZE) / 2 - 2
    drawing.label(_LABEL - _GAP, base, step.label, room=_LABEL - _GAP)
    fill = ACCENT if step.total else BAD if step.amount > 0 else GOOD
    drawing.box(min(start, end), top + (ROW - _BAR) / 2, abs(end - start), _BAR, fill=fill)
    drawing.text(max(start, end) + _GAP, base, step.text, fill=fill, bold=step.total)
