from collections.abc import Iterator

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from recobro.cli.main import app
from tests.cli.conftest import Recobro


def commands(group: TyperGroup, *words: str) -> Iterator[tuple[str, ...]]:
    yield words
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *words, name)
        else:
            yield (*words, name)


ROOT = get_command(app)
assert isinstance(ROOT, TyperGroup)


@pytest.mark.parametrize("words", [*commands(ROOT)], ids=" ".join)
def test_every_command_tells_what_it_does(words: tuple[str, ...], recobro: Recobro) -> None:
    told = recobro(*words, "--help")
    assert (told.exit_code, told.stderr) == (0, "")
    usage, _, about, *_ = told.stdout.splitlines()
    assert usage.strip().startswith(f"Usage: recobro {' '.join(words)}".strip())
    assert about.strip().endswith((".", ":")) or len(about.strip()) > 60


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("close", "--as-of", "31/03/2026"), "'--as-of'"),
        (("close", "--as-of", "2026-02-30"), "'--as-of'"),
        (("close", "--as-of", "2026-03-31", "--backend", "abacus"), "'--backend'"),
        (("load", ".", "--kind", "half"), "'--kind'"),
        (("load", ".", "--mapping", "no-such.toml"), "'--mapping'"),
        (("load", ".", "--delivered-on", "today"), "'--delivered-on'"),
    ],
)
def test_a_wrong_word_is_named(words: tuple[str, ...], wrong: str, recobro: Recobro) -> None:
    told = recobro(*words)
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.splitlines()[-1].startswith(f"Error: Invalid value for {wrong}")
