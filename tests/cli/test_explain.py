"""What an officer reads about a loan."""

from pathlib import Path

import pytest

from tests.cli.conftest import Recobro
from tests.oracle.written import written
from tests.runs.delivered import rows_of, write

pytestmark = pytest.mark.django_db


def told(recobro: Recobro, tmp_path: Path, book: str, *words: str) -> list[str]:
    """Load a book, and return the lines that explain a loan of it."""
    recobro("load", write(tmp_path / "delivery", rows_of(written(book))))
    lines: list[str] = recobro("explain", *words).stderr.splitlines()
    return [line.rstrip() for line in lines]


def test_a_loan_in_arrears(recobro: Recobro, tmp_path: Path) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-05 A owes 100.00
    2026-02-20 A pays 140.00 as p1
    """
    book = test_a_loan_in_arrears.__doc__ or ""
    assert told(recobro, tmp_path, book, "A", "--as-of", "2026-03-31") == [
        "Reading the loan's rows",
        "Loan A at the close of 2026-03-31: special_mention",
        "product      farm, credit",
        "borrower     A, of bank",
        "outstanding  60.00 CNY",
        (
            "overdue      60.00 CNY, 54 days past due: instalment 2 fell due on 2026-02-05 and "
            "lacks 60.00 CNY (instalments.csv, row 3 (load 1))"
        ),
        "missed       2 in a row, 2 ever",
        "provision    1.20 CNY",
        "by           policy cn, facts of load 1",
        "",
        "Why",
        "special_mention  days-past-due until 2026-04-01: 54 days past due",
        "                 - instalments.csv, row 3 (load 1)",
        (
            '                 - grades.special_mention_from = 1, overdue.tolerance = "0", '
            "overdue.count_due_day = false, grades.technical_delay_days = 7"
        ),
        "Until: if the arrears are paid on the next day, and what comes due on its day.",
        (
            "Looked at, and not the case: guarantee-matrix, restructured, renewal, contagion, "
            "judgement, cure-hold."
        ),
        "",
        "Instalments due, and what settled them",
        "n      due on   asked  unpaid  settled on  days late  by",
        "──────────────────────────────────────────────────────────────────────",
        "1  2026-01-05  100.00          2026-02-20         45  p1",
        "2  2026-02-05  100.00   60.00           —         54  p1 on 2026-02-20",
        "",
        "What would cure it",
        "  pay 60.00 CNY by 2026-04-01 → normal on 2026-04-01",
        "",
        "If nothing is paid",
        "  it falls to substandard on 2026-05-07 (days-past-due)",
        "  to prevent it: pay 60.00 CNY by 2026-05-06",
    ]


def test_a_loan_that_is_due_today(recobro: Recobro, tmp_path: Path) -> None:
    """
    2026-01-05 A owes 100.00
    """
    book = test_a_loan_that_is_due_today.__doc__ or ""
    lines = told(recobro, tmp_path, book, "A", "--as-of", "2026-01-05")
    assert lines[1] == "Loan A at the close of 2026-01-05: normal"
    assert lines[lines.index("Why") + 1] == "No rule holds the grade down."
    assert "overdue      0.00 CNY" in lines
    assert "1  2026-01-05  100.00  100.00           —" in lines


def test_a_loan_that_is_not_there(recobro: Recobro, tmp_path: Path) -> None:
    """
    2026-01-05 A owes 100.00
    """
    book = test_a_loan_that_is_not_there.__doc__ or ""
    *_, last = told(recobro, tmp_path, book, "B", "--as-of", "2026-01-04")
    assert last == (
        "Refused: There is no loan 'B' in the book after load 1; nothing was explained. "
        "Check the id: it is written as core banking delivers it."
    )
