import getpass
from datetime import datetime
from typing import Annotated, Literal

import typer

from recobro.cli.console import JsonOption, Steps, print_json, refusals, require_writable, say
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home
from recobro.cli.options import DAY_FORMATS, AsOfOption, ToOption, day

_WORDS = {"figures": "Composing the report", "write": "Writing the file"}
_NAMES = (
    "monthly-asset-quality, new-npl, three-six, bridge, migration, look-ahead, vintage, warnings"
)


def report(
    name: Annotated[str, typer.Argument(help=f"One of {_NAMES}.")],
    as_of: AsOfOption,
    to: ToOption,
    since: Annotated[
        datetime | None,
        typer.Option(formats=DAY_FORMATS, help="The day to compare with; each report has its own."),
    ] = None,
    institution: Annotated[
        str | None, typer.Option(help="institution_id of a node of the tree; default: the root.")
    ] = None,
    language: Annotated[
        Literal["en", "es", "zh"], typer.Option(help="The language of the report.")
    ] = "en",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Write a report of a published close to a .pdf, .xlsx or .html file."""
    require_writable(to)
    bank = open_home(home)
    from recobro.reports.writing import Order, write_report  # noqa: PLC0415 - needs Django's settings

    order = Order(
        name=name,
        as_of=day(as_of),
        since=day(since) if since else None,
        institution_id=institution,
        language=language,
        printed_by=getpass.getuser(),
        printed_at=datetime.now().astimezone(),
    )
    with refusals(), Steps(_WORDS) as progress:
        write_report(home=bank, order=order, to=to, progress=progress)
    say(f"The report {name} of {day(as_of)} is in {to}.")
    if as_json:
        print_json(
            {
                "report": name,
                "as_of": day(as_of),
                "institution": institution,
                "language": language,
                "file": to,
            }
        )
