"""Write what a close published to a file."""

import typer

from recobro.cli.console import refusals, say
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home
from recobro.cli.options import AsOfOption, ToOption, day

app = typer.Typer(
    help="Write what a close published to a .parquet, .csv or .xlsx file.", no_args_is_help=True
)


@app.command()
def standings(as_of: AsOfOption, to: ToOption, home: HomeOption = DEFAULT_HOME) -> None:
    """Write where every loan stands."""
    bank = open_home(home)
    from recobro.runs import exports  # noqa: PLC0415 - needs Django's settings

    with refusals():
        rows = exports.standings(home=bank, as_of=day(as_of), to=to)
    say(f"{rows:,} standings of {day(as_of)} are in {to}.")


@app.command()
def figures(as_of: AsOfOption, to: ToOption, home: HomeOption = DEFAULT_HOME) -> None:
    """Write the figures of every institution, by product, guarantee, segment, grade and bucket."""
    bank = open_home(home)
    from recobro.runs import exports  # noqa: PLC0415 - needs Django's settings

    with refusals():
        rows = exports.figures(home=bank, as_of=day(as_of), to=to)
    say(f"{rows:,} figures of {day(as_of)} are in {to}.")
