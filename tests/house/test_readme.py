import re
import shlex
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def told(program: str) -> list[list[str]]:
    """Return the arguments of every line that README and CONTRIBUTING tell a reader to run."""
    pages = "\n".join((ROOT / page).read_text("utf-8") for page in ("README.md", "CONTRIBUTING.md"))
    commands = [line for block in FENCE.findall(pages) for line in block.splitlines()]
    words = [shlex.split(line, comments=True) for line in commands]
    return [rest for first, *rest in filter(None, words) if Path(first).name == program]


@pytest.mark.parametrize("arguments", told("make"), ids=" ".join)
def test_make_knows_its_targets(arguments: list[str]) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert {word for word in arguments if "=" not in word} - targets == set()


@pytest.mark.parametrize("arguments", told("recobro"), ids=" ".join)
def test_recobro_knows_its_commands(arguments: list[str]) -> None:
    (program,) = entry_points(group="console_scripts", name="recobro")
    command = get_command(program.load())
    words = iter(arguments)
    while isinstance(command, TyperGroup):
        command = command.commands[next(words)]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} - options == set()
