from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.backups.store import Store, lived
from tests.runs.kept import Kept, kept


@pytest.fixture(scope="module")
def once(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Kept:
    """Return a bank that has all that a folder can have, made once."""
    return kept(tmp_path_factory.mktemp("once"), lived, django_db_blocker)


@pytest.fixture
def store(once: Kept, tmp_path: Path, transactional_db: None) -> Store:
    """Return that bank with a home of its own, and a place for its backups."""
    return Store(once.copied(tmp_path), tmp_path / "store")
