from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from tests.engine.shelf import opened, shelves
from tests.engine.workbench import standings_of
from tests.oracle.book import Book
from tests.oracle.rules import Rules
from tests.oracle.standing import standings
from tests.oracle.strategies import policies
from tests.oracle.written import written


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


@pytest.mark.parametrize(
    ("on", "reasons"),
    [("2025-10-07", ("days-past-due", "restructured")), ("2025-10-08", ("days-past-due",))],
)
def test_the_last_start_of_an_observation_says_when_it_ends(
    on: str, reasons: tuple[str, ...]
) -> None:
    """
    2024-01-01 A lends 50.00
    2025-01-05 A restructured
    2025-01-08 A owes 10.00
    2025-01-08 A pays 10.00
    2025-04-08 A owes 10.00
    2025-10-08 A owes 10.00
    2026-01-08 A owes 10.00
    """
    # The miss of April starts it again; two instalments follow where three are asked for, so that
    # the months alone decide, and they are over before the third one after the restructuring.
    book, rules = (
        written(test_the_last_start_of_an_observation_says_when_it_ends.__doc__),
        Rules(restructuring_months=6, restructuring_periods=3),
    )
    with opened() as duck:
        found = standings_of(book, date.fromisoformat(on), rules, duck)
    assert found == standings(book, date.fromisoformat(on), rules)
    assert [row["grade_reasons"] for row in found] == [reasons]
