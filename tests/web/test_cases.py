import re

import pytest

from recobro.casework.case.models import Case, Responsibility
from recobro.journal.models import Entry
from recobro.office.people.enums import Role
from tests.web.conftest import SignedIn
from tests.web.read import body, loans, main
from tests.web.workplace import appoint

pytestmark = pytest.mark.usefixtures("workplace")

CASE = re.compile(r'href="/cases/\d')
DAG, HOME_1, EVA = 1, 2, 3
"""The cases of north; that of home-1 has loans at south too, all of eva's is written off."""


def test_the_fixture_is_what_it_says() -> None:
    told = Case.objects.values_list("pk", "household_id", "institution_id", "responsible__username")
    assert list(told.order_by("pk")) == [
        (DAG, "dag", "north", "account_manager"),
        (HOME_1, "home-1", "north", "account_manager"),
        (EVA, "home-eva", "north", "account_manager"),
    ]


def test_the_ledger_of_households(signed_in: SignedIn) -> None:
    page = main(signed_in("branch_head").get("/cases/"))
    assert "3 households with an open case" in page
    assert page.index("Ana Núñez") < page.index("=2+5")  # 300.00 CNY before 90.00 USD


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?search=南湖村", 1),
        ("?search=N3", 1),
        ("?search=nobody", 0),
        ("?sort=outstanding", 3),
        ("?sort=nonsense&page=99999999999999999999", 3),
        ("?search=%00", 0),
        ("?mine=1", 0),
    ],
)
def test_what_is_looked_for(signed_in: SignedIn, query: str, expected: int) -> None:
    response = signed_in("branch_head").get(f"/cases/{query}")
    assert (response.status_code, len(CASE.findall(body(response)))) == (200, expected)


def test_mine(signed_in: SignedIn) -> None:
    page = body(signed_in("account_manager").get("/cases/?mine=1"))
    assert len(CASE.findall(page)) == 3


def test_a_fragment_for_a_browser_that_asks_for_one(signed_in: SignedIn) -> None:
    response = signed_in("branch_head").get("/cases/", headers={"HX-Request": "true"})
    assert ("<html" in body(response), "Ana Núñez" in body(response)) == (False, True)


def test_a_household_with_everything(signed_in: SignedIn) -> None:
    response = signed_in("branch_head").get(f"/cases/{HOME_1}/")
    assert loans(response) == ["N1", "S1", "T1"]
    page = main(response)
    for told in ("Ana Núñez", "李雷", "明", "Case opened", "account manager of the place"):
        assert told in page
    assert "13800138001" not in body(response)


def test_another_branch_sees_its_own_loans_and_the_head(signed_in: SignedIn) -> None:
    appoint("south", Role.BRANCH_HEAD, "south")
    response = signed_in("south").get(f"/cases/{HOME_1}/")
    assert loans(response) == ["S1"]
    page = main(response)
    assert "The case belongs to Río Norte" in page
    assert [told in page for told in ("Name of account_manager", "Case opened", "明")] == [
        True,
        False,
        False,
    ]
    assert signed_in("south").get(f"/cases/{DAG}/").status_code == 404
    assert signed_in("south").post(f"/cases/{HOME_1}/assign/").status_code == 404


def test_handed_over(signed_in: SignedIn) -> None:
    head = signed_in("branch_head")
    legal = Case.objects.get(pk=HOME_1).responsible.__class__.objects.get(username="legal")
    answer = head.post(f"/cases/{HOME_1}/assign/", {"to": legal.pk, "reason": "goes to court"})
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{HOME_1}/")
    assert Case.objects.get(pk=HOME_1).responsible == legal
    told = Entry.objects.get(act="case.assigned")
    assert (told.by, told.reason) == ("branch_head", "goes to court")
    page = main(head.get(f"/cases/{HOME_1}/"))
    assert [word in page for word in ("Handed over", "goes to court", "by hand")] == [True] * 3


def test_whom_it_cannot_be_handed_to(signed_in: SignedIn) -> None:
    head = signed_in("branch_head")
    for to in ("auditor", "administrator", "twice"):
        user = Case.objects.first().responsible.__class__.objects.get(username=to)  # type: ignore[union-attr]  # there is one
        answer = head.post(f"/cases/{HOME_1}/assign/", {"to": user.pk, "reason": "x"})
        assert answer.status_code == 422
    assert Responsibility.objects.filter(case=HOME_1).count() == 1


def test_a_number_that_is_no_case(signed_in: SignedIn) -> None:
    head = signed_in("branch_head")
    for number in (99, 10**30):
        assert head.get(f"/cases/{number}/").status_code == 404


def test_the_look_at_masked_numbers_is_told(signed_in: SignedIn) -> None:
    response = signed_in("account_manager").post("/loans/2/debtor/")
    assert ["13800138001" in body(response), "440102199001011234" in body(response)] == [True, True]
    told = Entry.objects.get(act="people.looked")
    assert (told.by, told.subject, told.institution_id) == ("account_manager", "ana", "north")
    assert signed_in("account_manager").post("/loans/5/debtor/").status_code == 404
    assert Entry.objects.filter(act="people.looked").count() == 1


def test_the_journal_of_a_scope(signed_in: SignedIn) -> None:
    auditor = signed_in("auditor")
    assert "Case opened" in main(auditor.get("/journal/"))
    assert main(auditor.get("/journal/?search=case.opened")).count("Case opened") == 3
    assert "Nothing has been written" in main(auditor.get("/journal/?search=nobody"))
    appoint("south", Role.AUDITOR, "south")
    page = main(signed_in("south").get("/journal/"))
    assert ["Case opened" in page, "Account given" in page] == [False, True]
