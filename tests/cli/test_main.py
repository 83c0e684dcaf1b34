"""What ends a command that nobody foresaw, or that cannot write its file."""

import json
from importlib.metadata import version
from pathlib import Path

import pytest

from recobro.cli import main
from tests.cli.conftest import Recobro


def test_a_fault_stops_a_nightly_script(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault() -> None:
        raise ZeroDivisionError

    program = main.Program()
    program.command()(fault)
    monkeypatch.setattr("sys.argv", ["recobro"])
    with pytest.raises(SystemExit) as ended:
        program()
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("Traceback (most recent call last):\n")
    assert told.err.splitlines()[-2:] == [
        "ZeroDivisionError",
        (
            "This is a fault of the program: please report it with the lines above. "
            "What was loaded and published before is as it was."
        ),
    ]


def test_the_version_is_that_of_the_package(recobro: Recobro, home: Path) -> None:
    told = recobro("--version")
    assert (told.exit_code, told.stdout, told.stderr) == (0, f"recobro {version('recobro')}\n", "")
    assert not home.exists()


@pytest.mark.parametrize(
    "command", [("export", "figures"), ("export", "standings"), ("report", "bridge")], ids=" ".join
)
def test_a_file_that_cannot_be_written_is_refused_first(
    command: tuple[str, ...], recobro: Recobro, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    to = tmp_path / "file" / "below" / "figures.xlsx"
    told = recobro(*command, "--as-of", "2026-03-31", "--to", to, "--json")
    assert told.exit_code == 2
    assert json.loads(told.stdout) == {
        "refused": f"{to} cannot be written: Not a directory. Nothing was written. "
        "Name another file with --to, or give this user the right to write there."
    }


def test_a_folder_is_no_file(recobro: Recobro, tmp_path: Path) -> None:
    told = recobro("export", "findings", "--to", tmp_path)
    assert told.exit_code == 2
    assert f"{tmp_path} cannot be written: Is a directory." in told.stderr
