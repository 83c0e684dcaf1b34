"""A book of many loans, made in bulk."""

from datetime import date, timedelta

from tests.runs.delivered import Row
from tests.runs.shown import TREE

LOANS = 3_000
BORROWERS = 1_500
LATE = 600
"""Of the loans; every tenth is in another currency."""


def many() -> dict[str, list[Row]]:
    """Return a book of many loans, some of them late for one to sixty days."""
    on = date(2026, 3, 31)
    place = ("hill", "mill", "west")
    return {
        "institutions": TREE,
        "staff": [{"staff_id": "s1", "name": "S", "institution_id": "west", "active": True}],
        "borrowers": [
            {"borrower_id": f"b{n:04}", "kind": "person", "name": f"Person {n}"}
            for n in range(BORROWERS)
        ],
        "loans": [
            {"loan_id": f"L{n:04}", "borrower_id": f"b{n % BORROWERS:04}"}
            | {"institution_id": place[n % 3], "product": f"product {n % 7}"}
            | {"currency": "USD" if n % 10 == 0 else "CNY", "principal": 1_000 + n}
            | {"annual_rate": 0, "disbursed_on": date(2026, 1, 1), "guarantee": "credit"}
            | {"matures_on": date(2026, 12, 1)}
            for n in range(LOANS)
        ],
        "instalments": [
            {"loan_id": f"L{n:04}", "n": 1, "principal_due": 1_000 + n}
            | {"due_on": on - timedelta(days=1 + n % 60) if n < LATE else date(2026, 12, 1)}
            | {"interest_due": 0, "fees_due": 0}
            for n in range(LOANS)
        ],
    }
