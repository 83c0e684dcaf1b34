"""A bank that has all that a folder can have, its backups, and what is restored from them."""

import stat
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from django.db import models

from recobro.backups import operations
from recobro.backups.manifest import Manifest
from recobro.backups.operations.backup import Made
from recobro.journal.operations import seal
from recobro.journal.queries import verify
from recobro.journal.seals import key_of, seal_folder
from recobro.runs.home import Home
from recobro.runs.operations.nightly import Settings, set_nightly
from tests.runs.bank import AT, Bank
from tests.runs.kept import every_row

BOOK = """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00 as p1
    2026-01-05 B owes 100.00
"""
CHOSEN = Settings(on=False, after=time(3), zone="UTC", loads=True, kind="full")


def lived(bank: Bank) -> None:
    """Load twice, close, decide, seal, and put files into the folder as people do."""
    bank.load(BOOK)
    bank.load(BOOK.replace("40.00", "90.00"))
    bank.close("2026-03-31")
    set_nightly(home=bank.home, settings=CHOSEN, by="risk", at=AT)
    home = bank.home.path
    seal(folder=seal_folder(home), key=key_of(home, made=False), at=AT)
    bank.home.policy_file.write_text('extends = "cn"\n', encoding="utf-8")
    for name in ("inbox/2026-04-30-full", "delivered/000001-first", "mappings", "documents/deep"):
        (home / name).mkdir(parents=True)
    for name in (
        *("inbox/2026-04-30-full/loans.csv", "delivered/000001-first/loans.csv"),
        *("mappings/core.toml", "documents/deep/scan.pdf", "secret-key", ".hidden"),
        "unfinished-but-not-the-mark",
    ):
        (home / name).write_text(name, encoding="utf-8")


@dataclass(frozen=True)
class Store:
    """A bank, and the folder that its backups lie in."""

    bank: Bank
    to: Path

    def backup(self, day: int = 1, **options: Any) -> Made:
        """Make the backup of a day of July."""
        at = datetime(2026, 7, day, 2, 30, tzinfo=UTC)
        return operations.backup(home=self.bank.home, to=self.to, at=at, by="shell:op", **options)

    def restore(self, made: Made, name: str = "new", **options: Any) -> tuple[Home, Manifest]:
        """Restore a backup into a new folder."""
        home = Home(self.to.parent / name)
        told = operations.restore(backup=made.folder, home=home, at=AT, by="shell:op", **options)
        return home, told


def files(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    found = (each for each in folder.rglob("*") if each.is_file())
    return {each.relative_to(folder).as_posix(): each.read_bytes() for each in found}


def rows() -> dict[str, list[str]]:
    """Return the rows of every table of the project."""
    told: dict[str, Any] = {
        model.__name__: models.QuerySet(model).values_list() for model in every_row()
    }
    return {name: sorted(map(repr, found)) for name, found in told.items()}


def proved(home: Home, key: Path) -> tuple[int, list[str]]:
    """Return how many entries the journal has, and what is wrong with it."""
    proof = verify(folder=seal_folder(home.path), key=bytes.fromhex(key.read_text().strip()))
    return proof.entries, [f"{one.where}: {one.what}" for one in proof.breaks]


def open_to_others(folder: Path) -> list[str]:
    """Return what below a folder, or the folder itself, others than its user get at."""
    others = stat.S_IRWXG | stat.S_IRWXO
    return [str(each) for each in (folder, *folder.rglob("*")) if each.stat().st_mode & others]
