import re
import shlex
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from recobro.cli.main import app
from recobro.engine.checks import CHECKS
from recobro.intake.findings import REJECTIONS, WARNINGS
from recobro.reports.catalogue import REPORTS

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def told(program: str) -> list[list[str]]:
    """Return the arguments of every line that a page tells a reader to run."""
    files = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
    pages = "\n".join(page.read_text("utf-8") for page in files)
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
    every = [(*one.opts, *one.secondary_opts) for one in command.params]
    options = {option for names in every for option in names}
    assert {word for word in words if word.startswith("--")} - options == set()


def test_pages_link_to_what_there_is() -> None:
    files = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
    links = [(page, link) for page in files for link in LINK.findall(page.read_text("utf-8"))]
    own = [(page, link.partition("#")[0]) for page, link in links if "://" not in link]
    assert [(page.name, link) for page, link in own if not (page.parent / link).exists()] == []


def named(page: str, heading: str) -> list[str]:
    """Return the codes that a table under a heading of a page begins its rows with."""
    text = (ROOT / page).read_text("utf-8")
    part = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([a-z-]+)` \|", part, re.MULTILINE)


def test_every_finding_has_its_explanation() -> None:
    page = "docs/users/findings.md"
    assert named(page, "Codes that reject a row") == [*REJECTIONS]
    assert named(page, "Codes that warn") == [*WARNINGS]
    assert named(page, "Checks of a close") == [check.name for check in CHECKS]


def test_every_command_has_its_example() -> None:
    page = (ROOT / "docs/users/command-line.md").read_text("utf-8")
    commands = get_command(app)
    assert isinstance(commands, TyperGroup)
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert {heading.split()[0] for heading in headings} == {*commands.commands}


@pytest.mark.parametrize("page", ["README.md", "docs/users/command-line.md"])
def test_pages_name_every_report(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert [name for name in REPORTS if f"`{name}`" not in text] == []
