"""The columns of the ledger of households with an open case."""

from typing import Any, Final

from recobro.casework.case.queries import Line
from recobro.terms.masking import masked
from recobro.web.columns import Column, Columns, Kind


def _sum(name: str, kind: Kind, field: str = "", **more: Any) -> Column[Line]:  # noqa: ANN401 - as Column has them
    """Return a column that shows what a household adds up to."""
    return Column(name=name, kind=kind, of=lambda line: line.sums[field or name], **more)


def _case(name: str, kind: Kind, field: str, **more: Any) -> Column[Line]:  # noqa: ANN401 - the same
    """Return a column that shows a field of the case."""
    return Column(name=name, kind=kind, of=lambda line: getattr(line.case, field), **more)


COLUMNS: Final = Columns[Line](
    first=Column(name="household", kind=Kind.TEXT, of=lambda line: line.name),
    others=(
        Column(name="village", kind=Kind.TEXT, of=lambda line: line.village, slot="l2"),
        Column(
            name="institution",
            kind=Kind.TEXT,
            of=lambda line: line.case.institution,
            gives_way=True,
        ),
        Column(
            name="collector", kind=Kind.TEXT, of=lambda line: line.case.responsible, gives_way=True
        ),
        _case("due_on", Kind.DUE, "due_on", gives_way=True),
        _sum("loans", Kind.WHOLE, gives_way=True),
        _sum("outstanding", Kind.MONEY, slot="k"),
        _sum("overdue", Kind.MONEY),
        _sum("currency", Kind.TEXT),
        _sum("days_past_due", Kind.WHOLE, "days", slot="m2"),
        Column(name="grade", kind=Kind.GRADE, of=lambda line: line.grade, slot="r2"),
        _case("opened_on", Kind.DAY, "opened_on"),
        _case("escalated_to", Kind.TEXT, "escalated_to"),
        Column(name="phone", kind=Kind.PHONE, of=lambda line: masked(line.phone)),
    ),
    usual=(
        *("village", "institution", "collector", "due_on"),
        *("loans", "outstanding", "overdue", "days_past_due", "grade"),
    ),
)
"""No number of a person stands here that is masked elsewhere."""
