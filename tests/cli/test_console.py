"""Progress: a bar on a terminal, plain lines elsewhere."""

import os
import pty
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recobro.backups.record import Record, keep, last_backup_file
from recobro.cli.console import Steps, console, say, show, table
from tests.oracle.written import written
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of
from tests.runs.program import PATIENCE, PROGRAM, environment, run

WORDS = {"settle": "Settling payments", "grade": "Grading every loan"}


def test_plain_lines_name_each_step_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Steps(WORDS) as progress:
        progress("settle", 0, 3)
        progress("settle", 1, 3)
        progress("grade", 0, 1)
        monkeypatch.setattr(Steps, "EVERY", -1)
        progress("grade", 1, 2)
        progress("companies", 2, 2)
    assert capsys.readouterr().err.splitlines() == [
        "Settling payments",
        "Grading every loan",
        "Grading every loan, 1 of 2",
        "Grading every loan: companies, 2 of 2",
    ]


def test_no_text_commands_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An escape that a delivered text holds is gone, in a line and a cell; a line's end stays."""
    odd = "Li\x1b]0;x\x07 \x9b2J\rWei"
    say(f"{odd}\n{odd}")
    shown = table()
    shown.add_column("name")
    shown.add_row(odd)
    show(shown)
    monkeypatch.setattr(console, "_force_terminal", True)
    show(shown)
    told = capsys.readouterr().err
    assert told.count("Li]0;x 2JWei") == 4
    assert {*"\x07\x9b\r"} & {*told} == set()


def in_a_terminal(bank: Bank, *words: str, **more: str) -> str:
    """Run a command with a terminal of its own; return all that it wrote there.

    Both outputs are the terminal's, as they are where a person sits.
    """
    leader, follower = pty.openpty()
    with subprocess.Popen(  # noqa: S603 - our own program
        [*PROGRAM, *words],
        env=environment(bank) | {"TERM": "xterm", "COLUMNS": "100"} | more,
        stdin=follower,
        stdout=follower,
        stderr=follower,
    ) as running:
        os.close(follower)
        written = b""
        try:
            while piece := os.read(leader, 4096):
                written += piece
        except OSError:
            pass  # the terminal's other end is closed: the program has ended
        assert running.wait(PATIENCE) == 0
    os.close(leader)
    return written.decode()


@pytest.fixture
def loaded(tmp_path: Path) -> Bank:
    """Return a bank with a loan, loaded by the program into its own database."""
    bank = Bank(tmp_path)
    delivery = bank.deliver(rows_of(written("2026-01-05 A owes 100.00")))
    told = run(bank, "load", delivery)
    assert told.returncode == 0
    assert told.stderr.splitlines()[:3] == [
        "Reading the delivery",
        "Writing the book",
        "Settling payments",
    ]
    return bank


def test_a_terminal_gets_a_bar_and_a_pipe_gets_lines(loaded: Bank, tmp_path: Path) -> None:
    close = ("close", "--as-of", "2026-03-31")
    terminal = in_a_terminal(loaded, *close)
    assert "Grading every loan" in terminal
    assert "━━━━" in terminal
    assert "\x1b[" in terminal

    piped = run(loaded, *close)
    assert (piped.returncode, piped.stdout) == (0, "")
    *steps, closed, same = piped.stderr.splitlines()
    assert closed.startswith("Closed 2026-03-31: 1 loan, ")
    assert same.startswith("It says the same as the close of ")
    assert steps == [
        "Settling payments",
        "Grading every loan",
        "Adding up the figures",
        "Checking",
        "Publishing",
    ]
    assert "━" not in piped.stderr

    file = str(tmp_path / "standings.xlsx")
    export = in_a_terminal(loaded, "export", "standings", *close[1:], "--to", file)
    assert "Writing the file" in export


def test_no_colours_where_none_are_wanted(loaded: Bank) -> None:
    """All is well, the last backup too."""
    now = datetime.now(tz=UTC)
    keep(last_backup_file(loaded.home), Record(now, now, "store"))
    coloured = in_a_terminal(loaded, "doctor")
    plain = in_a_terminal(loaded, "doctor", NO_COLOR="1")
    assert ("\x1b[32m" in coloured, "\x1b[32m" in plain) == (True, False)


def test_a_pipe_that_cannot_write_a_letter_gets_its_number(
    loaded: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    told = run(loaded, "explain", "A", "--as-of", "2026-03-31")
    assert (told.returncode, told.stderr) == (0, "Reading the loan's rows\n")
    assert "\\u2192 normal on " in told.stdout


def test_whoever_reads_may_go_before_all_is_said(loaded: Bank) -> None:
    """A pipe of which nobody reads a letter: the command ends as if all had been read."""
    reader, writer = os.pipe()
    os.close(reader)
    told = subprocess.run(  # noqa: S603 - our own program
        [*PROGRAM, "loads"],
        env=environment(loaded),
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        timeout=PATIENCE,
    )
    os.close(writer)
    assert (told.returncode, told.stderr) == (0, b"")
