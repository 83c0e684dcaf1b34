from datetime import date

import pytest

from recobro.book.models import Bridge, BridgeLoan, Close
from recobro.book.queries.bridges import begins, in_order, moved, summed
from tests.book.shelf import AT, close, institution, loan


def days(*told: str) -> list[Close]:
    return [Close(as_of=date.fromisoformat(on)) for on in told]


@pytest.mark.parametrize(
    ("on", "shown", "expected"),
    [
        ("2026-06-30", ["2026-06-30", "2026-05-31", "2025-12-31", "2024-12-31"], "2025-12-31"),
        ("2026-06-30", ["2026-06-30", "2026-05-31", "2026-04-30", "2024-12-31"], "2026-04-30"),
        ("2026-06-30", ["2026-06-30", "2025-11-30", "2024-12-31"], "2025-11-30"),
        ("2025-12-31", ["2026-06-30", "2025-12-31", "2024-12-31"], "2024-12-31"),
        ("2026-06-30", ["2026-07-31", "2026-06-30"], None),
    ],
)
def test_a_bridge_begins_with_the_year(on: str, shown: list[str], expected: str | None) -> None:
    (looked_at,) = days(on)
    found = begins(looked_at, days(*shown))
    assert (found and str(found.as_of)) == expected


@pytest.mark.django_db
def test_the_loans_of_a_cell_in_order() -> None:
    """
    -3.00 of A and 2.00 of B at a branch; 9.00 of B at another, 5.00 in yen, 7.00 of another item
    """
    here, there = institution("0001"), institution("0002")
    first, last = close("2025-12-31"), close("2026-06-30")
    bridge = Bridge.objects.create(since=first, close=last, made_at=AT)
    a, b = loan("A", here, name="Zoe"), loan("B", here, name="Ann")
    told = [(a, here, "CNY", "new", -3_00), (b, here, "CNY", "new", 2_00)]
    told += [(b, there, "CNY", "new", 9_00), (b, here, "JPY", "new", 5_00)]
    told += [(b, here, "CNY", "sold", 7_00)]
    for of, at, currency, item, amount in told:
        BridgeLoan.objects.create(
            bridge=bridge, loan=of, institution=at, currency=currency, item=item, amount=amount
        )
    rows = moved(bridge, here, "CNY", ["new"])
    assert summed(rows) == (2, -1_00)
    assert summed(moved(bridge, here, "CNY", ["new", "sold"])) == (2, 6_00)
    assert summed(moved(bridge, here, "USD", ["new"])) == (0, 0)
    found = {
        sort: [row.loan.loan_id for row in in_order(rows, sort)]
        for sort in ("amount", "-amount", "borrower", "-borrower", "nonsense", "-", "pk")
    }
    assert found == {
        "amount": ["B", "A"],
        "-amount": ["A", "B"],
        "borrower": ["B", "A"],
        "-borrower": ["A", "B"],
        "nonsense": ["A", "B"],
        "-": ["A", "B"],
        "pk": ["A", "B"],
    }
