import gc
import os
from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "desk")

DATABASES = {"db", "transactional_db"}
"""The fixtures of pytest-django that open the test's database."""


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is asked of SQLite and PostgreSQL: what uses a database, but for a reason."""
    for item in items:
        asks = item.get_closest_marker("django_db") or DATABASES & {*_fixtures(item)}
        if asks and not item.get_closest_marker("one_database"):
            item.add_marker("each_database")


def pytest_collection_finish() -> None:
    """Collect garbage as a command of Recobro does (cli/home.py): it saves a tenth of the time."""
    gc.set_threshold(50_000, 20, 100)
    gc.collect()
    gc.freeze()


def _fixtures(item: pytest.Item) -> list[str]:
    """Return the fixtures of a test, and those that they want."""
    return item.fixturenames if isinstance(item, pytest.Function) else []


@pytest.fixture(scope="session", autouse=True)
def _quickly_hashed() -> Iterator[None]:
    """Let a password's hash cost little: it is meant to take 100 MB and eight threads.

    Servers and commands of their own process hash as they always do.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, least in {"time_cost": 1, "memory_cost": 8, "parallelism": 1}.items():
            patch.setattr(Argon2PasswordHasher, name, least)
        yield
