from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recobro.cli.console import JsonOption, Steps, grid, print_json, refusals, refuse, say, show
from recobro.cli.home import HomeOption, again, open_home

if TYPE_CHECKING:
    from recobro.demo.story import Closed, Loaded, Reported


_WORDS = {"year": "Living the bank's year"}


def demo(
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", hidden=True)  # there are no pages yet
    ] = True,
    home: HomeOption = Path("bank"),
    as_json: JsonOption = False,
) -> None:
    """Make a sample bank: load its year month by month, close each month end, write its reports."""
    del serve
    bank = open_home(home)
    from recobro.demo import stories, story  # noqa: PLC0415 - needs Django's settings
    from recobro.runs.models import Load  # noqa: PLC0415 - the same

    if Load.objects.exists():
        refuse(
            f"{bank.path} already holds a book; nothing was changed. "
            "Name a new folder with --home, or remove this one."
        )
    closes = []
    with refusals(), Steps(_WORDS) as progress:
        progress("year", 0, 1)
        for event in story.live(bank, at=datetime.now(tz=UTC)):
            say(_told(event))
            if isinstance(event, story.Closed):
                closes.append(event.close)
    say("\nWhat happened in this bank:")
    tales = grid(2)
    for tale in stories.STORIES:
        tales.add_row(tale.name, tale.happens)
    show(tales)
    last = closes[-1]
    example = stories.STORIES[0].loans[0]
    say(
        f"\nThe book is in {bank.path}. Look further:\n"
        f"  recobro explain {example} --as-of {last.as_of}{again(home)}\n"
        f"  recobro findings --load 2{again(home)}\n"
        f"  recobro closes{again(home)}\n"
        f"  recobro export standings --as-of {last.as_of} --to standings.xlsx{again(home)}"
    )
    if as_json:
        print_json({"home": bank.path, "closes": [close.as_of for close in closes]})


def _told(event: "Loaded | Closed | Reported") -> str:
    from recobro.demo.story import Loaded, Reported  # noqa: PLC0415 - needs Django's settings

    if isinstance(event, Reported):
        return f"not written: {event.path}. {event.missing}" if event.missing else f"{event.path}"
    if isinstance(event, Loaded):
        rows = sum(table["accepted"] for table in event.load.tables.values())
        rejected = sum(table["rejected"] for table in event.load.tables.values())
        aside = f", {rejected} rejected" if rejected else ""
        return f"{event.delivered_on}  loaded {rows:>9,} rows{aside}"
    return f"{event.close.as_of}  closed {event.close.standings:>9,} loans"
