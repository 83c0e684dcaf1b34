"""The program as people start it: a process of its own, whose database is the one in its home."""

import os
import subprocess
import sys

from tests.runs.bank import Bank

PROGRAM = (sys.executable, "-c", "from recobro.cli.main import app; app()")
PATIENCE = 120
"""Seconds after which a run that is waited for counts as stuck."""


def environment(bank: Bank) -> dict[str, str]:
    """Return what a run is told: its database is the one in its home."""
    told = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return told | {"RECOBRO_HOME": str(bank.home.path)}


def run(
    bank: Bank, *words: object, program: tuple[str, ...] = PROGRAM
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(  # noqa: S603 - our own program
        [*program, *map(str, words)],
        env=environment(bank),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
