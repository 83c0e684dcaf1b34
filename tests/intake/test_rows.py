"""Rows against other rows: parents, copies, sets, reversals, references."""

import pytest

from recobro.engine.tables import FACTS
from recobro.intake.account import Money
from recobro.intake.duplicates import KeyConflict
from recobro.intake.tables.institutions import InstitutionsInCircle, SeveralRoots
from tests.intake.conftest import BANK, Bank, changed, with_row


def test_rejection_goes_down_the_tables(bank: Bank) -> None:
    found = bank.deliver(changed("borrowers", "Bao,person", "Bao,alien"))
    assert found == [
        ("unknown-code", "borrowers", 3, "kind", "alien"),
        ("parent-rejected", "loans", 3, "borrower_id", "Bao"),
        ("parent-rejected", "instalments", 5, "loan_id", "B"),
        ("parent-rejected", "instalments", 6, "loan_id", "B"),
        ("parent-rejected", "payments", 3, "loan_id", "B"),
    ]
    accounts = {name: taken.account for name, taken in bank.last.tables.items()}
    assert accounts["loans"].money == {"CNY": Money(50000, 30000, 20000)}
    assert accounts["instalments"].money == {"CNY": Money(50500, 30300, 20200)}
    assert accounts["payments"].money == {"CNY": Money(20200, 10100, 10100)}


def test_less_than_nothing_is_an_amount(bank: Bank) -> None:
    """Read and rejected: −5.25 and nothing; 0.001 is more than a sum in fen can say."""
    rows = "P3,A,2026-02-01,-5.25\nP4,A,2026-02-01,0\nP5,A,2026-02-01,0.001"
    assert [code for code, *_ in bank.deliver(with_row("payments", rows))] == [
        "negative-amount",
        "bad-amount",
        "too-many-decimals",
    ]
    account = bank.last.tables["payments"].account
    assert (account.rejected, account.unreadable) == (3, 1)
    assert account.money == {"CNY": Money(19675, 20200, -525)}


def test_amounts_that_cannot_be_read_are_counted_apart(bank: Bank) -> None:
    bank.deliver(with_row("payments", "P3,A,2026-02-01,x\nP4,Z,2026-02-01,5"))
    account = bank.last.tables["payments"].account
    assert (account.read, account.accepted, account.rejected, account.unreadable) == (4, 2, 2, 2)
    assert account.money == {"CNY": Money(20200, 20200, 0)}


def test_an_institution_falls_with_its_parent(bank: Bank) -> None:
    more = "R1,XX,Region,region\nB2,R1,Hill branch,branch\nB3,HO,Lake,lake\nB4,B3,Pier,sub_branch"
    assert bank.deliver(with_row("institutions", more)) == [
        ("parent-missing", "institutions", 4, "parent_id", "XX"),
        ("parent-rejected", "institutions", 5, "parent_id", "R1"),
        ("unknown-code", "institutions", 6, "kind", "lake"),
        ("parent-rejected", "institutions", 7, "parent_id", "B3"),
    ]


def test_one_root(bank: Bank) -> None:
    with pytest.raises(SeveralRoots, match="H2, HO all have an empty parent_id"):
        bank.deliver(with_row("institutions", "H2,,Other head,head_office"))


def test_no_circle(bank: Bank) -> None:
    with pytest.raises(InstitutionsInCircle, match="B2 → B3 → B2"):
        bank.deliver(with_row("institutions", "B2,B3,Two,branch\nB3,B2,Three,branch"))


