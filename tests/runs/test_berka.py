"""A real bank's loans, in the layout of its own extract."""

from pathlib import Path

import pytest

from recobro.policy import parse
from tests.runs.bank import Bank
from tests.shared import shared

MAPPING = Path(__file__).parents[2] / "examples" / "berka" / "mapping.toml"


@pytest.mark.django_db
def test_one_loan_of_a_czech_bank_is_in_arrears(bank: Bank) -> None:
    policy = parse('[overdue]\ntolerance = "5.00"\n')
    load = bank.load(shared("data", "berka"), mapping=MAPPING, policy=policy)
    rows = {
        name: (one["read"], one["accepted"], one["rejected"]) for name, one in load.tables.items()
    }
    assert rows == {
        "institutions": (78, 78, 0),
        "borrowers": (4500, 4500, 0),
        "loans": (682, 682, 0),
        "instalments": (24888, 24888, 0),
        "payments": (123, 123, 0),
    }
    close = bank.close("1994-03-31", policy=policy)
    late = [row for row in bank.published(close) if row["days_past_due"]]
    assert close.standings == 38
    assert [(row["loan_id"], row["overdue_amount"], row["days_past_due"]) for row in late] == [
        ("5314", 6426380, 231)
    ]
