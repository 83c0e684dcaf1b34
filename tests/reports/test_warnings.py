from dataclasses import replace
from datetime import date

import pytest

from recobro.reports.document import Document, Section, Value
from recobro.reports.language import language
from recobro.reports.locales import LOCALES
from recobro.reports.material import Sign
from recobro.reports.report import compose
from recobro.reports.warnings import WARNINGS
from recobro.terms.grades import Grade
from tests.reports.bank import Bank


def sign(code: str, loan_id: str, day: int, node: str = "1", balance: int = 900_00) -> Sign:
    """Return a sign of June, of 50.00 that payment P shows."""
    return Sign(
        code=code,
        loan_id=loan_id,
        borrower="Ann",
        institution_id=node,
        currency="CNY",
        evidence=f"P{day}",
        happened_on=date(2026, 6, day),
        amount=50_00,
        grade="normal",
        outstanding_principal=balance,
    )


THREE = (
    sign("paid-by-staff", "A", 3),
    sign("paid-by-staff", "A", 9),
    sign("lent-near-payoff", "A", 5),
    sign("lent-near-payoff", "B", 1, node="2", balance=0),
)
"""Staff paid twice for A, which was also lent near a payoff, as was B; B is off balance."""


def composed(*signs: Sign) -> Document:
    return compose(WARNINGS, replace(Bank(), signs=signs), language("en"))


def rows(section: Section) -> list[tuple[Value, ...]]:
    assert section.table is not None
    return [row.cells for row in section.table.rows]


@pytest.mark.parametrize(
    ("signs", "sentence"),
    [
        (THREE, "2 loans with 900 show a sign that is worth a look."),
        (THREE[:2], "1 loan with 900 shows a sign that is worth a look."),
        ((), "No loan shows a sign that would be worth a look."),
    ],
)
def test_the_sentence(signs: tuple[Sign, ...], sentence: str) -> None:
    assert composed(*signs).sentences == (sentence,)


def test_a_loan_with_two_signs_is_at_stake_once() -> None:
    assert rows(composed(*THREE).sections[0]) == [
        ("Lent near a payoff", 2, 2, 900_00),
        ("Paid by staff", 2, 1, 900_00),
        ("Total", 4, 2, 900_00),
    ]


def test_each_institution_has_its_loans_by_sign() -> None:
    assert rows(composed(*THREE).sections[1]) == [
        ("Lakeside branch", 1, 1, 1, 900_00),
        ("Sucursal de Valdeolivas del Monte", 1, 0, 1, 0),
        ("Total", 2, 1, 2, 900_00),
    ]


def test_what_shows_a_sign_stands_beside_it_latest_first() -> None:
    section = composed(*THREE).sections[3]
    assert rows(section) == [
        ("A", "Ann", "Lakeside branch", Grade.NORMAL, "P9", date(2026, 6, 9), 50_00, 900_00),
        ("A", "Ann", "Lakeside branch", Grade.NORMAL, "P3", date(2026, 6, 3), 50_00, 900_00),
        ("Total", "", "", "", "", "", 100_00, ""),
    ]
    assert section.text.endswith("ask for it.")


def test_a_sign_that_nobody_shows_has_no_section() -> None:
    assert [section.title for section in composed(*THREE[:2]).sections] == [
        "By sign",
        "Paid by staff",
    ]
    (section,) = composed().sections
    assert section.table is not None
    assert section.table.empty == "No loan shows such a sign."


@pytest.mark.parametrize("code", LOCALES)
def test_no_word_accuses(code: str) -> None:
    blame = {"fraud", "hidden", "guilty", "fraude", "oculta", "culpa", "舞弊", "掩盖", "违规"}
    texts = language(code).texts
    own = [
        text
        for key, text in texts.items()
        if key.startswith(("ask.", "sign.")) or key.endswith(".warnings")
    ]
    assert len(own) == 12
    assert {word for word in blame for text in own if word in text.lower()} == set()
