from datetime import date

import pytest

from tests.oracle.book import (
    Book,
    Borrower,
    Instalment,
    Institution,
    Judgement,
    Loan,
    Payment,
    Restructuring,
)
from tests.oracle.written import LineNotUnderstood, written

ON = date(2026, 1, 5)


def test_every_deed(book: Book) -> None:
    """
    2026-01-05 A lends 1.500 KWD to company Acme against mortgage instead of Z
    2026-01-06 A owes 1.5 and interest 0.1 and fees 0.002
    2026-01-05 A pays 0.700 by court as p1
    2026-01-07 A reverses p1
    2026-01-05 A restructured first due 2026-01-06 without difficulty
    2026-01-05 A judged grade loss until 2026-01-06
    2026-01-05 A judged evasion
    2026-01-05 A written off
    2026-01-05 A closed as sold
    """
    due_on, reversed_on = date(2026, 1, 6), date(2026, 1, 7)
    assert book == Book(
        (Institution("bank", None, "head_office"),),
        (Borrower("Acme", "company"),),
        (
            Loan(
                "A",
                "Acme",
                "bank",
                1500,
                ON,
                due_on,
                "KWD",
                "farm",
                "mortgage",
                "Z",
                ON,
                ON,
                "sold",
            ),
        ),
        (Instalment("A", 1, due_on, 1500, 100, 2),),
        (
            Payment("p1", "A", ON, 700, "court"),
            Payment("not p1", "A", reversed_on, 700, reverses="p1"),
        ),
        (Restructuring("A", ON, due_on, difficulty=False),),
        (
            Judgement("j1", "grade", ON, loan_id="A", value="loss", until_on=due_on),
            Judgement("j2", "evasion", ON, loan_id="A"),
        ),
    )


def test_what_is_not_said_is_the_plainest() -> None:
    book = written("The loan of a good year:\n2026-01-05 A owes 1.50\n2026-01-04 A pays 1")
    assert book.loans == (Loan("A", "A", "bank", 150, date(2026, 1, 4), ON),)
    assert book.borrowers == (Borrower("A", "person"),)


def test_a_deed_that_nobody_knows_is_refused() -> None:
    with pytest.raises(LineNotUnderstood, match="'2026-01-05 A flies' is no deed"):
        written("2026-01-05 A flies")
