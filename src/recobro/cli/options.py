"""Options that several commands share."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

DAY_FORMATS = ["%Y-%m-%d", "%Y%m%d"]
LATEST = "latest"

AsOfOption = Annotated[
    datetime, typer.Option("--as-of", formats=DAY_FORMATS, help="The day that is closed.")
]
PolicyOption = Annotated[
    Path | None,
    typer.Option("--policy", help="A policy file; default: policy.toml of the home, else cn."),
]
ToOption = Annotated[
    Path, typer.Option("--to", help="The file to write; its ending says the form.")
]
LimitOption = Annotated[int, typer.Option(min=1, help="Show at most so many.")]


def _number_or_latest(given: str) -> str:
    if given != LATEST and not given.isdecimal():
        wrong = f"{given!r} is neither the number of a load nor {LATEST!r}."
        raise typer.BadParameter(wrong)
    return given


LoadOption = Annotated[
    str,
    typer.Option("--load", callback=_number_or_latest, help=f"The number of a load, or {LATEST}."),
]


def load_number(given: str) -> int | None:
    """Return the number that a `--load` names; nothing for the latest."""
    return None if given == LATEST else int(given)


def day(given: datetime) -> date:
    """Return the date of an option that typer reads as an instant."""
    return given.date()
