"""Every code: what it says, where, and what becomes of the row's money."""

from dataclasses import dataclass, field
from datetime import date

import pytest
import xlsxwriter

from recobro.intake.account import Money
from recobro.intake.findings import MESSAGES, REJECTIONS
from tests.intake.conftest import BANK, Bank, header

LOAN = "C,Ana,B1,farm,CNY,300.00,0.05,2026-01-01,2026-04-01,credit,S1"
ONLY_A = "\n".join(BANK["loans"].splitlines()[:2]) + "\n"
REVERSES = header("payments").strip() + ",reverses\n"
LEDGER = "institution_id,on,currency,item,amount\n"


@dataclass(frozen=True)
class Case:
    """A delivery to the sound book, its finding of the code, and rows and money of its table.

    `where` is row, column and value; `rows` are read, accepted, rejected; so is `money`, in cents.
    """

    table: str
    text: str
    where: tuple[int | None, str | None, str | None]
    message: str
    rows: tuple[int, int, int] = (1, 0, 1)
    money: tuple[int, int, int] | None = None
    options: dict[str, object] = field(default_factory=dict)
    also: dict[str, str] = field(default_factory=dict)
    file: str | None = None
    currency: str = "CNY"


def loan(old: str, new: str) -> str:
    assert old in LOAN
    return header("loans") + LOAN.replace(old, new) + "\n"


def paid(row: str) -> str:
    return header("payments") + row + "\n"


def schedule(*rows: str) -> str:
    return header("instalments") + "\n".join(rows) + "\n"


