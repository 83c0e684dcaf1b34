"""The columns of the ledger of households with an open case."""

from typing import Any, Final

from recobro.casework.case.queries import Line
from recobro.terms.masking import masked
from recobro.web.columns import Column, Columns, Kind


def _sum(name: str, kind: Kind, field: str = "", **more: Any) -> Column[Line]:  # noqa: ANN401 - as Column has them
    """Return a column that shows what a household adds up to."""
    return Column(name=name, kind=kind, of=lambda line: line.sums[field or name], **more)


COLUMNS: Final = Columns[Line](
    first=Column(name="household", kind=Kind.TEXT, of=lambda line: line.name),
    others=(
        Column(name="village", kind=Kind.TEXT, of=lambda line: line.village, slot="l2"),
        Column(name="institution", kind=Kind.TEXT, of=lambda line: line.case.institution),
        Column(name="collector", kind=Kind.TEXT, of=lambda line: line.case.responsible),
        Column(name="due_on", kind=Kind.DUE, of=lambda line: line.case.due_on),
        _sum("loans", Kind.WHOLE),
        _sum("outstanding", Kind.MONEY, slot="k"),
        _sum("overdue", Kind.MONEY),
        _sum("currency", Kind.TEXT),
        _sum("days_past_due", Kind.WHOLE, "days", slot="m2"),
        Column(name="grade", kind=Kind.GRADE, of=lambda line: line.grade, slot="r2"),
        Column(name="opened_on", kind=Kind.DAY, of=lambda line: line.case.opened_on),
        Column(name="escalated_to", kind=Kind.TEXT, of=lambda line: line.case.escalated_to),
        Column(name="phone", kind=Kind.PHONE, of=lambda line: masked(line.phone)),
    ),
    usual=(
        *("village", "institution", "collector", "due_on"),
        *("loans", "outstanding", "overdue", "days_past_due", "grade"),
    ),
)
"""No number of a person stands here that is masked elsewhere."""
