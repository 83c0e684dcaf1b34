"""What programs read: one JSON document on standard output, and nothing else there."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker
from typer.core import TyperGroup
from typer.main import get_command

from recobro.cli.main import app
from tests.cli.conftest import Recobro
from tests.oracle.written import written
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of, write
from tests.runs.kept import Kept, kept

pytestmark = pytest.mark.django_db

DAY = ("--as-of", "2026-03-31")
OFFICE = ("--role", "office", "--institution", "bank")
USER = ("u", "--role", "risk", "--institution", "bank", "--password-file", "password")

COMMANDS: dict[str, tuple[tuple[str, ...], int, set[str]]] = {
    "load": (("delivery",), 0, {"load", "tables", "findings"}),
    "loads": ((), 0, {"total", "loads"}),
    "findings": ((), 0, {"load", "total", "findings"}),
    "close": (DAY, 0, {"as_of", "standings", "facts_version", "policy", "policy_hash"}),
    "closes": ((), 0, {"total", "closes"}),
    "explain": (("A", *DAY), 0, {"policy", "facts_version", "standing", "floors", "outlook"}),
    "report": (("three-six", *DAY, "--to", "r.html"), 0, {"report", "as_of", "file"}),
    "export standings": ((*DAY, "--to", "s.csv"), 0, {"export", "as_of", "rows", "file"}),
    "export figures": ((*DAY, "--to", "f.csv"), 0, {"export", "as_of", "rows", "file"}),
    "export changes": ((*DAY, "--to", "c.csv"), 0, {"export", "as_of", "rows", "file"}),
    "export findings": (("--to", "f.csv"), 0, {"export", "load", "rows", "file"}),
    "policy check": (("ours.toml",), 0, {"file", "usable", "problems"}),
    "policy show": (("ours.toml",), 0, {"name", "extends", "hash", "keys", "not_built"}),
    "policy rules": ((), 0, {"rules"}),
    "compact": ((), 0, {"folded"}),
    "backup": (("home/backups",), 2, {"refused"}),
    "restore": (("delivery",), 2, {"refused"}),
    "fetch": (("ours.toml",), 2, {"refused"}),
    "doctor": ((), 1, {"verdict", "checks"}),  # there is no backup yet
    "journal verify": ((), 0, {"entries", "breaks"}),
    "journal seal": ((), 0, {"seal", "chains"}),
    "jobs list": ((), 0, {"total", "jobs"}),
    "jobs next": ((), 0, {"job"}),
    "journal list": ((), 0, {"total", "entries"}),
    "worker": (("--once",), 0, {"shown"}),
    "user add": (USER, 0, {"username", "role", "institution"}),
    "user password": (("u", "--password-file", "password"), 0, {"username"}),
    "token add": (("u", "nightly"), 0, {"token", "username", "name", "until_on"}),
    "token list": ((), 0, {"tokens"}),
    "token end": (("u", "nightly"), 0, {"username", "name"}),
    "user post": (("u", *OFFICE), 0, {"username"}),
    "user end-post": (("u", *OFFICE), 0, {"username", "cases"}),
    "user reset-second-factor": (("u",), 2, {"refused"}),
    "user unbind": (("u",), 2, {"refused"}),
    "user end": (("u",), 0, {"username"}),
    "demo": (("--no-serve",), 2, {"refused"}),
}
"""Each command: words that it is run with, its exit code, and names that its summary has."""


ENDLESS = {"serve"}
"""Commands that are no question: it is ended by whoever began it, and has nothing to sum up."""


def commands(group: TyperGroup, *words: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *words, name)
        else:
            yield " ".join((*words, name))


def test_every_command_is_here() -> None:
    root = get_command(app)
    assert isinstance(root, TyperGroup)
    assert {*commands(root)} == {*COMMANDS} | ENDLESS


def answer(recobro: Recobro, command: str) -> tuple[int, set[str]]:
    """Run a command; return its exit code, and which of its names the document has."""
    words, _, names = COMMANDS[command]
    told = recobro(*command.split(), *words, "--json")
    summary: dict[str, Any] = json.loads(told.stdout)
    assert told.stderr
    return told.exit_code, names & set(summary)


def test_each_prints_one_document(
    recobro: Recobro, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "delivery", rows_of(written("2026-01-05 A owes 100.00")))
    (tmp_path / "ours.toml").write_text("[missed]\never = 5\n", encoding="utf-8")
    (tmp_path / "password").write_text("seven lean cows", encoding="utf-8")
    assert recobro("load", "delivery").stdout == ""
    assert recobro("close", *DAY).stdout == ""
    assert {command: answer(recobro, command) for command in COMMANDS} == {
        command: (code, names) for command, (_, code, names) in COMMANDS.items()
    }


QUESTIONS = (
    "loads",
    "findings",
    "closes",
    "explain",
    "policy show",
    "policy rules",
    "doctor",
)


def loaded_and_closed(bank: Bank) -> None:
    bank.load("2026-01-05 A owes 100.00")
    bank.close("2026-03-31")


@pytest.fixture(scope="module")
def once(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Kept:
    """Return that bank, made once."""
    return kept(tmp_path_factory.mktemp("once"), loaded_and_closed, django_db_blocker)


@pytest.mark.parametrize("command", QUESTIONS)
def test_an_answer_gives_way_to_the_document(
    command: str, recobro: Recobro, once: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is asked for goes into a pipe; where that is JSON, its words go beside it."""
    monkeypatch.chdir(tmp_path)
    once.copied(tmp_path)
    (tmp_path / "ours.toml").touch()
    words = (*command.split(), *COMMANDS[command][0])
    answered, told = recobro(*words), recobro(*words, "--json")
    assert answered.stdout
    assert told.stderr == answered.stderr + answered.stdout


def test_a_refusal_is_a_document_too(recobro: Recobro) -> None:
    told = recobro("close", *DAY, "--json")
    why = "Nothing has been loaded yet. Load a delivery first: recobro load PATH"
    assert (told.exit_code, json.loads(told.stdout)) == (2, {"refused": why})
    assert recobro("close", *DAY).stdout == ""


def test_what_is_wrong_in_a_policy(recobro: Recobro, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text("[overdue]\ngrace_day = 3\n", encoding="utf-8")
    told = recobro("policy", "check", file, "--json")
    assert told.exit_code == 2
    assert json.loads(told.stdout) == {
        "file": str(file),
        "usable": False,
        "problems": [
            {
                "file": str(file),
                "line": 2,
                "key": "overdue.grace_day",
                "wrong": "is no key of a policy",
                "meant": "overdue.grace_days",
            }
        ],
    }
