"""The columns of the list of institutions."""

from dataclasses import dataclass
from typing import Any, Final

from recobro.book.models import Figure
from recobro.web.columns import Column, Columns, Kind


@dataclass(frozen=True, slots=True)
class Line:
    """An institution of the list, in one currency."""

    figure: Figure
    cases: int
    double: bool
    """Whether balance and ratio are both below the start of the year."""


def _figure(name: str, kind: Kind, field: str = "", **more: Any) -> Column[Line]:  # noqa: ANN401 - as Column has them
    """Return a column that shows a field of the figure."""
    return Column(name=name, kind=kind, of=lambda line: getattr(line.figure, field or name), **more)


COLUMNS: Final = Columns[Line](
    first=_figure("institution", Kind.TEXT),
    others=(
        Column(
            name="kind",
            kind=Kind.WORD,
            of=lambda line: line.figure.institution.kind,
            words="kind",
        ),
        _figure("loans", Kind.WHOLE),
        _figure("outstanding", Kind.MONEY, "outstanding_principal"),
        _figure("nonperforming", Kind.MONEY, "nonperforming_principal", slot="l2"),
        _figure("nonperforming_loans", Kind.WHOLE),
        _figure("ratio", Kind.RATIO, "nonperforming_ratio", slot="k"),
        _figure("balance_before", Kind.MONEY),
        _figure("balance_change", Kind.CHANGE, "change", slot="m2"),
        _figure("ratio_before", Kind.RATIO),
        _figure("ratio_change", Kind.POINTS, "points"),
        _figure("overdue", Kind.MONEY, "overdue_amount"),
        _figure("overdue_loans", Kind.WHOLE),
        _figure("three_six_loans", Kind.WHOLE),
        _figure("three_six", Kind.MONEY, "three_six_principal"),
        _figure("provision", Kind.MONEY),
        _figure("allowance", Kind.MONEY),
        _figure("coverage", Kind.RATIO),
        Column(name="double_reduction", kind=Kind.MARK, of=lambda line: line.double, slot="r2"),
        Column(name="open_cases", kind=Kind.WHOLE, of=lambda line: line.cases),
    ),
    usual=(
        *("loans", "outstanding", "nonperforming", "ratio", "balance_change", "ratio_change"),
        *("overdue", "double_reduction", "open_cases"),
    ),
)
