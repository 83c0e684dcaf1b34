"""Write what a close published to a file."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from recobro.cli.console import JsonOption, Steps, print_json, refusals, require_writable, say
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home
from recobro.cli.options import AsOfOption, LoadOption, ToOption, day, load_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recobro.runs.home import Home

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
    on = day(as_of)
    with _writing(to, home) as (bank, progress):
        from recobro.runs import exports  # noqa: PLC0415 - needs Django's settings

        rows = exports.standings(home=bank, as_of=on, to=to, progress=progress)
    say(f"{rows:,} standings of {on} are in {to}.")
    _summary(as_json, export="standings", as_of=on, rows=rows, file=to)


@app.command()
def figures(
    as_of: AsOfOption, to: ToOption, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False
) -> None:
    """Write the figures of every institution, by product, guarantee, segment, grade and bucket."""
    on = day(as_of)
    with _writing(to, home) as (bank, progress):
        from recobro.runs import exports  # noqa: PLC0415 - needs Django's settings

        rows = exports.figures(home=bank, as_of=on, to=to, progress=progress)
    say(f"{rows:,} figures of {on} are in {to}.")
    _summary(as_json, export="figures", as_of=on, rows=rows, file=to)


@app.command()
def changes(
    as_of: AsOfOption, to: ToOption, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False
) -> None:
    """Write which loans the close of a day says otherwise than the close that it replaced."""
    on = day(as_of)
    with _writing(to, home) as (bank, progress):
        from recobro.runs import exports  # noqa: PLC0415 - needs Django's settings

        close, rows = exports.changes(home=bank, as_of=on, to=to, progress=progress)
    if close.replaces is None:
        say(f"{on} has been closed once: there is nothing to compare it with.")
    say(f"{rows:,} loans of {on} that stand differently are in {to}.")
    _summary(as_json, export="changes", as_of=on, rows=rows, file=to)


@app.command()
def findings(
    to: ToOption,
    load: LoadOption = "latest",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Write every finding of a load: file, row, column, value, and what to do."""
    with _writing(to, home) as (bank, progress):
        from recobro.runs import exports  # noqa: PLC0415 - needs Django's settings

        number, rows = exports.findings(
            home=bank, number=load_number(load), to=to, progress=progress
        )
    say(f"{rows:,} findings of load {number} are in {to}.")
    _summary(as_json, export="findings", load=number, rows=rows, file=to)


@contextmanager
def _writing(to: Path, home: Path) -> "Iterator[tuple[Home, Steps]]":
    """Open the bank's folder for a file that can be written, and tell how far that is."""
    require_writable(to)
    bank = open_home(home)
    with refusals(), Steps(_WORDS) as progress:
        yield bank, progress


def _summary(asked: bool, **told: Any) -> None:  # noqa: ANN401, FBT001 - whatever JSON can hold; the option
    if asked:
        print_json(told)
