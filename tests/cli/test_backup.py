"""Backup and restore as people start them: processes with a database of their own."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from benchmarks.postgres_server import ADDRESS
from tests.oracle.written import written
from tests.runs.delivered import rows_of, write
from tests.runs.program import PATIENCE, PROGRAM

BOOK = "2026-01-05 A owes 100.00\n2026-02-20 A pays 40.00 as p1"

Ran = subprocess.CompletedProcess[str]
Program = Callable[..., Ran]


def program(folder: Path, **told: str) -> Program:
    """Return the program, run in a folder, with nothing of the tests' own settings."""
    own = {
        name: v for name, v in os.environ.items() if not name.startswith(("RECOBRO", "DATABASE"))
    }

    def run(*words: object, **more: str) -> Ran:
        return subprocess.run(  # noqa: S603 - our own program
            [*PROGRAM, *map(str, words)],
            cwd=folder,
            env=own | told | more,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    return run


def lived(recobro: Program, folder: Path) -> None:
    """Load and close a bank, give somebody an account, and seal that."""
    write(folder / "delivery", rows_of(written(BOOK)))
    (folder / "password").write_text("seven lean cows", encoding="utf-8")
    role = ("--role", "management", "--institution", "bank", "--password-file", "password")
    for words in (
        ("load", "delivery"),
        ("close", "--as-of", "2026-03-31"),
        ("worker", "--once"),
        ("user", "add", "boss", *role),
        ("journal", "seal"),
    ):
        told = recobro(*words)
        assert told.returncode == 0, told.stderr


@dataclass(frozen=True)
class Store:
    """A folder with a bank, and a backup of it in `store`."""

    folder: Path
    recobro: Program
    told: Ran

    @property
    def made(self) -> Path:
        """The folder of the backup."""
        return self.folder / str(told_by(self.told)["backup"])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("banks")
    recobro = program(folder)
    lived(recobro, folder)
    return Store(folder, recobro, recobro("backup", "store", "--json"))


def told_by(told: Ran) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads(told.stdout)
    return summary


def test_there_and_back(store: Store) -> None:
    assert (store.told.returncode, told_by(store.told)["missing"]) == (0, [])
    first, key = store.told.stderr.splitlines()[-2:]
    assert first.startswith(f"store/{store.made.name} is a backup: ")
    assert key.startswith("The key of the seals is not in it: keep a copy of ")
    back = store.recobro(
        *("restore", store.made, "--home", "new"),
        *("--journal-key", "bank/journal-key", "--json"),
    )
    assert back.returncode == 0, back.stderr
    summary = told_by(back)
    assert summary["journal"] == {"entries": 3, "unsealed": 1, "breaks": []}
    assert {one["verdict"] for one in summary["checks"]} == {"well"}
    assert summary["checks"][-1]["says"].startswith("restored 20")
    assert "All is well." in back.stderr


def test_without_the_key_the_journal_is_not_proved(store: Store) -> None:
    back = store.recobro("restore", store.made, "--home", "keyless", "--json")
    assert (back.returncode, told_by(back)["journal"]) == (1, None)
    assert "The journal is not proved: the key of its seals is in no backup." in back.stderr


def test_a_backup_is_checked_and_nothing_made(store: Store) -> None:
    told = store.recobro("restore", store.made, "--check", "--home", "nowhere", "--json")
    assert (told.returncode, (store.folder / "nowhere").exists()) == (0, False)
    assert told.stderr.splitlines()[-1].startswith(f"{store.made} is whole: ")
    assert told_by(told)["files"] == told_by(store.told)["files"]


def test_what_is_lost_is_told(store: Store) -> None:
    shutil.copytree(store.folder / "bank", store.folder / "lossy")
    shutil.rmtree(store.folder / "lossy" / "closes")
    told = store.recobro("backup", "lost", "--home", "lossy", "--json")
    missing = told_by(told)["missing"]
    assert (told.returncode, len(missing)) == (1, 3)
    assert told.stderr.splitlines()[-1] == (
        f"{missing[0]} and 2 more could not be copied: the database names it, and it is not there."
        " See what else is wrong: recobro doctor --home lossy"
    )


def test_a_bank_that_is_not_there_is_not_made(store: Store) -> None:
    told = store.recobro("backup", "store", "--home", "typo")
    assert (told.returncode, (store.folder / "typo").exists()) == (2, False)


@pytest.fixture
def database() -> Iterator[Callable[[str], str]]:
    """Return a function that makes an empty PostgreSQL database, and tells its address."""
    address = os.environ.get(ADDRESS)
    if not address or not shutil.which("pg_dump"):
        pytest.skip("no PostgreSQL server is named, or its programs are not installed")
    made = []

    def make(name: str) -> str:
        made.append(f"{name}_{os.getpid()}")
        with psycopg.connect(address, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{made[-1]}"')
        return f"{address.rpartition('/')[0]}/{made[-1]}"

    yield make
    with psycopg.connect(address, autocommit=True) as server:
        for name in made:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_on_postgresql(tmp_path: Path, database: Callable[[str], str]) -> None:
    ours, new = (f"{database(name)}?application_name=bank%20of%20us" for name in ("ours", "new"))
    recobro = program(tmp_path, DATABASE_URL=ours)
    lived(recobro, tmp_path)
    made = tmp_path / told_by(recobro("backup", "store", "--json"))["backup"]
    words = ("restore", made, "--home", "new", "--journal-key", "bank/journal-key", "--json")
    full = recobro(*words)
    assert "has tables already. Nothing was made" in told_by(full)["refused"]
    kind = recobro(*words, DATABASE_URL="")
    assert "The backup has a postgresql database" in told_by(kind)["refused"]
    back = recobro(*words, DATABASE_URL=new)
    assert back.returncode == 0, back.stderr
    assert told_by(back)["journal"] == {"entries": 3, "unsealed": 1, "breaks": []}
    none = recobro("backup", "store", "--json", PATH="/nowhere")
    assert "pg_dump is not installed" in told_by(none)["refused"]
    (tmp_path / "bin").mkdir()
    broken = tmp_path / "bin" / "pg_dump"
    broken.write_text("#!/bin/sh\necho 'server is newer.' >&2\nexit 1\n", encoding="ascii")
    broken.chmod(0o755)
    failed = recobro("backup", "store", "--json", PATH=f"{broken.parent}:/bin:/usr/bin")
    assert told_by(failed)["refused"] == ("pg_dump gave up: server is newer. Nothing of it counts.")
    assert [each.name for each in (tmp_path / "store").iterdir()] == [made.name]
