"""Codes that a single cell or row brings about, in deltas against a sound book."""

from typing import Any

from tests.intake.conftest import BANK, Bank, header

LOAN = "{},Ana,B1,farm,CNY,300.00,0.05,2026-01-01,2026-04-01,credit,S1"


def deliver(book: Bank, table: str, *rows: str) -> list[tuple[Any, ...]]:
    return book.deliver({table: header(table) + "\n".join(rows) + "\n"}, kind="delta")


def loans(*changes: tuple[str, str]) -> list[str]:
    """Return a row for each change of the loan above."""
    return [LOAN.format(f"C{n}").replace(*change) for n, change in enumerate(changes, 2)]


def test_a_sound_delivery_is_taken_whole(bank: Bank) -> None:
    assert bank.deliver(BANK) == []
    assert {name: taken.account.accepted for name, taken in bank.last.tables.items()} == {
        "institutions": 2,
        "staff": 1,
        "borrowers": 2,
        "loans": 2,
        "instalments": 5,
        "payments": 2,
    }


def test_bad_cells_of_a_loan(book: Bank) -> None:
    cases = [
        ("farm", "", "missing-value", "product", None),
        ("farm", "  ", "missing-value", "product", None),
        ("CNY", "ABC", "currency-unknown", "currency", "ABC"),
        ("CNY", "cny", "currency-unknown", "currency", "cny"),
        ("300.00", "", "missing-value", "principal", None),
        ("300.00", '"300,00"', "bad-amount", "principal", "300,00"),
        ("300.00", "3e2", "bad-amount", "principal", "3e2"),
        ("300.00", "+300", "bad-amount", "principal", "+300"),
        ("300.00", "300.", "bad-amount", "principal", "300."),
        ("300.00", ".5", "bad-amount", "principal", ".5"),
        ("300.00", "1234567890123456", "bad-amount", "principal", "1234567890123456"),
        ("300.00", "300.001", "too-many-decimals", "principal", "300.001"),
        ("300.00", "-300.00", "negative-amount", "principal", "-300.00"),
        ("0.05", "5%", "bad-number", "annual_rate", "5%"),
        ("0.05", "0.0500001", "too-many-decimals", "annual_rate", "0.0500001"),
        ("2026-01-01", "01/01/2026", "bad-date", "disbursed_on", "01/01/2026"),
        ("2026-01-01", "2026-02-30", "bad-date", "disbursed_on", "2026-02-30"),
        ("2026-01-01", "2026-1-1", "bad-date", "disbursed_on", "2026-1-1"),
        ("2026-01-01", "infinity", "bad-date", "disbursed_on", "infinity"),
        ("credit", "friendship", "unknown-code", "guarantee", "friendship"),
        ("Ana", "Eve", "parent-missing", "borrower_id", "Eve"),
        ("B1", "B9", "parent-missing", "institution_id", "B9"),
    ]
    found = deliver(book, "loans", *loans(*((old, new) for old, new, *_ in cases)))
    assert found == [
        (code, "loans", row, column, value)
        for row, (_, _, code, column, value) in enumerate(cases, 2)
    ]
    account = book.last.tables["loans"].account
    assert (account.read, account.accepted, account.rejected) == (22, 0, 22)


def test_amounts_that_are_read(book: Bank) -> None:
    """Surplus zeros are fine, and the largest amount keeps every digit."""
    written = ["300", "300.1", "300.1000", " 300.00 ", "0.00", "-0.00", "999999999999999.99"]
    assert deliver(book, "loans", *loans(*(("300.00", amount) for amount in written))) == []
    assert book.taken("loans", "principal") == [
        (30000,),
        (30010,),
        (30010,),
        (30000,),
        (0,),
        (0,),
        (99999999999999999,),
    ]


def test_digits_of_the_currency(book: Bank) -> None:
    amounts = ["JPY,300", "JPY,300.00", "KWD,0.125", "KWD,7", "JPY,300.5", "KWD,0.1255"]
    assert deliver(book, "loans", *loans(*(("CNY,300.00", told) for told in amounts))) == [
        ("too-many-decimals", "loans", 6, "principal", "300.5"),
        ("too-many-decimals", "loans", 7, "principal", "0.1255"),
    ]
    assert book.taken("loans", "currency", "principal") == [
        ("JPY", 300),
        ("JPY", 300),
        ("KWD", 125),
        ("KWD", 7000),
    ]


def test_dates_that_are_read(book: Bank) -> None:
    dates = ["2026-01-01", "20260101", "46023"]
    assert deliver(book, "loans", *loans(*(("2026-01-01", day) for day in dates))) == []
    assert [str(day) for (day,) in book.taken("loans", "disbursed_on")] == ["2026-01-01"] * 3