@pytest.mark.parametrize(
    ("table", "row", "key"),
    [
        ("payments", "P1,A,2026-02-01,x", "payments.csv: rows 2 and 4 have .*payment_id P1"),
        ("instalments", "A,1,2026-02-01,100,-1", "instalments.csv: rows 2 and 7 .*loan_id A, n 1"),
        ("instalments", "A,1,2026-02-02,100,1", "instalments.csv: rows 2 and 7 .*loan_id A, n 1"),
        ("instalments", "A,01,soon,100,1", "instalments.csv: rows 2 and 7 .*loan_id A, n 1"),
        ("payments", "P3,A,soon,5\nP3,A,later,5", "payments.csv: rows 4 and 5 .*payment_id P3"),
        ("payments", "P3,Z,2026-02-01,5\nP3,Z,2026-02-01,6", "payments.csv: rows 4 and 5 .* P3"),
        ("instalments", "Z,1,soon,5,1\nZ,01,soon,6,1", "instalments.csv: rows 7 and 8 .* Z, n 1"),
    ],
)
def test_two_rows_of_one_key(bank: Bank, table: str, row: str, key: str) -> None:
    """They refuse the delivery, also where one of them cannot be read; the file is named."""
    with pytest.raises(KeyConflict, match=f"^{key}"):
        bank.deliver(with_row(table, row))


def test_a_copy_is_rejected_once(bank: Bank) -> None:
    copies = "P1,A,2026-02-01,101.0\nP1,A,20260201,101"
    assert bank.deliver(with_row("payments", copies)) == [
        ("duplicate-row", "payments", 4, None, "P1"),
        ("duplicate-row", "payments", 5, None, "P1"),
    ]
    assert bank.messages()[0] == (
        "The row says the same as row 2, which stands for both. Deliver it once."
    )
    assert bank.last.tables["payments"].account.money == {"CNY": Money(40400, 20200, 20200)}


def test_rows_of_one_key_are_each_told_what_is_wrong(bank: Bank) -> None:
    """P3 says twice that A paid 5.00 some day, and P4 that Z did, whom nobody knows."""
    rows = "P3,A,soon,5\nP3,A,soon,5.00\nP4,Z,soon,5\nP4,Z,soon,5"
    assert bank.deliver(with_row("payments", rows)) == [
        ("bad-date", "payments", 4, "paid_on", "soon"),
        ("bad-date", "payments", 5, "paid_on", "soon"),
        ("parent-missing", "payments", 6, "loan_id", "Z"),
        ("bad-date", "payments", 6, "paid_on", "soon"),
        ("parent-missing", "payments", 7, "loan_id", "Z"),
        ("bad-date", "payments", 7, "paid_on", "soon"),
    ]
    account = bank.last.tables["payments"].account
    assert (account.read, account.accepted, account.rejected) == (6, 2, 4)


def test_rows_without_a_key_are_no_copies(bank: Bank) -> None:
    assert bank.deliver(with_row("payments", ",A,2026-02-02,5\n,A,2026-02-03,6")) == [
        ("missing-value", "payments", 4, "payment_id", None),
        ("missing-value", "payments", 5, "payment_id", None),
    ]


def test_a_copy_of_a_row_that_is_rejected(bank: Bank) -> None:
    """The copy is told that it is one, and its first what is wrong with both."""
    payments = f"{REVERSED}Q,A,2026-02-02,7,P9\nQ,A,20260202,7.0,P9\n"
    assert bank.deliver(BANK | {"payments": payments}) == [
        ("reversal-without-payment", "payments", 4, "reverses", "P9"),
        ("duplicate-row", "payments", 5, None, "Q"),
    ]
    assert bank.last.tables["payments"].account.money == {"CNY": Money(12200, 10800, 1400)}


def test_a_copy_of_an_instalment_leaves_the_schedule(bank: Bank) -> None:
    assert bank.deliver(with_row("instalments", "A,3,2026-04-01,100,1")) == [
        ("duplicate-row", "instalments", 7, None, "A, 3")
    ]
    assert bank.taken("instalments", "loan_no", "n", "row") == [
        (1, 1, 2),
        (1, 2, 3),
        (1, 3, 4),
        (2, 1, 5),
        (2, 2, 6),
    ]


def test_one_key_and_two_contents_refuse(bank: Bank) -> None:
    with pytest.raises(KeyConflict, match=r"rows 2 and 4 have the same key \(payment_id P1\)"):
        bank.deliver(with_row("payments", "P1,A,2026-02-01,99"))


