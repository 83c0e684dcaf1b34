"""Reports as jobs: asked for on the pages, made beside them, and kept for some days."""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db.models import QuerySet

from recobro.office.jobs.doing import Tell, does
from recobro.office.jobs.enums import State
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import ask, require_few
from recobro.office.people.enums import Right
from recobro.reports.catalogue import report_of
from recobro.reports.report import Report
from recobro.runs.home import Home

KIND: Final = "report"
_LONGEST: Final = 200
"""Signs of a job's subject."""
KEPT: Final = timedelta(days=7)
"""So long the file of a report stays; afterwards it is made again as it was."""

FORMS: Final = ("html", "pdf", "xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Say which report somebody wants, of what, and in which form."""

    name: str
    as_of: date
    since: date | None
    institution_id: str
    language: str
    form: str


def ask_for_report(*, wish: Wish, by: str, in_name: str, printed_by: str, at: datetime) -> Job:
    """Ask for a report; who asks for the same again before it is made gets that one.

    It is handed to `by` alone; the journal tells in whose name it was asked for.

    Raises catalogue.ReportUnknown, TooManyOpen.
    """
    report_of(wish.name)
    parameters = {
        "as_of": str(wish.as_of),
        "since": str(wish.since) if wish.since else "",
        "institution": wish.institution_id,
        "language": wish.language,
        "form": wish.form,
        "by": by,
        "printed_by": printed_by,
    }
    told = f"{by} {wish.as_of} {wish.since or ''} {wish.language} {wish.form}"
    subject = _short(f"{wish.name} {told} {wish.institution_id}")
    require_few(by=in_name, kind=KIND, subject=subject)
    return ask(
        kind=KIND, subject=subject, parameters={"name": wish.name, **parameters}, at=at, by=in_name
    )


def right_for(report: Report) -> Right:
    """Return the right that whoever gets a report needs where it is about: some name who owes."""
    return Right.DEBTORS if report.debtors else Right.FIGURES


def _short(subject: str) -> str:
    """Return a subject as a job keeps it: a long one by its beginning and the digest of it all."""
    if len(subject) <= _LONGEST:
        return subject
    return f"{subject[: _LONGEST - 41]} {hashlib.sha256(subject.encode()).hexdigest()[:40]}"


def reports_of(by: str) -> QuerySet[Job]:
    """Return the reports that somebody asked for, newest first."""
    return Job.objects.filter(kind=KIND, parameters__by=by).order_by("-id")


def file_of(home: Home, job: Job) -> Path | None:
    """Return the file of a report that is made; None where it is not, or not any more."""
    file = _folder(home) / f"{job.pk}.{job.parameters['form']}"
    return file if job.state == State.DONE and file.is_file() else None


@does(KIND)
def report(folder: Path, job: Job, tell: Tell) -> Mapping[str, Any]:
    """Make a report; files of reports that were made long ago go."""
    from recobro.reports.writing import Order, write_report  # noqa: PLC0415 - no engine where none is needed

    home, told = Home(folder), job.parameters
    sweep_files(home=home, at=datetime.now(tz=UTC))
    order = Order(
        name=told["name"],
        as_of=date.fromisoformat(told["as_of"]),
        since=date.fromisoformat(told["since"]) if told["since"] else None,
        institution_id=told["institution"],
        language=told["language"],
        printed_by=told["printed_by"],
        printed_at=job.asked_at,
    )
    file = _folder(home) / f"{job.pk}.{told['form']}"
    file.parent.mkdir(mode=0o700, exist_ok=True)
    write_report(home=home, order=order, to=file, progress=tell)
    file.chmod(0o600)
    return {"size": file.stat().st_size}


def _folder(home: Home) -> Path:
    return home.path / "printed"


def sweep_files(*, home: Home, at: datetime) -> int:
    """Delete the files of reports that were made long ago; return how many there were."""
    gone = 0
    for file in _folder(home).glob("*.*"):
        with suppress(FileNotFoundError):  # another process sweeps too
            if at.timestamp() - file.stat().st_mtime > KEPT.total_seconds():
                file.unlink()
                gone += 1
    return gone
