from datetime import date

from hypothesis import HealthCheck, given, settings

from tests.engine.shelf import opened, shelves
from tests.engine.workbench import standings_of
from tests.oracle.book import Book
from tests.oracle.rules import Rules
from tests.oracle.standing import standings
from tests.oracle.strategies import policies


@settings(
    max_examples=15,
    suppress_health_check=[
        HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example
    ],
)  # fmt: skip
@given(shelf=shelves(), rules=policies())
def test_every_column_of_a_standing_is_what_the_rules_say(
    shelf: tuple[Book, date], rules: Rules
) -> None:
    book, on = shelf
    with opened() as duck:
        assert standings_of(book, on, rules, duck) == standings(book, on, rules)
