"""What a full delivery, and a delta, do to the book that stands."""

from datetime import date

import pytest

from recobro.intake.vanished import TooMuchVanishes
from tests.intake.conftest import BANK, Bank, header

ONLY_A = {
    "loans": "\n".join(BANK["loans"].splitlines()[:2]) + "\n",
    "borrowers": BANK["borrowers"],
}
ONLY_ANA = {"borrowers": "\n".join(BANK["borrowers"].splitlines()[:2]) + "\n"}


def test_a_loan_keeps_its_number(book: Bank) -> None:
    """A new loan, AA, sorts before B; it gets the next number all the same."""
    row = "AA,Ana,B1,farm,CNY,5,0.05,2026-01-01,2026-04-01,credit,S1\n"
    book.deliver({"loans": BANK["loans"] + row}, kind="full")
    assert book.taken("loans", "loan_no", "loan_id") == [(1, "A"), (2, "B"), (3, "AA")]


def test_numbers_are_never_given_twice(book: Bank) -> None:
    row = "C,Ana,B1,farm,CNY,5,0.05,2026-01-01,2026-04-01,credit,S1\n"
    book.deliver({"loans": header("loans") + row}, kind="delta", first_loan_no=9)
    assert book.taken("loans", "loan_no", "loan_id") == [(9, "C")]


@pytest.mark.parametrize("accepted", [None, 0, 2, 999999])
def test_a_full_that_loses_a_loan_is_refused(book: Bank, accepted: int | None) -> None:
    """Unless the number is named: another one was meant for another delivery."""
    with pytest.raises(TooMuchVanishes, match=r"lose 1 of 2 loans.*--accept-drop 1"):
        book.deliver(ONLY_A, accept_drop=accepted)


def test_a_loss_that_is_accepted(book: Bank) -> None:
    """B goes, and with it what the book holds of it: two instalments and a payment."""
    assert book.deliver(ONLY_A, accept_drop=1) == [
        ("loan-vanished", "loans", None, None, "B"),
        ("parent-missing", "instalments", 5, "loan_id", "B"),
        ("parent-missing", "instalments", 6, "loan_id", "B"),
        ("parent-missing", "payments", 3, "loan_id", "B"),
    ]
    assert book.last.vanished == 1
    dropped = {
        name: sorted(tuple(row.values()) for row in book.rows(path))
        for name, path in book.last.orphans.items()
    }
    assert dropped == {"instalments": [(1, 5), (1, 6)], "payments": [(1, 3)]}


def test_a_small_share_of_the_loans_may_owe_much(bank: Bank) -> None:
    """Of 101 loans one goes; it owes 10,000 of 20,000."""
    columns = header("loans")
    rows = [
        f"L{n},Ana,B1,farm,CNY,{100 if n else 10000},0.05,2026-01-01,2026-04-01,credit,S1\n"
        for n in range(101)
    ]
    tables = {name: BANK[name] for name in ("institutions", "staff", "borrowers")}
    assert bank.deliver(tables | {"loans": columns + "".join(rows)}) == []
    bank.keep()
    with pytest.raises(TooMuchVanishes, match="more than 1 % of what is owed in CNY"):
        bank.deliver({"loans": columns + "".join(rows[1:])})
    found = bank.deliver({"loans": columns + "".join(rows[:-1])})
    assert found == [("loan-vanished", "loans", None, None, "L100")]


def test_a_borrower_that_vanishes_takes_loans_along(book: Bank) -> None:
    assert book.deliver(ONLY_ANA, accept_drop=1) == [
        ("parent-missing", "loans", 3, "borrower_id", "Bao"),
        ("parent-missing", "instalments", 5, "loan_id", "B"),
        ("parent-missing", "instalments", 6, "loan_id", "B"),
        ("parent-missing", "payments", 3, "loan_id", "B"),
    ]
    assert sorted(book.last.orphans) == ["instalments", "loans", "payments"]
    assert book.last.vanished == 1


SHORT = {
    "borrowers": ONLY_ANA,
    "institutions": {"institutions": header("institutions") + "HO,,Head office,head_office\n"},
}


@pytest.mark.parametrize(("table", "lost"), [("borrowers", 1), ("institutions", 2)])
def test_a_full_of_parents_that_loses_loans_is_refused(book: Bank, table: str, lost: int) -> None:
    """Only Ana is delivered, or only the head office: B has no borrower, A and B no branch."""
    told = f"lose {lost} of 2 loans.*borrowers and institutions.*--accept-drop {lost}"
    with pytest.raises(TooMuchVanishes, match=told):
        book.deliver(SHORT[table])


def test_loans_that_are_rejected_for_their_borrower_are_lost_too(book: Bank) -> None:
    """Both loans are delivered, of the borrowers only Ana."""
    with pytest.raises(TooMuchVanishes, match="lose 1 of 2 loans"):
        book.deliver(ONLY_ANA | {"loans": BANK["loans"]})


@pytest.mark.parametrize("table", ["instalments", "payments"])
def test_a_full_that_has_no_rows_of_a_loan_is_refused(book: Bank, table: str) -> None:
    """Cut off after the rows of A, the file has none of B's."""
    short = {
        table: "".join(
            row for row in BANK[table].splitlines(keepends=True) if ",B," not in f",{row}"
        )
    }
    with pytest.raises(TooMuchVanishes) as refused:
        book.deliver(short, accept_drop=2)
    assert str(refused.value) == (
        f"This full delivery would lose all {table} of 1 of 2 loans, more than 1 %. Nothing was"
        " changed. Deliver the missing rows, or as a delta if it is only a part; if they are to go,"
        " say so with --accept-drop 1."
    )
    assert book.deliver(short, accept_drop=1) == [("rows-vanished", table, None, None, "B")]
    assert book.last.vanished == 0


