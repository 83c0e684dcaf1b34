"""The facts at one version: opened when they are asked for, and only then."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from recobro.engine.backends.duck import Duck
from recobro.engine.tables import FACTS
from recobro.lake import Lake
from recobro.runs import facts


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[Duck]:
    with Duck(tmp_path / "duck") as made:
        yield made


def opened(duck: Duck) -> int:
    """Return how many tables the backend was asked to read."""
    query = "SELECT count(*)::integer FROM duckdb_views() WHERE NOT internal"
    (number,) = duck.connection.raw_sql(query).fetchone()
    return int(number)


def test_a_table_is_opened_once_and_when_it_is_asked_for(duck: Duck, tmp_path: Path) -> None:
    """A lake without a table: loans are asked for twice, payments once, the others never."""
    book = facts.tables(Lake(tmp_path / "lake"), {}, duck)
    assert ([*book], "loans" in book, "deposits" in book) == ([*FACTS], True, False)
    assert (len(book), opened(duck)) == (len(FACTS), 0)
    assert book["loans"] is book["loans"]
    assert duck.number(book["payments"].count()) == 0
    assert opened(duck) == 2


def test_a_table_that_there_is_not_cannot_be_opened(duck: Duck, tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="deposits"):
        facts.tables(Lake(tmp_path / "lake"), {}, duck)["deposits"]
