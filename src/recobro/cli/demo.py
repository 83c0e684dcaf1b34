from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from recobro.cli.console import (
    JsonOption,
    Steps,
    grid,
    print_json,
    refusals,
    refuse,
    say,
    show,
    table,
)
from recobro.cli.home import HomeOption, again, open_home
from recobro.cli.serve import PORT, bring_up_to_date, open_pages, require_free

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recobro.book.models import Close
    from recobro.demo.bank import Delivery
    from recobro.demo.story import Closed, Loaded, Reported
    from recobro.runs.home import Home


_WORDS = {"year": "Living the bank's year"}


def demo(
    serve: Annotated[bool, typer.Option(help="Open the pages when all is done.")] = True,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port of the pages.")] = PORT,
    home: HomeOption = Path("bank"),
    as_json: JsonOption = False,
) -> None:
    """Make a sample bank: load and close its year, write its reports, open its pages."""
    if serve:
        require_free(port)
    from recobro.demo.bank import written_beside  # noqa: PLC0415 - most commands need no bank

    with TemporaryDirectory() as folder, written_beside(Path(folder)) as deliveries:
        bank = open_home(home)
        _require_new(bank)
        closes, people = _live(bank, deliveries)
    from recobro.demo import stories, teams, users  # noqa: PLC0415 - needs Django's settings

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
    bring_up_to_date(bank)
    teams.hand_out(at=datetime.now(tz=UTC))
    _tell_people(people, bank.path / users.FILE)
    if as_json:
        print_json({"home": bank.path, "closes": [close.as_of for close in closes]})
    if serve:
        open_pages(bank, port=port)
    say(f"To open the pages: recobro serve{again(home)}")


def _require_new(bank: "Home") -> None:
    from recobro.runs.models import Load  # noqa: PLC0415 - needs Django's settings

    if Load.objects.exists():
        refuse(
            f"{bank.path} already holds a book; nothing was changed. "
            "Name a new folder with --home, or remove this one."
        )


def _live(
    bank: "Home", deliveries: "Iterator[Delivery]"
) -> "tuple[list[Close], list[dict[str, str]]]":
    """Live the bank's year, and return its closes and the people who can sign in."""
    from recobro.demo import story, teams, users  # noqa: PLC0415 - needs Django's settings

    closes: list[Close] = []
    people: list[dict[str, str]] = []
    with refusals(), Steps(_WORDS) as progress:
        progress("year", 0, 1)
        for event in story.live(bank, deliveries, at=datetime.now(tz=UTC)):
            say(_told(event))
            if isinstance(event, story.Closed):
                closes.append(event.close)
                # Whoever is there from the first close on gets the cases of those that follow.
                if not people:
                    people = users.move_in(bank, at=datetime.now(tz=UTC))
                    teams.gather(at=datetime.now(tz=UTC))
    return closes, people


def _tell_people(people: list[dict[str, str]], file: Path) -> None:
    """Show who can sign in, and where that is kept."""
    shown = table("Who can sign in to the pages")
    for column in ("name", "password", "role", "institution"):
        shown.add_column(column, no_wrap=True)
    for person in people:
        shown.add_row(*person.values())
    show(shown)
    say(f"Kept in {file}.")


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
