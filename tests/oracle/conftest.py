import pytest

from tests.oracle.book import Book
from tests.oracle.written import written


@pytest.fixture
def book(request: pytest.FixtureRequest) -> Book:
    """Return the book that the docstring of the test writes down."""
    return written(request.function.__doc__)