def test_every_bad_cell_of_a_row_is_told(book: Bank) -> None:
    row = LOAN.format("C").replace("300.00", "x").replace("credit", "y")
    assert deliver(book, "loans", row) == [
        ("unknown-code", "loans", 2, "guarantee", "y"),
        ("bad-amount", "loans", 2, "principal", "x"),
    ]
    assert book.last.tables["loans"].account.rejected == 1
    assert book.messages()[0] == (
        "guarantee says 'y'. Use one of: credit, guarantee, mortgage, pledge."
    )


def test_bad_cells_of_instalments_reject_the_schedule(book: Bank) -> None:
    """Capitalised interest is not covered; nothing falls due before a loan is disbursed."""
    rows = ["A,1,2026-02-01,100,1", "A,2,2026-03-01,-1,1", "B,0,2026-03-01,1,1", "B,1.5,soon,1,1"]
    assert deliver(book, "instalments", *rows) == [
        ("set-rejected", "instalments", 2, "loan_id", "A"),
        ("negative-amount", "instalments", 3, "principal_due", "-1"),
        ("bad-number", "instalments", 4, "n", "0"),
        ("bad-date", "instalments", 5, "due_on", "soon"),
        ("bad-number", "instalments", 5, "n", "1.5"),
    ]
    assert deliver(book, "instalments", "B,1,2025-12-31,100,1", "B,2,2026-01-01,100,1") == [
        ("due-before-disbursement", "instalments", 2, "due_on", "2025-12-31"),
        ("set-rejected", "instalments", 3, "loan_id", "B"),
    ]


def test_a_payment_is_more_than_zero(book: Bank) -> None:
    rows = ["P3,A,2026-02-01,0", "P4,A,2026-02-01,0.00", "P5,A,2026-02-01,-1"]
    assert deliver(book, "payments", *rows) == [
        ("bad-amount", "payments", 2, "amount", "0"),
        ("bad-amount", "payments", 3, "amount", "0.00"),
        ("negative-amount", "payments", 4, "amount", "-1"),
    ]


def test_flags(book: Bank) -> None:
    assert deliver(book, "staff", "S2,Han Mei,B1,TRUE", "S3,Jim,B1,yes") == [
        ("unknown-code", "staff", 3, "active", "yes")
    ]
    assert book.taken("staff", "staff_id", "active") == [("S2", True)]


def test_coordinates_and_shares(book: Bank) -> None:
    people = "borrower_id,kind,name,latitude,longitude\nCai,person,Cai,31.5,-120.25\n"
    people += "Dan,person,Dan,91,0\n"
    obligors = "loan_id,borrower_id,role,share\nA,Dan,guarantor,0.5\nA,Cai,spouse,1.2\n"
    assert book.deliver({"borrowers": people, "obligors": obligors}, kind="delta") == [
        ("bad-number", "borrowers", 3, "latitude", "91"),
        ("parent-rejected", "obligors", 2, "borrower_id", "Dan"),
        ("bad-number", "obligors", 3, "share", "1.2"),
    ]
    assert book.taken("borrowers", "latitude", "longitude") == [(31.5, -120.25)]


def test_defaults(book: Bank) -> None:
    delivery = {
        "collateral": "collateral_id,kind,description,value,currency,valued_on\n"
        "H,house,brick,500,CNY,2026-01-01\n",
        "securities": "collateral_id,loan_id\nH,A\n",
        "borrowers": "borrower_id,kind,name,household_id\nCai,person,Cai,\n",
        "instalments": header("instalments") + "A,1,2026-04-01,300,1\n",
    }
    assert book.deliver(delivery, kind="delta") == []
    assert book.taken("securities", "loan_no", "rank") == [(1, 1)]
    assert book.taken("instalments", "fees_due") == [(0,)]
    assert book.taken("borrowers", "household_id") == [("Cai",)]


def test_judgements(book: Bank) -> None:
    cases = [
        (",,grade,loss", "S1", "missing-value", "loan_id", None),
        ("A,,grade,awful", "S1", "unknown-code", "value", "awful"),
        ("A,,grade,", "S1", "unknown-code", "value", None),
        ("A,,ecl_share,1.5", "S1", "bad-number", "value", "1.5"),
        (",Eve,evasion,", "S1", "parent-missing", "borrower_id", "Eve"),
        ("A,,evasion,", "S9", "unknown-reference", "staff_id", "S9"),
    ]
    rows = [f"J{n},{told},2026-02-01,found out,{by}\n" for n, (told, by, *_) in enumerate(cases)]
    rows += ["K1,A,,grade,loss,2026-02-01,found out,S1\n", "K2,,Bao,evasion,,2026-02-01,lied,S1\n"]
    columns = "judgement_id,loan_id,borrower_id,kind,value,from_on,reason,staff_id\n"
    assert book.deliver({"judgements": columns + "".join(rows)}, kind="delta") == [
        (code, "judgements", row, column, value)
        for row, (_, _, code, column, value) in enumerate(cases, 2)
    ]
    assert book.taken("judgements", "judgement_id", "loan_no", "staff_id") == [
        ("J5", 1, None),
        ("K1", 1, "S1"),
        ("K2", None, "S1"),
    ]
