"""A full delivery without a row that rows of other tables name: what becomes of each of those.

The book: B and C are of S2, B replaces C, and on C, its borrower Cai and its branch B2 hangs
something of every table.
"""

import ibis
import pytest

from recobro.intake.parents import key_of
from recobro.intake.tables import CONTRACTS
from tests.intake.conftest import BANK, Bank

BOOK = BANK | {
    "institutions": BANK["institutions"] + "B2,HO,Hill branch,branch\n",
    "staff": BANK["staff"] + "S2,Wu Min,B2,true\n",
    "borrowers": BANK["borrowers"] + "Cai,company,Cai\n",
    "loans": """\
loan_id,borrower_id,institution_id,product,currency,principal,annual_rate,disbursed_on,matures_on,guarantee,staff_id,replaces_loan_id
A,Ana,B1,farm,CNY,300.00,0.05,2026-01-01,2026-04-01,credit,S1,
B,Bao,B1,farm,CNY,200.00,0.05,2026-01-01,2026-03-01,credit,S2,C
C,Cai,B2,farm,CNY,5.00,0.05,2026-01-01,2026-03-01,credit,S2,
""",
    "instalments": BANK["instalments"] + "C,1,2026-03-01,5,0\n",
    "payments": BANK["payments"] + "P3,C,2026-03-01,1\n",
    "restructurings": "loan_id,restructured_on,difficulty\nC,2026-02-01,true\n",
    "obligors": "loan_id,borrower_id,role\nA,Cai,guarantor\nC,Ana,guarantor\nB,Ana,guarantor\n",
    "collateral": """\
collateral_id,kind,description,owner_borrower_id,value,currency,valued_on
H,house,A house,Cai,900,CNY,2026-01-01
K,house,A hut,Ana,90,CNY,2026-01-01
""",
    "securities": "collateral_id,loan_id\nH,A\nK,C\n",
    "judgements": """\
judgement_id,loan_id,borrower_id,kind,value,from_on,reason,staff_id
J1,C,,grade,doubtful,2026-02-01,seen,S1
J2,,Cai,grade,doubtful,2026-02-01,seen,S1
J3,A,,grade,doubtful,2026-02-01,seen,S2
""",
    "ledger": "institution_id,on,currency,item,amount\nB2,2026-03-31,CNY,net_capital,5\n",
}

Found = tuple[str, str, int | None, str | None, str]

OF_C: list[Found] = [
    ("parent-missing", "instalments", 7, "loan_id", "C"),
    ("parent-missing", "payments", 4, "loan_id", "C"),
    ("parent-missing", "restructurings", 2, "loan_id", "C"),
]
REPLACES_C: Found = ("unknown-reference", "loans", 3, "replaces_loan_id", "C")

CASES: dict[str, list[Found]] = {
    "institutions": [
        ("parent-missing", "staff", 3, "institution_id", "B2"),
        REPLACES_C,
        ("unknown-reference", "loans", 3, "staff_id", "S2"),
        ("parent-missing", "loans", 4, "institution_id", "B2"),
        *OF_C,
        ("parent-missing", "obligors", 3, "loan_id", "C"),
        ("parent-missing", "securities", 3, "loan_id", "C"),
        ("parent-missing", "judgements", 2, "loan_id", "C"),
        ("unknown-reference", "judgements", 4, "staff_id", "S2"),
        ("parent-missing", "ledger", 2, "institution_id", "B2"),
    ],
    "staff": [
        ("unknown-reference", "loans", 3, "staff_id", "S2"),
        ("unknown-reference", "loans", 4, "staff_id", "S2"),
        ("unknown-reference", "judgements", 4, "staff_id", "S2"),
    ],
    "borrowers": [
        REPLACES_C,
        ("parent-missing", "loans", 4, "borrower_id", "Cai"),
        *OF_C,
        ("parent-missing", "obligors", 2, "borrower_id", "Cai"),
        ("parent-missing", "obligors", 3, "loan_id", "C"),
        ("unknown-reference", "collateral", 2, "owner_borrower_id", "Cai"),
        ("parent-missing", "securities", 3, "loan_id", "C"),
        ("parent-missing", "judgements", 2, "loan_id", "C"),
        ("parent-missing", "judgements", 3, "borrower_id", "Cai"),
    ],
    "loans": [
        ("loan-vanished", "loans", None, None, "C"),
        REPLACES_C,
        *OF_C,
        ("parent-missing", "obligors", 3, "loan_id", "C"),
        ("parent-missing", "securities", 3, "loan_id", "C"),
        ("parent-missing", "judgements", 2, "loan_id", "C"),
    ],
    "collateral": [("parent-missing", "securities", 2, "collateral_id", "H")],
}
"""By table: what is told where the row that others name is not delivered any more."""

NAMED = {"institutions": "B2", "staff": "S2", "borrowers": "Cai", "loans": "C", "collateral": "H"}


@pytest.fixture
def hanging(bank: Bank) -> Bank:
    """The bank whose book that is."""
    assert bank.deliver(BOOK) == []
    bank.keep()
    return bank


def without(table: str) -> dict[str, str]:
    lines = BOOK[table].splitlines(keepends=True)
    return {table: "".join(line for line in lines if not line.startswith(f"{NAMED[table]},"))}


def stand(bank: Bank) -> None:
    """Have the last delivery be the book, as a load does."""
    for name, path in bank.last.orphans.items():
        dropped = bank.connection.read_parquet(path)
        bank.book[name] = bank.book[name].anti_join(dropped, ["load_no", "row"])
    bank.keep()


def dangling(bank: Bank) -> list[tuple[str, str]]:
    """Return the columns of the book that name a row which is not there."""
    found = []
    for name, contract in CONTRACTS.items():
        for parent in (*contract.parents, *contract.references):
            column, key = parent.column, key_of(parent)
            if parent.table == "loans" and column == "loan_id":
                column = key = "loan_no"
            rows = bank.book[name].filter(ibis._[column].notnull())
            known = bank.book[parent.table].select(**{column: bank.book[parent.table][key]})
            if bank.connection.to_pyarrow(rows.anti_join(known, column)).num_rows:
                found.append((name, column))
    return found


@pytest.mark.parametrize("table", CASES)
def test_nothing_of_the_book_names_what_is_gone(hanging: Bank, table: str) -> None:
    lost = None if table in {"staff", "collateral"} else 1
    assert hanging.deliver(without(table), accept_drop=lost) == CASES[table]
    stand(hanging)
    assert dangling(hanging) == []
    again = hanging.deliver(without(table))
    assert [found for found in again if found[1] != table] == []
    assert {*hanging.last.tables} == {table}


def test_the_cases_are_all_that_the_contract_has() -> None:
    told = {(table, column) for case in CASES.values() for _, table, _, column, _ in case if column}
    assert told == {
        (name, parent.column)
        for name, contract in CONTRACTS.items()
        for parent in (*contract.parents, *contract.references)
    }


def test_a_table_is_kept_but_for_what_is_emptied(hanging: Bank) -> None:
    """Wu Min, S2, has left: B and C have nobody, everything else of them stays."""
    hanging.deliver(without("staff"))
    taken = hanging.last.tables["loans"]
    assert (taken.file, taken.kept, taken.account.read) == ("", 3, 0)
    assert hanging.taken("loans", "loan_no", "loan_id", "staff_id", "replaces_loan_id", "row") == [
        (1, "A", "S1", None, 2),
        (2, "B", None, "C", 3),
        (3, "C", None, None, 4),
    ]
    files = {row["file"] for row in hanging.rows(hanging.last.findings)}
    assert (files, hanging.last.orphans) == ({"load 1"}, {})
