"""A report from published closes to a file: what a door asks for."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from recobro.reports.catalogue import report_of
from recobro.reports.document import Document
from recobro.reports.language import language
from recobro.reports.published import Published
from recobro.reports.render.write import form_of, write
from recobro.reports.report import compose
from recobro.runs.board import opened
from recobro.runs.home import Home
from recobro.runs.progress import Progress, silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Say which report is wanted, of which day, and for whom.

    Without `since` it compares with the day that is usual for it; without `institution_id` it is
    about the whole bank.
    """

    name: str
    as_of: date
    language: str
    printed_by: str
    printed_at: datetime
    since: date | None = None
    institution_id: str | None = None


def write_report(*, home: Home, order: Order, to: Path, progress: Progress = silent) -> None:
    """Write a report of the close in force of a day to a file.

    Raises what `composed` and render.write raise.
    """
    report_of(order.name)
    form_of(to)  # a wrong ending is refused before the arithmetic
    document = composed(home=home, order=order, progress=progress)
    progress("write", 0, 1)
    write(document, to)


def composed(*, home: Home, order: Order, progress: Progress = silent) -> Document:
    """Return a report of the close in force of a day, to be written in any form.

    Raises ReportUnknown, book.queries.NoClose, board.NoInstitution.
    """
    report = report_of(order.name)
    usual = report.since(order.as_of) if report.since else order.as_of
    with opened(home, as_of=order.as_of, since=order.since or usual) as board:
        material = Published(
            board,
            institution_id=order.institution_id,
            printed_by=order.printed_by,
            printed_at=order.printed_at,
        )
        return compose(report, material, language(order.language), progress)
