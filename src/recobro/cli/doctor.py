from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer
from rich.text import Text

from recobro.cli.console import JsonOption, Steps, answering, grid, print_json, say, show
from recobro.cli.home import DEFAULT_HOME, HomeOption, settle_on
from recobro.doctor.diagnosis import Diagnosis, Verdict
from recobro.doctor.examination import examine

WORDS = {
    "machine": "Looking at the machine",
    "lake": "Looking at the book",
    "closes": "Looking at the closes",
}

_MARKS = {
    Verdict.WELL: ("well", "green"),
    Verdict.SEE_TO: ("see to", "yellow"),
    Verdict.BROKEN: ("broken", "bold red"),
}


def doctor(
    deep: Annotated[
        bool,
        typer.Option("--deep", help="Read every published close, and recompute its fingerprint."),
    ] = False,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Look over the machine and the bank's folder: what is well, what to see to, and how.

    Nothing is changed. Exit code 0: all is well; 1: something to see to; 2: cannot work.
    """
    with Steps(WORDS) as progress:
        found = list(
            examine(
                home,
                at=datetime.now(tz=UTC),
                deep=deep,
                connect=partial(settle_on, home),
                progress=progress,
            )
        )
    worst = max(one.verdict for one in found)
    with answering():
        tell(found)
    if as_json:
        print_json({"verdict": _word(worst), "checks": [plain(one) for one in found]})
    raise typer.Exit(int(worst))


def tell(found: list[Diagnosis]) -> None:
    """Show what checks found, with what to do."""
    shown = grid(3)
    for one in found:
        word, style = _MARKS[one.verdict]
        shown.add_row(Text(word, style=style), one.check, one.says)
        if one.remedy:
            shown.add_row("", "", f"→ {one.remedy}")
    if found:
        show(shown)
    wrong = sum(one.verdict is not Verdict.WELL for one in found)
    broken = any(one.verdict is Verdict.BROKEN for one in found)
    if not wrong:
        say("All is well.")
        return
    things = "1 thing" if wrong == 1 else f"{wrong} things"
    say(f"{things} to see to." + (" Recobro cannot work like this." if broken else ""))


def _word(verdict: Verdict) -> str:
    return verdict.name.lower().replace("_", "-")


def plain(one: Diagnosis) -> dict[str, str | None]:
    """Return what a check found, for programs."""
    return {
        "check": one.check,
        "verdict": _word(one.verdict),
        "says": one.says,
        "remedy": one.remedy,
    }
