import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from recobro.cli.main import app

Recobro = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the bank's folder, named by the environment; rights of new files are as before."""
    monkeypatch.setenv("RECOBRO_HOME", str(tmp_path / "home"))
    mask = os.umask(0o022)
    yield tmp_path / "home"
    os.umask(mask)


@pytest.fixture
def recobro(home: Path) -> Recobro:
    """Return the program: it takes words and returns exit_code, stdout and stderr.

    What is typed into it is `input`.
    """
    assert not home.exists()
    return lambda *words, input=None: CliRunner().invoke(  # noqa: A006 - as typer calls it
        app, [str(word) for word in words], input=input
    )
