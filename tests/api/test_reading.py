"""What is answered to whoever reads."""

from typing import Any

import pytest
from django.test import Client

from recobro.journal.models import Entry
from tests.api.conftest import Program
from tests.web.workplace import BORROWERS

pytestmark = pytest.mark.usefixtures("workplace")


def read(program: Client, path: str) -> Any:
    """Return what a program reads."""
    answer = program.get(f"/api/v1/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json; charset=utf-8")
    return answer.json()


def column(program: Client, path: str, name: str) -> list[Any]:
    """Return one value of each item of a list."""
    return [item[name] for item in read(program, path)["items"]]


def test_who_one_is(program: Program) -> None:
    told = read(program("twice", may_write=False), "me")
    assert (told["username"], told["name"], told["language"]) == ("twice", "Name of twice", "en")
    held = [(post["role"], post["institution"], post["until_on"]) for post in told["posts"]]
    assert held == [("legal", "south", None), ("legal", "below", None)]
    assert told["rights"] == {
        right: ["below", "south"] for right in ("debtors", "collect", "figures")
    }
    assert (told["token"]["name"], told["token"]["may_write"]) == ("nightly", False)


def test_institutions_of_ones_posts(program: Program) -> None:
    assert column(program("risk"), "institutions", "institution") == ["north", "below"]
    assert column(program("twice"), "institutions", "institution") == ["below", "south"]
    assert read(program("administrator"), "institutions")["items"][0] == {
        "institution": "north",
        "parent": "bank",
        "name": "Río Norte",
        "kind": "branch",
    }


def test_problem_loans_of_ones_institutions(program: Program) -> None:
    """
    days past due on 2026-06-30: W1 545, N3 394, N1 176, S1 121, T1 102, N2 20; S1 is at south
    """
    assert column(program("head"), "loans", "loan_id") == ["W1", "N3", "N1", "S1", "T1", "N2"]
    assert column(program("risk"), "loans", "loan_id") == ["W1", "N3", "N1", "T1", "N2"]
    assert column(program("twice"), "loans", "loan_id") == ["S1", "T1", "N2"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("at=below", ["T1", "N2"]),
        ("product=shop", ["T1"]),
        ("grade=special_mention", ["N2"]),
        ("state=written_off", ["W1"]),
        ("guarantee=mortgage", ["N3"]),
        ("search=Ana", ["N1"]),
        ("search=13800138001", []),
        ("search=0013", []),
        ("search=Ana%20zzz", []),
        ("sort=days_past_due", ["N2", "T1", "N1", "N3", "W1"]),
        ("sort=-outstanding&state=nonperforming", ["N1", "N3", "T1"]),
        ("sort=loan&limit=2", ["N1", "N2"]),
        ("sort=loan&limit=2&page=3", ["W1"]),
        ("page=100000", []),
        ("grade=&sort=&state=", ["W1", "N3", "N1", "T1", "N2"]),
    ],
)
def test_loans_that_are_chosen(query: str, expected: list[str], program: Program) -> None:
    assert column(program("risk"), f"loans?{query}", "loan_id") == expected


def test_a_list_says_how_much_there_is(program: Program) -> None:
    told = read(program("risk"), "loans?limit=2&page=2")
    assert {name: told[name] for name in ("page", "limit", "total")} == {
        "page": 2,
        "limit": 2,
        "total": 5,
    }


def test_a_loan(program: Program) -> None:
    """
    2026-01-05 N1 owes 100.00 and interest 1.50
    """
    told = read(program("risk"), "loans/2")
    assert {name: told[name] for name in told if name not in {"grade_reasons", "provision"}} == {
        "loan_no": 2,
        "loan_id": "N1",
        "as_of": "2026-06-30",
        "borrower_id": "ana",
        "borrower": "Ana Núñez",
        "village": "Peñalba",
        "household_id": "home-1",
        "institution": "north",
        "product": "farm",
        "guarantee": "credit",
        "currency": "CNY",
        "principal": "300.00",
        "outstanding_principal": "300.00",
        "overdue_amount": "101.50",
        "days_past_due": 176,
        "oldest_unpaid_due_on": "2026-01-05",
        "bucket": "M6",
        "grade": "substandard",
        "nonperforming": True,
        "three_six": False,
        "on_balance": True,
        "segment": "",
        "local_grade": "substandard",
        "overdue_principal": "100.00",
        "overdue_interest": "1.50",
        "overdue_fees": "0.00",
        "paid_total": "0.00",
        "unpaid_instalments": 1,
        "missed_in_a_row": 1,
        "missed_ever": 1,
        "disbursed_on": "2025-12-05",
        "matures_on": "2026-07-05",
        "phone": "•••••••8001",
        "national_id": "••••••••••••••1234",
        "case": 2,
    }


def test_why_a_loan_has_its_grade(program: Program) -> None:
    told = read(program("risk"), "loans/2/why")
    assert [
        (one["n"], one["due_on"], one["asked"], one["unpaid"]) for one in told["instalments"]
    ] == [
        (1, "2026-01-05", "101.50", "101.50"),
        (2, "2026-07-05", "200.00", "200.00"),
    ]
    assert {one["code"] for one in told["rules"] if one["grade"] == "substandard"} == {
        "days-past-due"
    }
    assert told["cures"][0]["amount"] == "101.50"
    assert told["fall"]["grade"] == "doubtful"


NUMBERS = [row[key] for row in BORROWERS.values() for key in ("phone", "national_id") if key in row]


