"""A bank that is made once, and given anew to each test: its home, and the rows of its database."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models, transaction
from pytest_django import DjangoDbBlocker

from tests.runs.bank import Bank

Rows = dict[type[models.Model], list[Any]]


@dataclass(frozen=True)
class Kept:
    """A bank's home, and the rows of its database."""

    home: Path
    rows: Mapping[type[models.Model], list[Any]]

    def put(self) -> None:
        """Write the rows into the database of a test."""
        for model, rows in self.rows.items():
            models.QuerySet(model).bulk_create(rows)

    def copied(self, folder: Path) -> Bank:
        """Put the rows, and return the bank with a home of its own below a folder."""
        self.put()
        shutil.copytree(self.home, folder / "home")
        return Bank(folder)


def every_row() -> Rows:
    """Return all rows of the project's own models."""
    own = [model for model in apps.get_models() if model.__module__.startswith("recobro.")]
    return {model: list(models.QuerySet(model)) for model in own}


def kept(folder: Path, make: Callable[[Bank], None], blocker: DjangoDbBlocker) -> Kept:
    """Make a bank in a folder, and return it; none of its rows stays in the database."""
    bank = Bank(folder)
    with blocker.unblock(), transaction.atomic():
        make(bank)
        rows = every_row()
        transaction.set_rollback(True)
    return Kept(bank.home.path, rows)
