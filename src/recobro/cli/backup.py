from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from recobro.cli.console import Exit, JsonOption, Steps, print_json, refusals, refuse, say
from recobro.cli.home import DEFAULT_HOME, HomeOption, again, open_home
from recobro.cli.user import shell

_WORDS = {"database": "Copying the database", "files": "Copying what is new"}


def backup(
    to: Annotated[Path, typer.Argument(help="The folder that the backups of this bank lie in.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Make a backup of the bank in a new folder below TO, while people and runs go on working.

    What an earlier backup there has the same of takes no room again. Exit code 1: made, but files
    that the database names were not there to be copied.
    """
    if not home.is_dir():
        refuse(f"There is no folder {home}; nothing was made. Name the bank's with --home.")
    bank = open_home(home)
    from recobro.backups import operations  # noqa: PLC0415 - needs Django's settings
    from recobro.journal.seals import key_file  # noqa: PLC0415 - the same

    with refusals(), Steps(_WORDS) as progress:
        made = operations.backup(
            home=bank, to=to, at=datetime.now(tz=UTC), by=shell(), progress=progress
        )
    told = made.manifest
    say(
        f"{made.folder} is a backup: {len(told.parts):,} files, {told.size / 1e6:,.1f} MB, "
        f"of which {made.new / 1e6:,.1f} MB are new."
    )
    key = key_file(bank.path)
    if key.exists():
        say(f"The key of the seals is not in it: keep a copy of {key} elsewhere.")
    if told.missing:
        _tell_missing(told.missing, again(home))
    if as_json:
        print_json(
            {
                "backup": made.folder,
                "files": len(told.parts),
                "bytes": told.size,
                "new_bytes": made.new,
                "missing": list(told.missing),
            }
        )
    if told.missing:
        raise typer.Exit(Exit.MARKED)


def _tell_missing(missing: tuple[str, ...], home: str) -> None:
    more = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
    say(
        f"{missing[0]}{more} could not be copied: the database names it, and it is not there. "
        f"See what else is wrong: recobro doctor{home}",
        style="yellow",
    )
