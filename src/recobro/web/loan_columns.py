"""The columns of the ledger of problem loans."""

from typing import Any, Final

from recobro.book.models import Standing
from recobro.terms.masking import masked
from recobro.web.columns import Column, Columns, Kind

Row = dict[str, Any]
"""A loan (`of`), and its grade at the last month ends (`months`)."""


def _loan(row: Row) -> Standing:
    found: Standing = row["of"]
    return found


def _column(name: str, kind: Kind, field: str = "", **more: Any) -> Column[Row]:  # noqa: ANN401 - as Column has them
    """Return a column that shows a field of the standing."""
    return Column(name=name, kind=kind, of=lambda row: getattr(_loan(row), field or name), **more)


COLUMNS: Final = Columns[Row](
    first=_column("borrower", Kind.TEXT),
    others=(
        Column(name="loan", kind=Kind.CODE, of=lambda row: _loan(row).loan.loan_id),
        Column(
            name="village", kind=Kind.TEXT, of=lambda row: _loan(row).borrower.village, slot="l2"
        ),
        _column("institution", Kind.TEXT, gives_way=True),
        _column("product", Kind.TEXT, gives_way=True),
        _column("guarantee", Kind.WORD, words="guarantee", gives_way=True),
        _column("segment", Kind.WORD, words="segment", gives_way=True),
        _column("outstanding", Kind.MONEY, "outstanding_principal"),
        _column("overdue", Kind.MONEY, "overdue_amount", slot="k"),
        _column("currency", Kind.TEXT),
        _column("days_past_due", Kind.WHOLE, slot="m2"),
        _column("days_bucket", Kind.WORD, "bucket", words="bucket"),
        _column("grade", Kind.GRADE, slot="r2"),
        Column(name="months", kind=Kind.MONTHS, of=lambda row: row["months"], gives_way=True),
        _column("reasons", Kind.REASONS, "grade_reasons", gives_way=True),
        _column("principal", Kind.MONEY),
        _column("paid", Kind.MONEY, "paid_total"),
        _column("provision", Kind.MONEY),
        _column("unpaid", Kind.WHOLE, "unpaid_instalments"),
        _column("missed_in_a_row", Kind.WHOLE),
        _column("missed_ever", Kind.WHOLE),
        _column("oldest_unpaid", Kind.DAY, "oldest_unpaid_due_on"),
        Column(name="disbursed_on", kind=Kind.DAY, of=lambda row: _loan(row).loan.disbursed_on),
        Column(name="matures_on", kind=Kind.DAY, of=lambda row: _loan(row).loan.matures_on),
        Column(name="phone", kind=Kind.PHONE, of=lambda row: masked(_loan(row).borrower.phone)),
        _column("collector", Kind.TEXT, gives_way=True),
        _column("due_on", Kind.DUE, gives_way=True),
        _column("opened_on", Kind.DAY),
        _column("originator", Kind.TEXT),
    ),
    usual=(
        *("loan", "village", "institution", "product"),
        *("outstanding", "overdue", "days_past_due", "grade", "months"),
    ),
)
"""No number of a person stands here that is masked elsewhere."""

OF_A_CASE: Final = frozenset({"collector", "due_on", "opened_on"})
"""What the case of the household tells."""
