"""How far a load, a close and an export are: each part that is done is told."""

from importlib import import_module
from pathlib import Path

import pytest

from recobro.runs import exports
from tests.oracle.book import Book
from tests.runs.bank import Bank
from tests.runs.delivered import rows_of

pytestmark = pytest.mark.django_db

Told = list[tuple[str, int, int]]


def test_parts_of_the_book(
    bank: Bank, book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 B owes 100.00
    2026-01-05 C owes 100.00
    """
    for step, loans in (("settle", 1), ("close", 2)):
        module = import_module(f"recobro.runs.operations.{step}")
        monkeypatch.setattr(module, "LOANS_AT_ONCE", loans)
    told: Told = []

    def progress(step: str, done: int, of: int) -> None:
        told.append((step, done, of))

    bank.load(rows_of(book), progress=progress)
    assert [one for one in told if one[0] in {"write", "settle"}] == [
        ("write", 0, 1),
        ("settle", 0, 1),
        ("settle", 0, 3),
        ("settle", 1, 3),
        ("settle", 2, 3),
    ]
    told.clear()
    made = bank.close("2026-03-31", progress=progress)
    assert told == [
        ("settle", 0, 1),
        ("standings", 0, 1),
        ("standings", 0, 4),
        ("standings", 1, 4),
        ("standings", 2, 4),
        ("standings", 3, 4),
        ("figures", 0, 1),
        ("checks", 0, 1),
        ("publish", 0, 1),
    ]
    told.clear()
    exports.standings(
        home=bank.home, as_of=made.as_of, to=tmp_path / "standings.xlsx", progress=progress
    )
    assert told == [("write", 0, 1), ("write", 0, 3)]