MARCH: dict[str, object] = {"delivered_on": date(2026, 3, 31)}
CASES = {
    "missing-value": Case(
        "loans",
        loan("farm", " "),
        (2, "product", None),
        "product is empty. Fill it in and deliver the row again.",
        money=(30000, 0, 30000),
    ),
    "bad-date": Case(
        "payments",
        paid("P3,A,01/02/2026,5"),
        (2, "paid_on", "01/02/2026"),
        "paid_on says '01/02/2026', which is no date from 1900 on. Write it as YYYY-MM-DD.",
        money=(500, 0, 500),
    ),
    "bad-amount": Case(
        "payments",
        paid('P3,A,2026-02-01,"1.234,50"'),
        (2, "amount", "1.234,50"),
        "amount says '1.234,50', which is no amount. Write digits with a decimal point and nothing"
        " else, such as 1234.50; a payment is more than zero.",
    ),
    "bad-text": Case(
        "payments",
        header("payments").strip() + ",payer\nP3,A,2026-02-02,5,\x1b]0;Li\x07Wei\n",
        (2, "payer", "\x1b]0;Li\x07Wei"),
        "payer holds a control character, which cannot be written. Remove it and deliver the row"
        " again.",
        money=(500, 0, 500),
    ),
    "bad-number": Case(
        "loans",
        loan("0.05", "5%"),
        (2, "annual_rate", "5%"),
        "annual_rate says '5%', which is no number that it can take. Correct it.",
        money=(30000, 0, 30000),
    ),
    "too-many-decimals": Case(
        "payments",
        paid("P3,A,2026-02-01,5.005"),
        (2, "amount", "5.005"),
        "amount says '5.005': more decimals than it can have. Deliver the amount as core banking"
        " books it; nothing is rounded here.",
    ),
    "negative-amount": Case(
        "instalments",
        schedule("A,1,2026-02-01,300,-1"),
        (2, "interest_due", "-1"),
        "interest_due says '-1'. Negative amounts (capitalised interest, revolving lines) are not"
        " covered; cancel a payment by a row that names it in reverses.",
        money=(29900, 0, 29900),
    ),
    "unknown-code": Case(
        "loans",
        loan("credit", "friendship"),
        (2, "guarantee", "friendship"),
        "guarantee says 'friendship'. Use one of: credit, guarantee, mortgage, pledge.",
        money=(30000, 0, 30000),
    ),
    "currency-unknown": Case(
        "loans",
        loan("CNY", "RMB"),
        (2, "currency", "RMB"),
        "currency says 'RMB', which is no currency of ISO 4217, such as CNY.",
    ),
    "currency-changed": Case(
        "loans",
        header("loans") + BANK["loans"].splitlines()[1].replace("CNY", "EUR") + "\n",
        (2, "currency", "EUR"),
        "currency says 'EUR', but the book has the loan in CNY, and amounts of it that were"
        " delivered in that would stay. Deliver loans, instalments, payments and securities"
        " together in full, or the loan under a number of its own.",
        currency="EUR",
        money=(30000, 0, 30000),
    ),
    "duplicate-row": Case(
        "payments",
        paid("P3,A,2026-02-01,5\nP3,A,20260201,5.00"),
        (3, None, "P3"),
        "The row says the same as row 2, which stands for both. Deliver it once.",
        rows=(2, 1, 1),
        money=(1000, 500, 500),
    ),
    "parent-missing": Case(
        "payments",
        paid("P3,Z,2026-02-01,5"),
        (2, "loan_id", "Z"),
        "loan_id names 'Z', but loans has no such row, neither in this delivery nor in the book."
        " Deliver it, and this row again.",
    ),
    "parent-rejected": Case(
        "payments",
        paid("P3,C,2026-02-01,5"),
        (2, "loan_id", "C"),
        "loan_id names 'C', and that row of loans was rejected. Correct it, and deliver both"
        " again.",
        money=(500, 0, 500),
        also={"loans": loan("farm", "")},
    ),
    "set-rejected": Case(
        "instalments",
        schedule("A,1,2026-02-01,100,1", "A,2,soon,200,1"),
        (2, "loan_id", "A"),
        "Another instalment of loan 'A' was rejected, so its whole schedule was; the earlier one"
        " stays. Correct that row and deliver the schedule whole.",
        rows=(2, 0, 2),
        money=(30200, 0, 30200),
    ),
    "reversal-without-payment": Case(
        "payments",
        REVERSES + "P3,A,2026-02-02,5,P1\n",
        (2, "reverses", "P1"),
        "reverses names 'P1', but that payment has another amount. Name the payment that this row"
        " cancels, with the same loan and amount.",
        money=(500, 0, 500),
    ),
    "due-before-disbursement": Case(
        "instalments",
        schedule("A,1,2025-12-31,300,1"),
        (2, "due_on", "2025-12-31"),
        "due_on says '2025-12-31', before the loan was disbursed on 2026-01-01. Correct one of the"
        " two dates.",
        money=(30100, 0, 30100),
    ),
    "instalment-gap": Case(
        "instalments",
        schedule("A,1,2026-02-01,100,1", "A,3,2026-03-01,200,1"),
        (3, "n", "A"),
        "The schedule of loan 'A' jumps from instalment 1 (2026-02-01) to 3 (2026-03-01). The"
        " numbers decide the order; check that none is missing.",
        rows=(2, 2, 0),
        money=(30200, 30200, 0),
    ),
    "schedule-does-not-add-up": Case(
        "instalments",
        schedule("A,1,2026-02-01,299.99,1"),
        (2, "principal_due", "A"),
        "Loan 'A' was disbursed with 300.00, its instalments ask for 299.99 of principal. Check the"
        " schedule.",
        rows=(1, 1, 0),
        money=(30099, 30099, 0),
    ),
    "payment-before-disbursement": Case(
        "payments",
        paid("P3,A,2025-12-31,5"),
        (2, "paid_on", "A"),
        "Loan 'A' was paid on 2025-12-31, before it was disbursed on 2026-01-01. Check the dates.",
        rows=(1, 1, 0),
        money=(500, 500, 0),
    ),
    "payment-in-the-future": Case(
        "payments",
        paid("P3,A,2026-04-01,5"),
        (2, "paid_on", "2026-04-01"),
        "The payment is dated 2026-04-01, after this delivery (2026-03-31). It counts from that day"
        " on; check the date.",
        rows=(1, 1, 0),
        money=(500, 500, 0),
        options=MARCH,
    ),
    "history-rewritten": Case(
        "instalments",
        schedule("A,1,2026-02-02,300,1"),
        (2, None, "A"),
        "Instalment 1 of loan 'A', due on 2026-02-01, was dropped or changed although it is past."
        " Repeat past instalments as they were asked.",
        rows=(1, 1, 0),
        money=(30100, 30100, 0),
        options=MARCH,
    ),
    "balance-differs-from-core": Case(
        "loans",
        header("loans").strip()
        + ",outstanding_principal\n"
        + BANK["loans"].splitlines()[1]
        + ",199.99\n",
        (2, "outstanding_principal", "A"),
        "Loan 'A' owes 200.00 of principal by its instalments and payments, core banking says"
        " 199.99 on 2026-03-31. Find the missing rows.",
        rows=(1, 1, 0),
        money=(30000, 30000, 0),
        options=MARCH,
    ),
    "ledger-differs": Case(
        "ledger",
        LEDGER + "B1,2026-03-31,CNY,loans,301\n",
        (2, "amount", "B1"),
        "The general ledger of 'B1' says 301.00 CNY of loans on 2026-03-31, the loans below it owe"
        " 300.00. Find the difference.",
        rows=(1, 1, 0),
    ),
    "unknown-reference": Case(
        "loans",
        loan("S1", "S9"),
        (2, "staff_id", "S9"),
        "staff_id names 'S9', which is not known in staff. The cell was emptied; the row counts.",
        rows=(1, 1, 0),
        money=(30000, 30000, 0),
    ),
    "unknown-column": Case(
        "payments",
        header("payments").strip() + ",colour\nP3,A,2026-02-01,5,red\n",
        (None, None, "colour"),
        "No column of payments is called 'colour'; it was not read. Rename it if it is one of:"
        " source, payer, reverses.",
        rows=(1, 1, 0),
        money=(500, 500, 0),
    ),
    "unknown-file": Case(
        "",
        "x\n",
        (None, None, "notes.csv"),
        "'notes.csv' is no table of the loan book; it was not read.",
        also={"notes": "x\n", "staff": BANK["staff"]},
        file="notes.csv",
    ),
    "loan-vanished": Case(
        "loans",
        ONLY_A,
        (None, None, "B"),
        "Loan 'B' was in the book and this full delivery has no row of it that counts, so it leaves"
        " the book; its case stays open. Deliver it again if that is wrong.",
        rows=(1, 1, 0),
        money=(30000, 30000, 0),
        options={"kind": "full", "accept_drop": 1},
    ),
    "rows-vanished": Case(
        "payments",
        "".join(BANK["payments"].splitlines(keepends=True)[:2]),
        (None, None, "B"),
        "Loan 'B' had rows of payments in the book and has none in this full delivery. Deliver them"
        " again if that is wrong.",
        rows=(1, 1, 0),
        money=(10100, 10100, 0),
        options={"kind": "full", "accept_drop": 1},
    ),
}
"""Those of a single file of text beside the sound book.

A formula's error needs a workbook, and a reversed payment one in the book: test_reversals.
"""


