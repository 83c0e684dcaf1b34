from dataclasses import FrozenInstanceError, fields

import pytest

from recobro.terms.finding import Finding


def test_a_finding_rejects_its_row_unless_it_warns() -> None:
    finding = Finding("bad-date", "loans", "loans.csv", 2, "due_on", "31/02", "There is no 31/02.")
    assert [field.name for field in fields(finding)] == [
        "code",
        "table",
        "file",
        "row",
        "column",
        "value",
        "message",
        "warning",
    ]
    assert finding.warning is False


def test_a_finding_does_not_change() -> None:
    finding = Finding("ledger-differs", "ledger", "ledger.csv", None, None, None, "…", warning=True)
    with pytest.raises(FrozenInstanceError):
        finding.code = "other"  # type: ignore[misc]  # the point of the test
