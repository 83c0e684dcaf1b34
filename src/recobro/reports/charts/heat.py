"""A table of cells, each as warm as its share of the row; what got worse is red, better green."""

from itertools import product

from recobro.reports.charts.drawing import SIZE, SMALL, WIDTH, Drawing, breadth
from recobro.reports.document import Heat, Warmth
from recobro.reports.palette import ACCENT, BAD, GOOD, INK, mixed

_HEAD = 30
_ROW = 24
_LABEL = 146
_GAP = 6
_FAINT = 0.06
_STRENGTH = 0.5
"""A full cell has so much of its colour: ink on it is still to be read."""


def draw_heat(chart: Heat, *, font: str) -> str:
    """Return the chart as SVG."""
    width = max((WIDTH - _LABEL) / len(chart.columns), _needed(chart))
    drawing = Drawing(
        title=chart.title,
        height=_HEAD + _ROW * len(chart.rows),
        font=font,
        width=round(_LABEL + width * len(chart.columns)),
    )
    for column, name in enumerate(chart.columns):
        middle = _LABEL + width * (column + 0.5)
        drawing.head(middle, _HEAD - 6, name, room=width - 2)
    for row, name in enumerate(chart.rows):
        drawing.label(_LABEL - 8, _base(row), name, room=_LABEL - 8)
    for row, column in product(range(len(chart.rows)), range(len(chart.columns))):
        cell = chart.cells[row][column]
        left = _LABEL + width * column
        drawing.box(left + 1, _HEAD + _ROW * row + 1, width - 2, _ROW - 2, fill=_fill(cell))
        drawing.text(left + width / 2, _base(row), cell.text, anchor="middle", fill=INK)
    return drawing.svg()


def _needed(chart: Heat) -> float:
    """Return how wide a column must be for the longest word above it and the longest text in it."""
    words = (word for name in chart.columns for word in name.split())
    texts = (cell.text for cells in chart.cells for cell in cells)
    heads = max(map(breadth, words), default=0) * SMALL / SIZE
    return max(heads, *map(breadth, texts), 0) + _GAP


def _base(row: int) -> float:
    return _HEAD + _ROW * row + (_ROW + SIZE) / 2 - 2


def _fill(cell: Warmth) -> str:
    if not cell.share:
        return mixed(INK, 0.03)
    colour = BAD if cell.worse > 0 else GOOD if cell.worse < 0 else ACCENT
    # The square root lets a hundredth be seen beside a whole.
    return mixed(colour, _FAINT + _STRENGTH * float(cell.share) ** 0.5)
