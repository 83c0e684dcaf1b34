"""A preset's own words for a loan's state, as a close under it publishes them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from recobro.engine import close
from recobro.engine.backends.duck import Duck
from recobro.policy import Policy, parse, preset
from tests.engine.workbench import facts_of
from tests.oracle.written import written


@pytest.fixture
def duck(tmp_path: Path) -> Iterator[Duck]:
    with Duck(tmp_path) as opened:
        yield opened


def words(book: str | None, on: str, policy: Policy, duck: Duck) -> dict[str, tuple[str, str]]:
    """Close a day; return each loan's grade and the policy's own word for it."""
    facts = facts_of(written(book), policy, duck)
    found = close.standings(facts, on=date.fromisoformat(on), policy=policy, desk=duck)
    return {row["loan_id"]: (row["grade"], row["local_grade"]) for row in duck.rows(found)}


def test_europe_counts_from_the_day_after(duck: Duck) -> None:
    """
    2026-06-30 due owes 100.00
    2026-05-31 30 owes 100.00
    2026-05-30 31 owes 100.00
    2026-04-01 90 owes 100.00
    2026-03-31 91 owes 100.00
    2024-04-01 820 owes 100.00
    2024-03-31 821 owes 100.00
    2023-04-02 1185 owes 100.00
    2023-04-01 1186 owes 100.00

    Stage 2 after 30 days, non-performing after 90; both years after that are still NPE.
    """
    book = test_europe_counts_from_the_day_after.__doc__
    assert words(book, "2026-06-30", preset("eu"), duck) == {
        "due": ("normal", "performing"),
        "30": ("normal", "performing"),
        "31": ("special_mention", "underperforming"),
        "90": ("special_mention", "underperforming"),
        "91": ("substandard", "NPE"),
        "820": ("substandard", "NPE"),
        "821": ("doubtful", "NPE"),
        "1185": ("doubtful", "NPE"),
        "1186": ("loss", "NPE"),
    }


@pytest.mark.parametrize(
    ("on", "first", "second"),
    [
        ("2026-03-31", ("special_mention", "SMA-0"), ("normal", "standard")),
        ("2026-04-30", ("special_mention", "SMA-1"), ("special_mention", "SMA-0")),
        ("2026-05-30", ("special_mention", "SMA-2"), ("special_mention", "SMA-1")),
        ("2026-06-29", ("substandard", "NPA sub-standard"), ("special_mention", "SMA-2")),
        ("2027-06-29", ("doubtful", "NPA doubtful"), ("substandard", "NPA sub-standard")),
    ],
)
def test_india_counts_the_due_day(
    on: str, first: tuple[str, str], second: tuple[str, str], duck: Duck
) -> None:
    """
    2026-01-31 A lends 100.00
    2026-03-31 A owes 100.00
    2026-01-31 B lends 100.00
    2026-04-01 B owes 100.00

    The published example: A is overdue at the end of its due date, and B is a day behind it.
    """
    book = test_india_counts_the_due_day.__doc__
    assert words(book, on, preset("in"), duck) == {"A": first, "B": second}


def test_china_has_no_other_words(duck: Duck) -> None:
    """
    2026-03-31 A owes 100.00
    2026-06-30 B owes 100.00
    """
    book = test_china_has_no_other_words.__doc__
    assert words(book, "2026-06-30", preset("cn"), duck) == {
        "A": ("substandard", "substandard"),
        "B": ("normal", "normal"),
    }


FORBORNE = """
    2026-01-05 easy owes 100.00
    2026-01-05 easy pays 100.00
    2026-02-01 easy restructured without difficulty
    2026-08-05 easy owes 100.00
    2026-01-05 hard owes 100.00
    2026-01-05 hard pays 100.00
    2026-02-01 hard restructured
    2026-08-05 hard owes 100.00
    2026-03-31 late owes 100.00
    2026-05-01 late restructured
    2027-03-31 late owes 100.00
    2026-01-05 renewed lends 100.00 instead of easy
    2026-08-05 renewed owes 100.00
"""


def test_europe_sets_the_forborne_apart(duck: Duck) -> None:
    """Restructured in difficulty; late is 91 days past due as well. A renewal is not forborne."""
    assert words(FORBORNE, "2026-06-30", preset("eu"), duck) == {
        "easy": ("normal", "performing"),
        "hard": ("special_mention", "performing forborne"),
        "late": ("substandard", "NPE forborne"),
        "renewed": ("special_mention", "underperforming"),
    }


def test_india_sets_apart_only_what_is_late(duck: Duck) -> None:
    """Special mention without a day past due is standard; late is 92 days past due."""
    assert words(FORBORNE, "2026-06-30", preset("in"), duck) == {
        "easy": ("normal", "standard"),
        "hard": ("special_mention", "standard"),
        "late": ("substandard", "NPA sub-standard"),
        "renewed": ("special_mention", "standard"),
    }


def test_india_finds_a_loss_by_judgement_alone(duck: Duck) -> None:
    """
    2016-07-01 decade owes 100.00
    2026-06-05 A owes 100.00
    2026-06-30 A judged grade loss
    2026-06-05 B owes 100.00
    2026-07-01 B judged grade loss
    """
    book = test_india_finds_a_loss_by_judgement_alone.__doc__
    assert words(book, "2026-06-30", preset("in"), duck) == {
        "decade": ("doubtful", "NPA doubtful"),
        "A": ("loss", "NPA loss"),
        "B": ("special_mention", "SMA-0"),
    }


def test_a_bank_has_words_of_its_own(duck: Duck) -> None:
    """
    2026-06-30 today owes 100.00
    2026-06-29 one owes 100.00
    2026-06-20 ten owes 100.00
    2026-06-19 eleven owes 100.00
    2026-03-31 bad owes 100.00

    The first rule that fits names the loan; where none does, its grade does.
    """
    policy = parse(
        """
local_grades = [
    { name = "short", days_from = 1, days_until = 10 },
    { name = "long", grade = "special_mention", days_until = 90 },
    { name = "early", grade = "normal" },
]
"""
    )
    assert words(test_a_bank_has_words_of_its_own.__doc__, "2026-06-30", policy, duck) == {
        "today": ("normal", "early"),
        "one": ("special_mention", "short"),
        "ten": ("special_mention", "short"),
        "eleven": ("special_mention", "long"),
        "bad": ("substandard", "substandard"),
    }
