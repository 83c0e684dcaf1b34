"""The head of a branch reads what it is told, and signs it off; superiors see who has not."""

import csv
from io import StringIO

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from recobro.oversight.notices.models import Notice
from tests.web.conftest import SignedIn
from tests.web.read import body, main
from tests.web.workplace import Workplace

pytestmark = pytest.mark.usefixtures("workplace")


def number(institution: str, kind: str = "new_nonperforming") -> int:
    return Notice.objects.get(institution=institution, kind=kind).pk


@pytest.fixture
def branch_head(signed_in: SignedIn) -> Client:
    """Return the browser of the head of north."""
    return signed_in("branch_head")


def test_notices_of_the_own_branches_alone(branch_head: Client) -> None:
    page = main(branch_head.get("/notices/"))
    assert "Newly non-performing loans Río Norte 30 Jun 2026" in page
    assert "Three in a row, six in all 白云支行" in page
    assert "Sur" not in page


def test_a_notice_of_another_branch_is_none_that_there_is(branch_head: Client) -> None:
    south = number("south")
    assert branch_head.get(f"/notices/{south}/").status_code == 404
    assert branch_head.post(f"/notices/{south}/sign/").status_code == 404
    assert branch_head.get(f"/notices/{south}/export.csv").status_code == 404
    assert branch_head.get(f"/notices/{10**30}/").status_code == 404


def test_home_says_what_waits(branch_head: Client, signed_in: SignedIn) -> None:
    assert "Notices that wait for you to sign them off: 1." in main(branch_head.get("/"))
    assert "wait for you" not in main(signed_in("auditor").get("/"))


def test_the_head_reads_and_signs(branch_head: Client) -> None:
    told = number("north")
    page = main(branch_head.get(f"/notices/{told}/"))
    assert "Ana Núñez N1 300.00" in page
    assert branch_head.post(f"/notices/{told}/sign/", {"remark": "<b>Visit</b>"}).status_code == 302
    signed = branch_head.get(f"/notices/{told}/")
    assert "Signed off by Name of branch_head" in main(signed)
    assert "&lt;b&gt;Visit&lt;/b&gt;" in body(signed)
    assert '<form method="post" action="/notices/' not in body(signed)
    assert "wait for you" not in main(branch_head.get("/"))


def test_whoever_comes_second_is_told(branch_head: Client, signed_in: SignedIn) -> None:
    told = number("north")
    branch_head.post(f"/notices/{told}/sign/", {"remark": "first"})
    second = signed_in("management").post(f"/notices/{told}/sign/", {"remark": "second"})
    assert second.status_code == 409
    assert "Name of branch_head signed this off" in main(second)
    assert Notice.objects.get(pk=told).remark == "first"


def test_a_remark_has_an_end(branch_head: Client) -> None:
    told = number("north")
    answer = branch_head.post(f"/notices/{told}/sign/", {"remark": "x" * 1001})
    assert answer.status_code == 422
    assert Notice.objects.get(pk=told).signed_at is None


def test_who_reads_may_not_sign(signed_in: SignedIn) -> None:
    told = number("north")
    page = signed_in("account_manager").get(f"/notices/{told}/")
    assert page.status_code == 200
    assert "/sign/" not in body(page)


def test_a_file_of_it(branch_head: Client) -> None:
    answer = branch_head.get(f"/notices/{number('north')}/export.csv")
    text = b"".join(answer).decode().removeprefix("\ufeff")
    (head, *rows) = csv.reader(StringIO(text, newline=""))
    assert head[:3] == ["Borrower", "Loan", "Village"]
    assert [row[:5] for row in rows] == [["Ana Núñez", "N1", "Peñalba", "CNY", "300.00"]]
    assert branch_head.get(f"/notices/{number('north')}/export.pdf").status_code == 404


@pytest.mark.parametrize(("address", "asked"), [("/notices/", 8), ("/notices/{}/", 9)])
def test_how_often_the_database_is_asked(
    address: str,
    asked: int,
    branch_head: Client,
    workplace: Workplace,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    told = number("north")
    with django_assert_num_queries(asked):
        branch_head.get(address.format(told))
