import os
import re
import shlex
import subprocess
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from recobro.cli.main import app
from recobro.engine.checks import CHECKS
from recobro.intake.findings import REJECTIONS, WARNINGS
from recobro.reports.catalogue import REPORTS
from tests.oracle.written import written
from tests.runs.delivered import rows_of, write
from tests.runs.program import PATIENCE, PROGRAM

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\(([^)\s]+)\)")
_OF_A_BANK = {"DATABASE_URL", "RECOBRO_HOME"}
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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with what the first page takes for granted: a closed bank, and a delivery.

    2026-01-05 DK9007001 owes 100.00
    2026-05-05 DK9007001 owes 100.00
    2026-05-05 DK9007001 pays 40.00
    """
    write(tmp_path / "DELIVERY", rows_of(written(folder.__doc__)))
    for words in ("load DELIVERY", "close --as-of 2026-06-30"):
        assert ran(words, tmp_path) == 0
    return tmp_path


def ran(line: str, folder: Path) -> int:
    """Run the program in a folder as a line of a page says; return its exit code."""
    words, _, to = line.partition(" > ")
    told = subprocess.run(  # noqa: S603 - our own program
        [*PROGRAM, *shlex.split(words, comments=True)],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name not in _OF_A_BANK},
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    if to:
        (folder / to.partition("#")[0].strip()).write_bytes(told.stdout)
    return told.returncode


def test_what_the_first_page_tells_to_run_runs(folder: Path) -> None:
    """Every line in its order; a second load of the same rows changes nothing."""
    page = (ROOT / "README.md").read_text("utf-8")
    lines = [line for block in FENCE.findall(page) for line in block.splitlines()]
    own = [line.partition(".venv/bin/recobro ")[2] for line in lines if "bin/recobro " in line]
    assert [line.split()[0] for line in own] == [
        "explain",
        *("report", "report"),
        "export",
        "policy",
        *("load", "load", "load"),
        "close",
        *("user", "serve"),
    ]
    # The one asks whoever sits there for a password, the other does not end: see tests/cli.
    own = [line for line in own if line.split()[0] not in {"user", "serve"}]
    assert {line: ran(line, folder) for line in own} == dict.fromkeys(own, 0)
    assert sorted(path.name for path in folder.iterdir()) == [
        *("DELIVERY", "bank", "bridge.html", "mapping.toml", "mybank"),
        *("quality.pdf", "standings.xlsx"),
    ]
    assert (folder / "quality.pdf").read_bytes().startswith(b"%PDF")
    assert 'lang="zh' in (folder / "bridge.html").read_text("utf-8")
    assert [path.name for path in (folder / "mybank" / "closes").iterdir()] == ["2026-06-30"]


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
