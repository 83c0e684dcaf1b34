from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from recobro.cli.console import Exit, JsonOption, Steps, print_json, refusals, say, show, table
from recobro.cli.home import DEFAULT_HOME, HomeOption, again, open_home
from recobro.cli.options import DAY_FORMATS, day

_STEP = "fetch"
_WORDS = {_STEP: "Fetching"}


def fetch(
    source: Annotated[
        Path, typer.Argument(help="The TOML file that says where from, and what.", dir_okay=False)
    ],
    on: Annotated[
        datetime | None,
        typer.Option(formats=DAY_FORMATS, help="The day that the figures are of; else yesterday."),
    ] = None,
    name: Annotated[
        str, typer.Option(help="What the delivery is called; else by its day and kind.")
    ] = "",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Fetch a delivery from a database or from Fineract into the bank's inbox.

    It is loaded like any other: on the pages, at night, or by recobro load. Exit code 1: fetched,
    but the source has transactions that are in no table.
    """
    bank = open_home(home)
    from recobro.connectors import operations  # noqa: PLC0415 - needs Django's settings
    from recobro.connectors.source import read  # noqa: PLC0415 - the same

    chosen = day(on) if on else datetime.now(tz=UTC).astimezone().date() - timedelta(days=1)
    with refusals(), Steps(_WORDS) as progress:
        progress(_STEP, 0, 1)
        done = operations.fetch(
            home=bank, source=read(source), on=chosen, name=name, progress=progress
        )
    shown = table(f"{done.name} lies in the inbox")
    shown.add_column("table", no_wrap=True)
    shown.add_column("rows", justify="right")
    for one, count in done.rows.items():
        shown.add_row(one, f"{count:,}")
    show(shown)
    say(f"Load it on the pages, or: recobro load {bank.path / 'inbox' / done.name}{again(home)}")
    for kind, count in done.left_out.items():
        say(f"{count:,} transactions of the kind {kind} are in no table.", style="yellow")
    if as_json:
        print_json({"delivery": done.name, "rows": done.rows, "left_out": done.left_out})
    if done.left_out:
        raise typer.Exit(Exit.MARKED)
