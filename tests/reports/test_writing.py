"""A report of a published close, written to a file as a door asks for it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from recobro.reports.catalogue import ReportUnknown
from recobro.reports.render.write import ReportFormUnknown
from recobro.reports.writing import Order, composed, write_report
from tests.runs.bank import Bank

pytestmark = pytest.mark.django_db

BOOK = """
    2026-01-05 A owes 100.00
    2026-02-20 A pays 40.00
"""
ORDER = Order(
    name="bridge",
    as_of=date(2026, 4, 30),
    language="en",
    printed_by="Ann",
    printed_at=datetime(2026, 5, 1, tzinfo=UTC),
)


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    bank = Bank(tmp_path)
    bank.load(BOOK)
    bank.close("2026-04-30")
    return bank


def test_what_is_not_named_is_usual(bank: Bank) -> None:
    """A bridge begins at the start of the year and is the whole bank's."""
    usual = composed(home=bank.home, order=ORDER)
    named = replace(ORDER, since=date(2025, 12, 31), institution_id="bank")
    assert composed(home=bank.home, order=named) == usual
    later = composed(home=bank.home, order=replace(ORDER, since=date(2026, 3, 31)))
    assert [one.sentences for one in (usual, later)] == [
        (f"From 0 on {day} to 60 on 30 April 2026: +60. In cash 0 were recovered.",)
        for day in ("31 December 2025", "31 March 2026")
    ]


def test_a_report_is_written_and_each_step_told(bank: Bank, tmp_path: Path) -> None:
    steps: list[str] = []
    to = tmp_path / "new" / "bridge.html"
    write_report(home=bank.home, order=ORDER, to=to, progress=lambda step, *_: steps.append(step))
    assert to.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (steps[0], steps[-1]) == ("figures", "write")


def test_a_wrong_word_is_refused_before_the_arithmetic(bank: Bank, tmp_path: Path) -> None:
    steps: list[str] = []
    order, to = ORDER, tmp_path / "bridge.doc"
    with pytest.raises(ReportFormUnknown):
        write_report(home=bank.home, order=order, to=to, progress=lambda *_: steps.append("any"))
    with pytest.raises(ReportUnknown):
        write_report(home=bank.home, order=replace(order, name="bridges"), to=to)
    assert (steps, to.exists()) == ([], False)
