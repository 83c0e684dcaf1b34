"""Options that several commands share."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

DAY_FORMATS = ["%Y-%m-%d", "%Y%m%d"]

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


def day(given: datetime) -> date:
    """Return the date of an option that typer reads as an instant."""
    return given.date()