def test_all_losses_are_named_together(book: Bank) -> None:
    """B goes, with all that it has; of A, which stays, the payment is lacking."""
    delivery = ONLY_A | {"payments": header("payments")}
    told = "lose 1 of 2 loans, more than 1 %, and all payments of 1 of 2 loans, .*--accept-drop 2"
    with pytest.raises(TooMuchVanishes, match=told):
        book.deliver(delivery, accept_drop=1)
    assert [found[:2] for found in book.deliver(delivery, accept_drop=2)] == [
        ("loan-vanished", "loans"),
        ("parent-missing", "instalments"),
        ("parent-missing", "instalments"),
        ("rows-vanished", "payments"),
    ]


def test_rows_of_a_loan_that_are_all_rejected_are_lost_too(book: Bank) -> None:
    """Dates in another format reject every payment; an instalment's leave the earlier schedule."""
    with pytest.raises(TooMuchVanishes, match="all payments of 2 of 2 loans"):
        book.deliver({"payments": BANK["payments"].replace("2026-02-01", "02/01/26")})
    text = BANK["instalments"].replace("2026-02-01", "02/01/26")
    assert {code for code, *_ in book.deliver({"instalments": text})} == {
        "bad-date",
        "set-rejected",
    }


def test_fewer_rows_of_a_loan_are_no_loss(book: Bank) -> None:
    """A's schedule of two in place of three: what became of its past is another question."""
    text = BANK["instalments"].replace("A,3,2026-04-01,100.00,1.00\n", "")
    found = book.deliver({"instalments": text.replace("A,2,2026-03-01,100", "A,2,2026-03-01,200")})
    assert found == []


def test_a_borrower_without_loans_may_go(book: Bank) -> None:
    """Cai comes and goes; nothing of the book is lost."""
    book.deliver({"borrowers": BANK["borrowers"] + "Cai,person,Cai\n"})
    book.keep()
    assert book.deliver({"borrowers": BANK["borrowers"]}) == []
    assert (book.last.vanished, book.last.orphans) == (0, {})


def test_a_parent_in_the_book_is_enough(book: Bank) -> None:
    delivery = {"payments": header("payments") + "P3,A,2026-02-02,5\nP4,Z,2026-02-02,5\n"}
    assert book.deliver(delivery, kind="delta") == [
        ("parent-missing", "payments", 3, "loan_id", "Z")
    ]
    assert book.taken("payments", "payment_id", "loan_no") == [("P3", 1)]


def test_a_rejected_change_leaves_the_row_of_the_book_a_parent(book: Bank) -> None:
    """A delta that rejects a change of Ana leaves Ana as she was."""
    row = "C,Ana,B1,farm,CNY,5,0.05,2026-01-01,2026-04-01,credit,S1\n"
    delivery = {
        "borrowers": "borrower_id,kind,name\nAna,alien,Ana\n",
        "loans": header("loans") + row,
    }
    assert book.deliver(delivery, kind="delta") == [
        ("unknown-code", "borrowers", 2, "kind", "alien")
    ]
    assert book.taken("loans", "loan_id") == [("C",)]


def test_the_earlier_schedule_stays_in_a_full(book: Bank) -> None:
    text = BANK["instalments"].replace("A,2,2026-03-01,100.00", "A,2,soon,90")
    book.deliver({"instalments": text})
    assert book.taken("instalments", "loan_no", "n", "principal_due", "load_no") == [
        (1, 1, 10000, 1),
        (1, 2, 10000, 1),
        (1, 3, 10000, 1),
        (2, 1, 10000, 2),
        (2, 2, 10000, 2),
    ]
    taken = book.last.tables["instalments"]
    assert (taken.account.accepted, taken.account.rejected, taken.kept) == (2, 3, 3)


def test_the_fingerprint_knows_content_only(book: Bank) -> None:
    rows = BANK["payments"].splitlines()
    shuffled = "\n".join([rows[0], rows[2], rows[1].replace("101.00", "101"), ""])
    other = BANK["payments"].replace("101.00", "101.01")
    prints = []
    for text in (BANK["payments"], shuffled, other):
        book.deliver({"payments": text})
        prints.append(book.last.tables["payments"].fingerprint)
    assert prints[0] == prints[1] != prints[2]


def test_the_day_of_the_delivery_may_stand_in_the_loans(book: Bank) -> None:
    columns = header("loans").strip() + ",delivered_on\n"
    loan = BANK["loans"].splitlines()[1]
    book.deliver({"loans": f"{columns}{loan},2026-03-31\n"}, kind="delta")
    assert book.last.delivered_on == date(2026, 3, 31)


def test_progress_names_each_table(book: Bank) -> None:
    heard: list[tuple[str, int, int]] = []
    book.deliver({"staff": BANK["staff"]}, kind="delta", progress=lambda *told: heard.append(told))
    assert heard[0] == ("institutions", 0, 12)
    assert heard[-1] == ("ledger", 11, 12)


def test_nothing_but_results_is_left(book: Bank) -> None:
    book.deliver({"payments": header("payments") + "P3,A,2026-02-02,5\n"}, kind="delta")
    left = sorted(path.name for path in (book.folder / "staging-2").iterdir())
    assert left == ["findings.parquet", "payments.parquet"]