def test_references_to_nobody_are_emptied(bank: Bank) -> None:
    loans = BANK["loans"].replace("staff_id\n", "staff_id,replaces_loan_id\n")
    loans = loans.replace("credit,S1\nB", "credit,S9,B\nB").replace("S1\n", "S1,Z\n")
    assert bank.deliver(BANK | {"loans": loans}) == [
        ("unknown-reference", "loans", 2, "staff_id", "S9"),
        ("unknown-reference", "loans", 3, "replaces_loan_id", "Z"),
    ]
    assert bank.taken("loans", "loan_id", "staff_id", "replaces_loan_id") == [
        ("A", None, "B"),
        ("B", "S1", None),
    ]
    assert bank.last.rejected == 0


REVERSED = "payment_id,loan_id,paid_on,amount,reverses\nP1,A,2026-02-01,101,\nP2,B,2026-02-01,7,\n"


def test_a_reversal_cancels_one_payment_once(book: Bank) -> None:
    cases = {
        "R1,A,2026-02-02,101,P9": "there is no such payment",
        "R2,B,2026-02-02,101,P1": "that is a payment of another loan",
        "R3,A,2026-02-02,100,P1": "that payment has another amount",
        "R4,A,2026-01-31,101,P1": "that payment was made later",
        "R5,A,2026-02-02,101,Q": "that row is a reversal itself",
        "R6,A,2026-02-02,101,P1": "another reversal cancels it already",
    }
    payments = f"{REVERSED}Q,A,2026-02-01,101,P1\n" + "\n".join(cases) + "\n"
    assert book.deliver({"payments": payments}) == [
        ("reversal-without-payment", "payments", row, "reverses", told.rsplit(",", 1)[1])
        for row, told in enumerate(cases, 5)
    ]
    for told, message in zip(cases.values(), book.messages(), strict=True):
        assert f"but {told}." in message


def test_a_sound_reversal(bank: Bank) -> None:
    assert bank.deliver(BANK | {"payments": f"{REVERSED}Q,A,2026-02-01,101,P1\n"}) == []
    assert bank.taken("payments", "payment_id", "reverses") == [
        ("P1", None),
        ("Q", "P1"),
        ("P2", None),
    ]


def test_a_reversal_of_a_rejected_payment(bank: Bank) -> None:
    payments = f"{REVERSED}P3,A,soon,5,\nQ,A,2026-02-01,5,P3\n"
    assert bank.deliver(BANK | {"payments": payments}) == [
        ("bad-date", "payments", 4, "paid_on", "soon"),
        ("reversal-without-payment", "payments", 5, "reverses", "P3"),
    ]


def test_a_delta_reverses_a_payment_of_the_book(book: Bank) -> None:
    columns = "payment_id,loan_id,paid_on,amount,reverses\n"
    rows = "Q,A,2026-02-05,101,P1\nR,A,2026-02-05,101,P3\n"
    assert book.deliver({"payments": columns + rows}, kind="delta") == [
        ("reversal-without-payment", "payments", 3, "reverses", "P3")
    ]
    assert book.taken("payments", "payment_id") == [("Q",)]


def test_rows_lie_in_order_and_loans_are_numbered_by_id(bank: Bank) -> None:
    rows = BANK["loans"].splitlines()
    shuffled = "\n".join([rows[0], rows[2], rows[1], ""])
    bank.deliver(BANK | {"loans": shuffled})
    assert bank.taken("loans", "loan_no", "loan_id", "row") == [(1, "A", 3), (2, "B", 2)]


def test_staged_tables_have_the_columns_of_the_book(bank: Bank) -> None:
    bank.deliver(BANK)
    for name, taken in bank.last.tables.items():
        staged = bank.connection.read_parquet(taken.path).schema()
        assert {column: str(kind) for column, kind in staged.items()} == {
            column: str(kind).removeprefix("!") for column, kind in FACTS[name].items()
        }
