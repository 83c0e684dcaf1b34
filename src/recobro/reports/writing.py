"""A report from published closes to a file: what a door asks for."""

from datetime import date, datetime
from pathlib import Path

from recobro.reports.catalogue import report_of
from recobro.reports.document import Document
from recobro.reports.language import language as language_of
from recobro.reports.published import Published
from recobro.reports.render.write import form_of, write
from recobro.reports.report import compose
from recobro.runs.board import opened
from recobro.runs.home import Home
from recobro.runs.progress import Progress, silent


def write_report(
    *,
    home: Home,
    name: str,
    as_of: date,
    to: Path,
    language: str,
    printed_by: str,
    printed_at: datetime,
    since: date | None = None,
    institution_id: str | None = None,
    progress: Progress = silent,
) -> None:
    """Write a report of the close in force of a day to a file.

    Raises ReportUnknown, book.queries.NoClose, board.InstitutionUnknown, and what render.write
    raises.
    """
    report_of(name)
    form_of(to)  # a wrong ending is refused before the arithmetic
    document = composed(
        home=home,
        name=name,
        as_of=as_of,
        language=language,
        printed_by=printed_by,
        printed_at=printed_at,
        since=since,
        institution_id=institution_id,
        progress=progress,
    )
    progress("write", 0, 1)
    write(document, to)


def composed(
    *,
    home: Home,
    name: str,
    as_of: date,
    language: str,
    printed_by: str,
    printed_at: datetime,
    since: date | None = None,
    institution_id: str | None = None,
    progress: Progress = silent,
) -> Document:
    """Return a report of the close in force of a day, to be written in any form.

    Raises ReportUnknown, book.queries.NoClose, board.InstitutionUnknown.
    """
    report = report_of(name)
    compared = since or (report.since(as_of) if report.since else as_of)
    with opened(home, as_of=as_of, since=compared) as board:
        material = Published(
            board, institution_id=institution_id, printed_by=printed_by, printed_at=printed_at
        )
        return compose(report, material, language_of(language), progress)
