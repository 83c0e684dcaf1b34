"""What an officer reads about a loan."""

from pathlib import Path

import pytest

from tests.cli.conftest import Recobro
from tests.oracle.written import written
from tests.runs.delivered import rows_of, write

pytestmark = pytest.mark.django_db


def told(recobro: Recobro, tmp_path: Path, book: str, *words: str) -> list[str]:
    """Load a book, and return the lines that explain a loan of it: the refusal where it is one."""
    recobro("load", write(tmp_path / "delivery", rows_of(written(book))))
    ran = recobro("explain", *words)
    assert ran.stderr.startswith("Reading the loan's rows\n")
    lines = (ran.stderr if ran.exit_code else ran.stdout).splitlines()
    return [line.rstrip() for line in lines]


def test_a_loan_in_arrears(recobro: Recobro, tmp_path: Path) -> None:
    """
    2026-01-05 A owes 100.00
    2026-02-05 A owes 100.00
    2026-02-20 A pays 140.00 as p1
    """
    book = test_a_loan_in_arrears.__doc__ or ""
    assert told(recobro, tmp_path, book, "A", "--as-of", "2026-03-31") == [
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
    assert lines[0] == "Loan A at the close of 2026-01-05: normal"
    assert lines[lines.index("Why") + 1] == "No rule holds the grade down."
    assert "overdue      0.00 CNY" in lines
    assert "1  2026-01-05  100.00  100.00           —" in lines


@pytest.mark.parametrize(
    ("left", "says"),
    [
        ("2026-03-01 A closed as sold", "normal, sold on 2026-03-01"),
        ("2026-03-01 A written off", "normal, written off on 2026-03-01"),
        (
            "2026-03-01 A written off\n2026-03-02 A closed as sold",
            "normal, written off on 2026-03-01",
        ),
        ("2026-03-02 A written off\n2026-03-01 A closed as sold", "normal, sold on 2026-03-01"),
        ("2026-04-01 A written off", "normal"),
    ],
)
def test_a_loan_that_has_left_says_how(
    left: str, says: str, recobro: Recobro, tmp_path: Path
) -> None:
    """
    2026-01-05 A owes 100.00; A pays; then it leaves the balance sheet, in time or later
    """
    book = f"2026-01-05 A owes 100.00\n2026-01-05 A pays 100.00\n{left}"
    lines = told(recobro, tmp_path, book, "A", "--as-of", "2026-03-31")
    assert lines[0] == f"Loan A at the close of 2026-03-31: {says}"


def test_a_loan_of_which_nothing_is_due_yet(recobro: Recobro, tmp_path: Path) -> None:
    """
    2026-01-05 A lends 100.00
    2026-04-05 A owes 100.00
    """
    book = test_a_loan_of_which_nothing_is_due_yet.__doc__ or ""
    lines = told(recobro, tmp_path, book, "A", "--as-of", "2026-03-31")
    assert "No instalment has fallen due yet." in lines
    assert "What would cure it" not in lines
    assert lines[-3:] == [
        "If nothing is paid",
        "  it falls to special_mention on 2026-04-06 (days-past-due)",
        "  to prevent it: pay 100.00 CNY by 2026-04-05",
    ]


def test_a_loan_that_is_wholly_paid_does_not_fall(recobro: Recobro, tmp_path: Path) -> None:
    """
    2026-01-05 A owes 100.00
    2026-01-05 A pays 100.00
    """
    book = test_a_loan_that_is_wholly_paid_does_not_fall.__doc__ or ""
    lines = told(recobro, tmp_path, book, "A", "--as-of", "2026-03-31")
    assert lines[-1].split() == ["1", "2026-01-05", "100.00", "2026-01-05", "A/001"]


def test_a_rule_names_few_of_its_rows_and_counts_the_others(
    recobro: Recobro, tmp_path: Path
) -> None:
    """
    2025-01-05 A lends 100.00 to company Acme
    2026-01-05 A owes 100.00

    Seven more loans of the company are 85 days late as well; B is on time.
    """
    others = [f"2026-01-05 A{n} lends 10.00 to company Acme" for n in range(7)]
    others += [f"2026-01-05 A{n} owes 10.00" for n in range(7)]
    on_time = [
        "2026-01-05 B lends 10.00 to company Acme",
        *(f"2026-0{month}-05 B restructured" for month in range(1, 4)),
        "2027-01-05 B owes 10.00",
    ]
    judged = [f"2026-02-0{n} B judged use_changed" for n in range(1, 8)]
    doc = test_a_rule_names_few_of_its_rows_and_counts_the_others.__doc__ or ""
    book = "\n".join([doc, *others, *on_time, *judged])
    lines = told(recobro, tmp_path, book, "B", "--as-of", "2026-03-31")
    (at,) = [n for n, line in enumerate(lines) if "judgement: judged" in line]
    shown = [line.strip() for line in lines[at + 1 : at + 7]]
    assert shown[:5] == [f"- judgements.csv, row {n} (load 1)" for n in range(2, 7)]
    assert shown[5] == "- and 2 more rows"


def test_a_bank_s_own_word_stands_beside_the_grade(
    recobro: Recobro, home: Path, tmp_path: Path
) -> None:
    """
    2026-01-05 A owes 100.00
    """
    home.mkdir()
    (home / "policy.toml").write_text('extends = "in"\n', encoding="utf-8")
    book = test_a_bank_s_own_word_stands_beside_the_grade.__doc__ or ""
    lines = told(recobro, tmp_path, book, "A", "--as-of", "2026-03-31")
    assert lines[0] == "Loan A at the close of 2026-03-31: special_mention (SMA-2)"


def test_a_loan_without_a_standing_yet(recobro: Recobro, tmp_path: Path) -> None:
    """
    2026-01-05 A owes 100.00
    """
    book = test_a_loan_without_a_standing_yet.__doc__ or ""
    *_, last = told(recobro, tmp_path, book, "A", "--as-of", "2026-01-04")
    assert last == (
        "Refused: A is disbursed on 2026-01-05 and has no standing on 2026-01-04: "
        "ask for 2026-01-05 or a later day"
    )


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
