from pathlib import Path

import pytest

from tests.oracle.book import Book
from tests.oracle.written import written
from tests.runs.bank import Bank


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path)


@pytest.fixture
def book(request: pytest.FixtureRequest) -> Book:
    """Return the book that the docstring of the test writes down."""
    return written(request.function.__doc__)
