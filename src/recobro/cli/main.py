"""The command line's table of contents."""

import typer

from recobro.cli import (
    close,
    closes,
    compact,
    demo,
    doctor,
    explain,
    export,
    findings,
    load,
    loads,
    policy,
    report,
)

app = typer.Typer(
    name="recobro",
    help="Look after loans once they are paid out, and recover those that go bad.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("load")(load.load)
app.command("loads")(loads.loads)
app.command("findings")(findings.findings)
app.command("close")(close.close)
app.command("closes")(closes.closes)
app.command("explain")(explain.explain)
app.command("report")(report.report)
app.command("compact")(compact.compact)
app.command("doctor")(doctor.doctor)
app.command("demo")(demo.demo)
app.add_typer(export.app, name="export")
app.add_typer(policy.app, name="policy")
