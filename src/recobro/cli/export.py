"""Write what a close published to a file."""

from pathlib import Path

import typer

from recobro.cli.console import JsonOption, Steps, print_json, refusals, require_writable, say
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home
from recobro.cli.options import AsOfOption, LoadOption, ToOption, day, load_number

app = typer.Typer(
    help="Write what a close published, or the findings of a load, to a .parquet, .csv or .xlsx"
    " file.",
    no_args_is_help=True,
)

_WORDS = {"read": "Reading", "write": "Writing the file"}


@app.command()
def standings(
    as_of: AsOfOption, to: ToOption, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False
) -> None:
    """Write where every loan stands."""
    require_writable(to)
    bank = open_home(home)
    from recobro.runs import exports  # noqa: PLC0415 - needs Django's settings

    with refusals(), Steps(_WORDS) as progress:
        rows = exports.standings(home=bank, as_of=day(as_of), to=to, progress=progress)
    _told(f"{rows:,} standings of {day(as_of)}", to)
    if as_json:
        print_json({"export": "standings", "as_of": day(as_of), "rows": rows, "file": to})


@app.command()
def figures(
    as_of: AsOfOption, to: ToOption, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False
) -> None:
    """Write the figures of every institution, by product, guarantee, segment, grade and bucket."""
    require_writable(to)
    bank = open_home(home)
    from recobro.runs import exports  # noqa: PLC0415 - needs Django's settings

    with refusals(), Steps(_WORDS) as progress:
        rows = exports.figures(home=bank, as_of=day(as_of), to=to, progress=progress)
    _told(f"{rows:,} figures of {day(as_of)}", to)
    if as_json:
        print_json({"export": "figures", "as_of": day(as_of), "rows": rows, "file": to})


@app.command()
def changes(
    as_of: AsOfOption, to: ToOption, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False
) -> None:
    """Write which loans the close of a day says otherwise than the close that it replaced."""
    require_writable(to)
    bank = open_home(home)
    from recobro.runs import exports  # noqa: PLC0415 - needs Django's settings

    with refusals(), Steps(_WORDS) as progress:
        close, rows = exports.changes(home=bank, as_of=day(as_of), to=to, progress=progress)
    if close.replaces is None:
        say(f"{day(as_of)} has been closed once: there is nothing to compare it with.")
    _told(f"{rows:,} loans of {day(as_of)} that stand differently", to)
    if as_json:
        print_json({"export": "changes", "as_of": day(as_of), "rows": rows, "file": to})


@app.command()
def findings(
    to: ToOption,
    load: LoadOption = "latest",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Write every finding of a load: file, row, column, value, and what to do."""
    require_writable(to)
    bank = open_home(home)
    from recobro.runs import exports  # noqa: PLC0415 - needs Django's settings

    with refusals(), Steps(_WORDS) as progress:
        number, rows = exports.findings(
            home=bank, number=load_number(load), to=to, progress=progress
        )
    _told(f"{rows:,} findings of load {number}", to)
    if as_json:
        print_json({"export": "findings", "load": number, "rows": rows, "file": to})


def _told(what: str, to: Path) -> None:
    say(f"{what} are in {to}.")
