"""A row is on the disk as soon as it is saved: so must be, by then, the files that it names."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models.signals import pre_save

from recobro.book.models import Close
from recobro.runs.models import Load, Settlement
from recobro.runs.operations import compact
from tests.oracle.book import Book
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[set[str]]]:
    """Return what of the bank each row that is saved would outlive, were the power lost then."""
    safe: set[int] = set()
    found: list[set[str]] = []
    fsync = os.fsync

    def heard(handle: int) -> None:
        fsync(handle)
        safe.add(os.fstat(handle).st_ino)

    def saved(sender: type, **_: Any) -> None:
        if sender in {Load, Settlement, Close}:
            home = bank.home.path
            kept = {
                path for name in ("lake", "loads", "closes") for path in home.glob(f"{name}/**")
            }
            kept |= {file for folder in kept for file in folder.iterdir() if file.is_file()}
            gone = {path for path in kept if path.stat().st_ino not in safe}
            found.append({str(path.relative_to(home)) for path in gone})

    monkeypatch.setattr(os, "fsync", heard)
    pre_save.connect(saved)
    yield found
    pre_save.disconnect(saved)


def test_no_row_outlives_its_files(bank: Bank, book: Book, lost: list[set[str]]) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00 as p1
    """
    rows = rows_of(book)
    bank.load(rows)
    bank.close("2026-03-31")
    bank.load({"payments": [rows["payments"][0] | {"amount": "50.00"}]}, kind="delta")
    bank.close("2026-03-31")
    compact(home=bank.home, files=1)
    # a load and its settlement, a settlement and its close, and what was folded
    assert lost == [set()] * (2 + 2 + 2 + 2 + 2)