@pytest.mark.parametrize(
    "path", ["loans", "loans/2", "loans/2/why", "cases", "cases/2", "journal", "people"]
)
def test_numbers_of_a_person_are_masked(path: str, program: Program) -> None:
    for who in ("head", "auditor"):
        answer = program(who).get(f"/api/v1/{path}")
        told = answer.content.decode()
        assert [number for number in NUMBERS if len(str(number)) > 4 and str(number) in told] == []


def test_a_look_is_in_the_journal(program: Program) -> None:
    answer = program("risk").post("/api/v1/loans/2/debtor")
    assert answer.json() == {
        "borrower_id": "ana",
        "borrower": "Ana Núñez",
        "phone": "13800138001",
        "national_id": "440102199001011234",
        "address": "Calle 1",
    }
    entry = Entry.objects.get(act="people.looked")
    assert (entry.by, entry.subject, entry.after) == (
        "risk",
        "ana",
        {"loan": "N1", "seen": ["phone", "national_id"]},
    )


def test_cases(program: Program) -> None:
    """
    the household home-1 has loans at north and at south; its case is one of north
    """
    risk = program("risk")
    lines = read(risk, "cases")["items"]
    assert [(one["case"], one["household_id"], one["currency"]) for one in lines] == [
        (2, "home-1", "CNY"),
        (1, "dag", "USD"),
        (3, "home-eva", "CNY"),
    ]
    assert (lines[0]["loans"], lines[0]["responsible"]) == (3, "account_manager")
    assert column(risk, "cases?sort=outstanding", "case") == [3, 1, 2]
    assert column(risk, "cases?search=Ana", "case") == [2]
    assert column(risk, "cases?mine=true", "case") == []
    assert column(program("account_manager"), "cases?mine=true", "case") == [2, 1, 3]
    assert column(risk, "cases?written_off=true", "case") == [3]
    assert [one["written_off"] for one in lines] == [False, False, True]


def test_a_case(program: Program) -> None:
    told = read(program("risk"), "cases/2")
    assert (told["theirs"], told["closed_on"], told["outcome"]) == (True, None, "")
    assert [loan["loan_id"] for loan in told["loans"]] == ["N1", "S1", "T1"]
    assert [one["borrower_id"] for one in told["people"]] == ["ana", "li", "ming"]
    assert told["people"][0]["phone"] == "•••••••8001"


def test_a_case_of_another_branch_with_a_loan_of_ones_own(program: Program) -> None:
    """
    whoever is at south and below sees S1 and T1 of home-1, not N1, nor who it is about
    """
    twice = program("twice")
    told = read(twice, "cases/2")
    assert (told["theirs"], told["people"]) == (False, [])
    assert [loan["loan_id"] for loan in told["loans"]] == ["S1", "T1"]
    assert twice.get("/api/v1/cases/2/responsibilities").status_code == 404
    assert twice.get("/api/v1/cases/1").status_code == 404


def test_who_was_responsible(program: Program) -> None:
    (only,) = read(program("risk"), "cases/2/responsibilities")
    assert (only["username"], only["cause"], only["reason"]) == ("account_manager", "rule", "")


def test_figures(program: Program) -> None:
    head = program("head")
    rows = read(head, "figures")
    assert [(row["currency"], row["institution"], row["loans"]) for row in rows] == [
        ("CNY", "bank", 5),
        ("USD", "bank", 1),
    ]
    assert rows[0]["nonperforming_principal"] == "460.00"  # N1 300, S1 120, T1 40
    assert {row["institution"] for row in read(head, "figures/below")} == {"north", "south"}
    history = [(row["as_of"], row["currency"]) for row in read(head, "figures/history")]
    assert history == [
        ("2026-03-31", "CNY"),
        ("2026-03-31", "USD"),
        ("2026-06-30", "CNY"),
        ("2026-06-30", "USD"),
    ]
    parted = read(head, "figures?by=grade&at=below")
    assert {(row["by"], row["value"]) for row in parted} == {
        ("grade", "special_mention"),
        ("grade", "substandard"),
    }


def test_whoever_sees_several_trees_names_one(program: Program) -> None:
    twice = program("twice")
    answer = twice.get("/api/v1/figures")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:recobro:name-an-institution")
    assert {row["institution"] for row in read(twice, "figures?at=south")} == {"south"}


def test_closes_and_loads_say_how_much_to_whoever_sees_the_whole_bank(program: Program) -> None:
    head, risk = program("head"), program("risk")
    assert column(risk, "closes", "as_of") == ["2026-06-30", "2026-03-31"]
    assert (column(head, "closes", "loans"), column(risk, "closes", "loans")) == (
        [7, 7],
        [None, None],
    )
    (load,) = read(head, "loads")["items"]
    assert (load["load"], load["kind"], load["rejected"]) == (1, "full", 0)
    assert column(risk, "loads", "accepted") == [None]


def test_people_in_ones_institutions(program: Program) -> None:
    names = column(program("auditor"), "people?limit=200", "username")
    assert ("risk" in names, "twice" in names, "head" in names) == (True, True, False)


def test_the_journal_page_by_page(program: Program) -> None:
    auditor = program("auditor")
    whole = read(auditor, "journal?limit=200")
    assert whole["next"] is None
    found: list[int] = []
    before = ""
    while True:
        told = read(auditor, f"journal?limit=5{before}")
        found += [item["number"] for item in told["items"]]
        if told["next"] is None:
            break
        before = f"&before={told['next']}"
    assert found == [item["number"] for item in whole["items"]]
    assert {item["institution"] for item in whole["items"]} == {"north", "below"}
    acts = {item["act"] for item in read(auditor, "journal?search=case.opened")["items"]}
    assert acts == {"case.opened"}
