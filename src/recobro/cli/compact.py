from typing import Annotated

import typer

from recobro.cli.console import JsonOption, Steps, print_json, refusals, say
from recobro.cli.home import DEFAULT_HOME, HomeOption, open_home

_WORDS = {"fold": "Folding the tables of the book"}


def compact(
    files: Annotated[
        int | None, typer.Option(min=1, help="Fold a table that lies in more than so many files.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Fold what days have added to the book into few files; nothing to fold, nothing done.

    Every row stays as it is. The facts after loads that no published close names can no longer be
    closed afterwards, and their files go.
    """
    bank = open_home(home)
    from recobro.runs import operations  # noqa: PLC0415 - needs Django's settings

    with refusals(), Steps(_WORDS) as progress:
        folded = operations.compact(
            home=bank, files=operations.FILES if files is None else files, progress=progress
        )
    say(f"Folded {', '.join(folded)}." if folded else "Nothing to fold: no table has many files.")
    if as_json:
        print_json({"folded": folded})
