"""How a command speaks: people's words on standard error, JSON on standard output, exit codes."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum
from typing import Annotated, Any, NoReturn, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_WIDE = 140  # columns of a table that goes to a file or a pipe
console = Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else _WIDE)

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print the summary as JSON on standard output.")
]


class Exit(IntEnum):
    """What a command's exit code says."""

    DONE = 0
    MARKED = 1  # done, but rows were rejected or a data check of the close warns
    REFUSED = 2  # nothing was changed


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a refusal into its message and exit code 2; anything else is a fault and stays loud."""
    from recobro.cli.refused import REFUSED  # noqa: PLC0415 - needs Django's settings

    try:
        yield
    except REFUSED as refusal:
        refuse(str(refusal))


def refuse(message: str) -> NoReturn:
    """Say why nothing was done, and end."""
    console.print(f"Refused: {message}", style="red", markup=False, soft_wrap=True)
    raise typer.Exit(Exit.REFUSED)


def say(message: str, *, style: str | None = None) -> None:
    """Tell people something, on standard error."""
    console.print(message, style=style, markup=False, soft_wrap=True)


def print_json(summary: Mapping[str, Any]) -> None:
    """Print a summary for programs, on standard output."""
    sys.stdout.write(json.dumps(summary, ensure_ascii=False, default=str) + "\n")


class Steps:
    """Show the steps of long work: a moving bar on a terminal, plain lines elsewhere."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.words = words
        self.bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self.task = self.bar.add_task("", total=1)

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def __call__(self, step: str, done: int, of: int) -> None:
        """Show that a step begins."""
        words = self.words.get(step, step)
        if console.is_terminal:
            self.bar.update(self.task, description=words, completed=done, total=of)
        else:
            say(words)
