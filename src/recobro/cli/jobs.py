"""Work that was asked for on the pages."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from recobro.cli.console import (
    JsonOption,
    answering,
    moment,
    print_json,
    refusals,
    say,
    show,
    table,
)
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home
from recobro.cli.options import LimitOption

if TYPE_CHECKING:
    from recobro.office.jobs.models import Job

app = typer.Typer(no_args_is_help=True, help="Loads and closes that were asked for on the pages.")


@app.callback()
def jobs() -> None:
    """Look at loads and closes that were asked for on the pages."""


@app.command("list")
def list_(
    limit: LimitOption = 20, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False
) -> None:
    """List the jobs, newest first: who asked, how far each is, what came of it."""
    open_home(home)
    from recobro.office.jobs.models import Job  # noqa: PLC0415 - needs Django's settings

    newest, total = list(Job.objects.order_by("-id")[:limit]), Job.objects.count()
    with answering():
        if newest:
            _tell(newest)
        if total > len(newest):
            say(f"{total - len(newest):,} older: --limit {total}")
        if not total:
            say("Nobody has asked for a load or close on the pages yet.")
    if as_json:
        print_json({"total": total, "jobs": [_plain(one) for one in newest]})


@app.command("next")
def next_(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Do the job that is next; a worker runs this whenever one waits."""
    bank = open_home(home)
    from recobro.office.jobs.tasks import do_next  # noqa: PLC0415 - needs Django's settings

    with refusals(), bank.told():
        job = do_next(bank.path, lambda: datetime.now(tz=UTC), alone=True)
    if job is None:
        say("No job waits, or another process is at one.")
    else:
        say(f"Job {job.pk}, {_what(job)}: {job.state}.{f' {job.reason}' if job.reason else ''}")
    if as_json:
        print_json({"job": job and _plain(job)})


def _tell(jobs: "list[Job]") -> None:
    shown = table()
    shown.add_column("job", justify="right")
    for head in ("what", "asked by", "asked at", "state"):
        shown.add_column(head, no_wrap=True)
    shown.add_column("why", overflow="fold")
    for one in jobs:
        asked = moment(one.asked_at)
        shown.add_row(str(one.pk), _what(one), one.asked_by, asked, one.state, one.reason)
    show(shown)


def _what(job: "Job") -> str:
    return f"{job.kind} {job.subject}"


def _plain(job: "Job") -> dict[str, Any]:
    return {
        "job": job.pk,
        "kind": job.kind,
        "subject": job.subject,
        "parameters": job.parameters,
        "state": job.state,
        "asked_by": job.asked_by,
        "asked_at": job.asked_at.isoformat(),
        "reason": job.reason,
        "outcome": job.outcome,
    }
