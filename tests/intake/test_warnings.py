"""What is odd but taken."""

from datetime import date

from tests.intake.conftest import BANK, Bank, header

MARCH = date(2026, 3, 31)


def test_numbers_missing(book: Bank) -> None:
    rows = "A,1,2026-02-01,150,1\nA,4,2026-03-01,150,1\nB,2,2026-02-01,200,1\n"
    found = book.deliver({"instalments": header("instalments") + rows}, kind="delta")
    assert found == [
        ("instalment-gap", "instalments", 3, "n", "A"),
        ("instalment-gap", "instalments", 4, "n", "B"),
    ]
    assert book.messages() == [
        (
            "The schedule of loan 'A' jumps from instalment 1 (2026-02-01) to 4 (2026-03-01). "
            "The numbers decide the order; check that none is missing."
        ),
        (
            "The schedule of loan 'B' jumps from instalment – (–) to 2 (2026-02-01). "
            "The numbers decide the order; check that none is missing."
        ),
    ]


def test_due_dates_that_run_backwards(book: Bank) -> None:
    rows = "A,2,2026-02-01,100,1\nA,1,2026-03-01,100,1\nA,3,2026-01-05,100,1\n"
    found = book.deliver({"instalments": header("instalments") + rows}, kind="delta")
    assert found == [("instalment-gap", "instalments", 2, "n", "A")]


def test_a_schedule_that_does_not_add_up(book: Bank) -> None:
    rows = "A,1,2026-02-01,100,1\nA,2,2026-03-01,199.99,1\n"
    found = book.deliver({"instalments": header("instalments") + rows}, kind="delta")
    assert found == [("schedule-does-not-add-up", "instalments", 2, "principal_due", "A")]
    assert book.messages() == [
        (
            "Loan 'A' was disbursed with 300.00, its instalments ask for 299.99 of principal. "
            "Check the schedule."
        )
    ]


def test_a_principal_that_is_no_longer_what_the_schedule_asks_for(book: Bank) -> None:
    """The book has A with 300.00 and B with 200.00, and schedules that ask for as much.

    A is delivered with 310.00, B as it was; then both with schedules, of which A's asks for 310.00.
    """
    loans = {"loans": BANK["loans"].replace("300.00", "310.00")}
    found = [("schedule-does-not-add-up", "loans", 2, "principal", "A")]
    assert book.deliver(loans, kind="delta") == book.deliver(loans) == found
    assert book.messages() == [
        (
            "Loan 'A' was disbursed with 310.00, its instalments ask for 300.00 of principal. "
            "Check the schedule."
        )
    ]
    schedule = BANK["instalments"].replace("A,3,2026-04-01,100", "A,3,2026-04-01,110")
    assert book.deliver(loans | {"instalments": schedule}, kind="delta") == []
    broken = {"instalments": schedule.replace("A,2,2026-03-01", "A,2,soon")}
    assert [each for each in book.deliver(loans | broken) if "add-up" in each[0]] == found


def test_payments_out_of_time(book: Bank) -> None:
    rows = "P3,A,2025-12-31,1\nP4,A,2026-03-31,1\nP5,A,2026-04-01,1\n"
    found = book.deliver({"payments": header("payments") + rows}, kind="delta", delivered_on=MARCH)
    assert found == [
        ("payment-before-disbursement", "payments", 2, "paid_on", "A"),
        ("payment-in-the-future", "payments", 4, "paid_on", "2026-04-01"),
    ]
    assert book.last.tables["payments"].account.accepted == 3


def test_a_past_instalment_changed_or_dropped(book: Bank) -> None:
    """A's instalment of February is moved, B's of February is dropped; both are past."""
    rows = (
        "A,1,2026-02-02,100,1\nA,2,2026-03-01,100,1\nA,3,2026-04-01,100,1\nB,1,2026-03-31,200,1\n"
    )
    delivery = {"instalments": header("instalments") + rows}
    assert book.deliver(delivery, kind="delta", delivered_on=MARCH) == [
        ("history-rewritten", "instalments", 2, None, "A"),
        ("history-rewritten", "instalments", 5, None, "B"),
    ]
    assert book.messages()[0].startswith("Instalment 1 of loan 'A', due on 2026-02-01, was dropped")


def test_a_full_that_lacks_a_whole_schedule(book: Bank) -> None:
    """Cut off after A's schedule, the file has none of B's; that of a loan rejected stays."""
    text = "".join(f"{row}\n" for row in BANK["instalments"].splitlines()[:4])
    assert book.deliver({"instalments": text}, delivered_on=MARCH, accept_drop=1) == [
        ("history-rewritten", "instalments", None, None, "B"),
        ("rows-vanished", "instalments", None, None, "B"),
    ]
    assert book.messages()[0].startswith("Instalment 1 of loan 'B', due on 2026-02-01, was dropped")
    broken = BANK["instalments"].replace("B,2,2026-03-01", "B,2,soon")
    assert [code for code, *_ in book.deliver({"instalments": broken}, delivered_on=MARCH)] == [
        "set-rejected",
        "bad-date",
    ]


def test_the_past_of_a_delivery_without_a_day(book: Bank) -> None:
    """A's loan came on 15 February: its instalment of that month is past, that of March may not be.

    Before that no day is known.
    """
    rows = "A,1,2026-02-02,100,1\nA,2,2026-03-02,100,1\nA,3,2026-04-01,100,1\n"
    delivery = {"instalments": header("instalments") + rows}
    assert book.deliver(delivery, kind="delta") == []
    columns, loan, _ = BANK["loans"].splitlines()
    book.deliver({"loans": f"{columns},delivered_on\n{loan},2026-02-15\n"}, accept_drop=1)
    book.keep()
    assert book.deliver(delivery, kind="delta") == [
        ("history-rewritten", "instalments", 2, None, "A")
    ]
    later = {"instalments": header("instalments") + rows.replace("2026-02-02", "2026-02-01")}
    assert book.deliver(later, kind="delta") == []


