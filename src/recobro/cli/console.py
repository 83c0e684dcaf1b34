"""How a command speaks: to people and to programs, on which output, with which exit code."""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, Any, NoReturn, Self, TextIO

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderResult
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from recobro.terms.refusal import Refusal

_CONTROL = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {ord("\n")})
"""Control characters, which a delivered text or a file's name may hold, but for ends of lines."""

_ROOMY = 100
_WIDE = 140  # columns of a table that goes to a file or a pipe


class _Console(Console):
    """A console whose reader may go before all is said: the command still ends as it did."""

    def on_broken_pipe(self) -> None:
        """Say the rest to nobody; rich would end with 1, which means another thing here."""
        with suppress(SystemExit):
            super().on_broken_pipe()


def _console(stream: TextIO) -> Console:
    return _Console(
        stderr=stream is sys.stderr,
        highlight=False,
        markup=False,  # brackets and colons of a delivered text stay what they are
        emoji=False,
        width=None if stream.isatty() else _WIDE,
    )


console = _console(sys.stderr)
_answer = _console(sys.stdout)

_json_asked = ContextVar("_json_asked", default=False)
"""Whether the command that runs was asked for JSON: a refusal answers in it as well."""


_answering = ContextVar("_answering", default=False)
"""Whether what is said is what the command was asked for."""


def _remember(asked: bool) -> bool:  # noqa: FBT001 - typer hands it over like this
    _json_asked.set(asked)
    return asked


JsonOption = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Print the summary as JSON on standard output.",
        callback=_remember,
        is_eager=True,
    ),
]


class Exit(IntEnum):
    """What a command's exit code says."""

    DONE = 0
    MARKED = 1  # done, but rows were rejected or a data check of the close warns
    REFUSED = 2  # nothing was changed: so it is after a fault of the program as well


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a refusal into its message and exit code 2; anything else is a fault and stays loud."""
    try:
        yield
    except Refusal as refusal:
        refuse(str(refusal))


def refuse(message: str) -> NoReturn:
    """Say why nothing was done, also to a program that asked for JSON, and end."""
    say(f"Refused: {message}", style="red")
    if _json_asked.get():
        print_json({"refused": message})
    raise typer.Exit(Exit.REFUSED)


def require_writable(file: Path) -> None:
    """Refuse a file that cannot be written, before anything is computed."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=file.parent):
            pass
        if file.exists():
            file.open("ab").close()
    except OSError as error:
        refuse(
            f"{file} cannot be written: {error.strerror}. Nothing was written. "
            "Name another file with --to, or give this user the right to write there."
        )


@contextmanager
def answering() -> Iterator[None]:
    """Let what is said be the answer: on standard output, where not JSON was asked for.

    Steps, refusals and what an operation tells of itself are no answer. A letter that the output
    cannot write is written by its number, as on standard error.
    """
    token = _answering.set(not _json_asked.get())
    if _answering.get() and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        yield
    finally:
        _answering.reset(token)


def _now() -> Console:
    return _answer if _answering.get() else console


def say(message: str, *, style: str | None = None) -> None:
    """Tell people something; no character of it commands their terminal."""
    _now().print(message.translate(_CONTROL), style=style, soft_wrap=True)


def print_json(summary: Mapping[str, Any]) -> None:
    """Print a summary for programs, on standard output."""
    sys.stdout.write(json.dumps(summary, ensure_ascii=False, default=str) + "\n")


def table(title: str | None = None) -> Table:
    """Return an empty table in the one look that all have: a line under its heads, no boxes."""
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )


def grid(columns: int) -> Table:
    """Return an empty table without heads or lines."""
    shown = Table.grid(padding=(0, 2))
    for _ in range(columns):
        shown.add_column(overflow="fold")
    return shown


def moment(at: datetime) -> str:
    """Return an instant as the clock on the wall shows it."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def wide() -> bool:
    """Tell whether there is room for the columns that can be missed."""
    return _now().width >= _ROOMY


@dataclass(frozen=True, slots=True)
class _Written:
    """A table of which no cell commands the terminal, only its own style."""

    shown: Table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for part in console.render(self.shown, options):
            yield part._replace(text=part.text.translate(_CONTROL))


def show(shown: Table) -> None:
    """Print a table; in a file no line ends in blanks."""
    to = _now()
    if to.is_terminal:
        to.print(_Written(shown))
        return
    with to.capture() as kept:
        to.print(_Written(shown))
    say("\n".join(line.rstrip() for line in kept.get().splitlines()))


class Steps:
    """Show the steps of long work: a moving bar on a terminal, plain lines elsewhere.

    `words` names the steps in their order. A step that it does not name is a part of the one that
    began last.
    """

    EVERY = 10
    """Seconds after which plain lines tell how far a step is."""

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
        self._step = next(iter(words))
        self.task = self.bar.add_task(words[self._step], total=len(words))
        self._begun: set[str] = set()
        self._told_at = 0.0

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def __call__(self, step: str, done: int, of: int) -> None:
        """Show a step, and how many of its parts are done."""
        if step in self.words:
            self._step = step
        begins = self._step not in self._begun
        self._begun.add(self._step)
        told = self._words(step, done, of)
        if console.is_terminal:
            self._move(told, done, of)
        elif begins or time.monotonic() - self._told_at > self.EVERY:
            self._told_at = time.monotonic()
            say(self.words[self._step] if begins else told)

    def _words(self, step: str, done: int, of: int) -> str:
        part = "" if step == self._step else f": {step}"
        count = f", {done:,} of {of:,}" if of > 1 else ""
        return f"{self.words[self._step]}{part}{count}"

    def _move(self, told: str, done: int, of: int) -> None:
        """Move the bar; where nothing can be measured it only swings."""
        whole = [*self.words].index(self._step) + done / max(of, 1)
        total = len(self.words) if whole or of > 1 else None
        self.bar.update(self.task, description=told, completed=whole, total=total)
