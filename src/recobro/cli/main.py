"""The command line's table of contents."""

import traceback
from importlib.metadata import version
from typing import Annotated, Any

import typer

from recobro.cli import (
    backup,
    close,
    closes,
    compact,
    demo,
    doctor,
    explain,
    export,
    fetch,
    findings,
    jobs,
    journal,
    load,
    loads,
    policy,
    report,
    restore,
    serve,
    tokens,
    user,
    worker,
)
from recobro.cli.console import Exit, say


class Program(typer.Typer):
    """The program: a fault of it ends with the exit code that stops a nightly script."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as typer has it
        """Run a command; of a fault everything that helps to find it is told."""
        try:
            return super().__call__(*args, **kwargs)
        except Exception:  # noqa: BLE001 - whatever nobody foresaw; Python itself would say 1
            traceback.print_exc()
            say(
                "This is a fault of the program: please report it with the lines above. "
                "What was loaded and published before is as it was.",
                style="red",
            )
            raise SystemExit(Exit.REFUSED) from None


def _tell_version(asked: bool) -> None:  # noqa: FBT001 - typer hands it over like this
    if asked:
        typer.echo(f"recobro {version('recobro')}")
        raise typer.Exit


app = Program(
    name="recobro",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def recobro(
    told: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="Print the version and end."
        ),
    ] = False,
) -> None:
    """Look after loans once they are paid out, and recover those that go bad."""
    del told


app.command("load")(load.load)
app.command("fetch", short_help="Fetch a delivery from another system.")(fetch.fetch)
app.command("loads", short_help="List the loads, newest first.")(loads.loads)
app.command("findings", short_help="Look at what is wrong with which row.")(findings.findings)
app.command("close")(close.close)
app.command("closes", short_help="List the published closes, latest day first.")(closes.closes)
app.command("explain", short_help="Say why a loan has its grade.")(explain.explain)
app.command("report", short_help="Write a report as PDF, page or workbook.")(report.report)
app.command("compact", short_help="Fold what days have added into few files.")(compact.compact)
app.command("backup", short_help="Make a backup while people work.")(backup.backup)
app.command("restore", short_help="Make the bank of a backup in a new folder.")(restore.restore)
app.command("doctor", short_help="Look over the machine and the bank's folder.")(doctor.doctor)
app.command("serve", short_help="Open the pages on this machine.")(serve.serve)
app.command("worker", short_help="Do what the pages need done beside them.")(worker.worker)
app.command("demo", short_help="Make a sample bank and live its year.")(demo.demo)
app.add_typer(
    export.app, name="export", short_help="Write standings, figures, changes or findings."
)
app.add_typer(policy.app, name="policy")
app.add_typer(user.app, name="user")
app.add_typer(jobs.app, name="jobs")
app.add_typer(tokens.app, name="token")
app.add_typer(journal.app, name="journal")