def test_the_future_needs_the_day_of_the_delivery(book: Bank) -> None:
    """A payment of 2099 without a day to compare it with, and with that of a loan beside it."""
    payments = header("payments") + "P3,A,2099-12-31,1\n"
    assert book.deliver({"payments": payments}, kind="delta") == []
    columns, loan, _ = BANK["loans"].splitlines()
    loans = f"{columns},delivered_on\n{loan},2026-03-31\n"
    assert book.deliver({"payments": payments, "loans": loans}, kind="delta") == [
        ("payment-in-the-future", "payments", 2, "paid_on", "2099-12-31")
    ]


def test_a_changed_future_is_no_history(book: Bank) -> None:
    """The past repeated as it was asked, April's instalment moved to May."""
    rows = "A,1,2026-02-01,100,1\nA,2,2026-03-01,100,1\nA,3,2026-05-01,100,1\n"
    delivery = {"instalments": header("instalments") + rows}
    assert book.deliver(delivery, kind="delta", delivered_on=MARCH) == []


def test_the_balance_of_core_banking(book: Bank) -> None:
    """A paid 101.00 in February, of which 1.00 interest: 200.00 of 300.00 is left; B 100.00."""
    columns = header("loans").strip() + ",outstanding_principal,delivered_on\n"
    rows = BANK["loans"].splitlines()[1:]
    text = f"{columns}{rows[0]},200.00,2026-03-31\n{rows[1]},99.00,2026-03-31\n"
    assert book.deliver({"loans": text}, kind="delta") == [
        ("balance-differs-from-core", "loans", 3, "outstanding_principal", "B")
    ]
    assert book.messages() == [
        (
            "Loan 'B' owes 100.00 of principal by its instalments and payments, core banking says "
            "99.00 on 2026-03-31. Find the missing rows."
        )
    ]


def test_the_balance_counts_no_reversed_payment(book: Bank) -> None:
    """A's only payment is reversed: all of it is owed."""
    columns = header("loans").strip() + ",outstanding_principal,delivered_on\n"
    loan = BANK["loans"].splitlines()[1]
    payments = "payment_id,loan_id,paid_on,amount,reverses\nR,A,2026-02-09,101,P1\n"
    delivery = {"loans": f"{columns}{loan},300.00,2026-03-31\n", "payments": payments}
    assert book.deliver(delivery, kind="delta") == []


def test_the_ledger(book: Bank) -> None:
    """On 28 February and 31 March A owes 200.00 and B 100.00, all of it in B1 and so below HO.

    On 31 January A owed 300.00 and B 200.00.
    """
    rows = (
        "HO,2026-03-31,CNY,loans,300\nB1,2026-03-31,CNY,loans,301\nB1,2026-03-31,CNY,allowance,9\n"
    )
    rows += "B1,2026-02-28,CNY,loans,1\nB1,2026-01-31,CNY,loans,500\nHO,2026-01-31,EUR,loans,7\n"
    delivery = {"ledger": f"institution_id,on,currency,item,amount\n{rows}"}
    assert book.deliver(delivery, kind="delta") == [
        ("ledger-differs", "ledger", 3, "amount", "B1"),
        ("ledger-differs", "ledger", 5, "amount", "B1"),
        ("ledger-differs", "ledger", 7, "amount", "HO"),
    ]
    assert book.messages() == [
        f"The general ledger of '{node}' says {told} of loans on {on}, the loans below it"
        f" owe {owed}. Find the difference."
        for node, told, on, owed in (
            ("B1", "301.00 CNY", "2026-03-31", "300.00"),
            ("B1", "1.00 CNY", "2026-02-28", "300.00"),
            ("HO", "7.00 EUR", "2026-01-31", "0.00"),
        )
    ]


def test_a_ledger_again(book: Bank) -> None:
    """Of a full, what the book has was compared when it came; the latest day is every time."""
    columns = "institution_id,on,currency,item,amount\n"
    rows = "B1,2026-02-28,CNY,loans,1\nB1,2026-03-31,CNY,loans,2\n"
    assert [row for _, _, row, *_ in book.deliver({"ledger": columns + rows})] == [2, 3]
    book.keep()
    assert [row for _, _, row, *_ in book.deliver({"ledger": columns + rows})] == [3]
    mended = rows.replace("loans,1", "loans,9")
    assert [row for _, _, row, *_ in book.deliver({"ledger": columns + mended})] == [2, 3]


def test_a_ledger_may_be_negative(book: Bank) -> None:
    delivery = {
        "ledger": "institution_id,on,currency,item,amount\nHO,2026-03-31,CNY,net_capital,-5\n"
    }
    assert book.deliver(delivery, kind="delta") == []
    assert book.taken("ledger", "amount") == [(-500,)]


def test_columns_and_files_that_nobody_reads(book: Bank) -> None:
    text = "payment_id,loan_id,paid_on,amount,colour\nP3,A,2026-02-01,1,red\n"
    assert book.deliver({"payments": text, "notes": "x\n"}, kind="delta") == [
        ("unknown-file", "", None, None, "notes.csv"),
        ("unknown-column", "payments", None, None, "colour"),
    ]