def test_every_code_has_a_case() -> None:
    assert {*CASES} | {"formula-error", "payment-reversed"} == {*MESSAGES}


@pytest.mark.parametrize("code", CASES)
def test_what_a_finding_says(book: Bank, code: str) -> None:
    case = CASES[code]
    texts = case.also | ({case.table: case.text} if case.table else {})
    book.deliver(texts, **({"kind": "delta"} | case.options))
    row, column, value = case.where
    assert [found for found in book.rows(book.last.findings) if found["code"] == code] == [
        {
            "code": code,
            "table": case.table,
            "file": case.file or f"{case.table}.csv",
            "row": row,
            "column": column,
            "value": value,
            "message": case.message,
            "warning": code not in REJECTIONS,
        }
    ]
    if case.table:
        account = book.last.tables[case.table].account
        assert (account.read, account.accepted, account.rejected) == case.rows
        money = {case.currency: Money(*case.money)} if case.money else {}
        assert account.money == money


def test_a_formula_without_a_result(book: Bank) -> None:
    path = book.folder / "delivery.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("payments")
        sheet.write_row(0, 0, header("payments").strip().split(","))
        sheet.write_row(1, 0, ["P3", "A"])
        sheet.write_formula(1, 2, "=Gone!A1", None, "#REF!")
        sheet.write_number(1, 3, 5)
    book.read(path, kind="delta")
    assert book.rows(book.last.findings) == [
        {
            "code": "formula-error",
            "table": "payments",
            "file": "delivery.xlsx, sheet payments",
            "row": 2,
            "column": "paid_on",
            "value": "#REF!",
            "message": "paid_on says '#REF!' in place of a formula's result. Have the workbook"
            " computed and saved again, or write the value itself.",
            "warning": False,
        }
    ]
    assert book.last.tables["payments"].account.money == {"CNY": Money(500, 0, 500)}
