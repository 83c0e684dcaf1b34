"""What Fineract tells becomes a delivery, is loaded, and gives the figures that it should."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from recobro.connectors.fineract import client as asking
from recobro.connectors.fineract.client import FineractRefused
from recobro.connectors.fineract.fetching import FineractUndocumented
from recobro.connectors.operations import Fetched, fetch
from recobro.connectors.source import FineractSource
from recobro.runs.inbox import path_of, waiting
from tests.connectors.fineract import PASSWORD, TENANT, USER, Fineract, fineract, loan
from tests.runs.bank import Bank

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 30)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fineract]:
    """Let a Fineract answer, and nobody wait between two attempts."""
    monkeypatch.setenv("FINERACT_USER", USER)
    monkeypatch.setenv("FINERACT_PASSWORD", PASSWORD)
    monkeypatch.setattr(asking, "AGAIN_AFTER", (0.0, 0.0))
    with fineract() as found:
        yield found


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path)


def fetched(bank: Bank, there: Fineract, **told: Any) -> Fetched:
    source = FineractSource.model_validate(
        {
            "kind": "fineract",
            "address": there.address,
            "tenant": TENANT,
            "user": "FINERACT_USER",
            "password": "FINERACT_PASSWORD",
            "guarantee": {"Home loan": "mortgage"},
        }
        | told
    )
    return fetch(home=bank.home, source=source, on=ON)


def rows(bank: Bank, done: Fetched, table: str) -> list[tuple[str | None, ...]]:
    file = path_of(bank.home, done.name) / f"{table}.parquet"
    return [tuple(row.values()) for row in pq.read_table(file).to_pylist()]


def test_all_of_it_becomes_a_delivery(bank: Bank, there: Fineract) -> None:
    """Pages of two; a loan that was only asked for is none, a reversed payment neither."""
    done = fetched(bank, there)
    assert done == Fetched(
        "2026-06-30-full",
        {
            "institutions": 3,
            "staff": 2,
            "borrowers": 3,
            "loans": 3,
            "instalments": 6,
            "payments": 4,
        },
        {"chargeback": 2},
    )
    assert rows(bank, done, "institutions") == [
        ("1", None, "Head Office", "head_office"),
        ("2", "1", "North", "branch"),
        ("5", "2", "白云支行", "sub_branch"),
    ]
    assert rows(bank, done, "staff") == [
        ("3", "Tao, Ran", "2", "true"),
        ("4", "Li, Na", "5", "false"),
    ]
    assert rows(bank, done, "borrowers") == [
        ("7", "person", "王伟", "13800138001"),
        ("8", "company", "Mill Ltd", None),
        ("group-9", "village_group", "Upper village", None),
    ]
    days = ("2026-01-05", "2026-07-05")
    assert rows(bank, done, "loans") == [
        (
            *("11", "7", "2", "Farm loan", "CNY", "1000", "0.0725", *days, "credit", "3"),
            *(None, None, None, None, "608.14"),
        ),
        (
            *("13", "8", "5", "Home loan", "CNY", "1000", "0.0725", "2026-01-05", "2026-08-05"),
            *("mortgage", "3", None, "2026-05-31", None, None, "608.14"),
        ),
        (
            *("14", "group-9", "5", "Farm loan", "CNY", "1000", "0", *days, "credit", None),
            *(None, None, "2026-06-30", "paid", None),
        ),
    ]
    assert rows(bank, done, "instalments")[:2] == [
        ("11", "1", "2026-03-05", "400", "6.04", "2"),
        ("11", "2", "2026-07-05", "600", "0", "0"),
    ]
    assert rows(bank, done, "payments") == [
        ("111", "11", "2026-03-20", "399.9", "borrower"),
        ("131", "13", "2026-06-20", "5.05", "borrower"),
        ("133", "13", "2026-02-02", "1", "waiver"),
        ("141", "14", "2026-03-20", "399.9", "borrower"),
    ]
    assert there.asked == [
        *("offices", "staff", "clients", "loans", "loans"),
        *("loans/11", "loans/13", "loans/14"),
    ]


def test_it_is_loaded_and_closed(bank: Bank, there: Fineract) -> None:
    """408.04 are asked on 5 March and 399.90 paid: 8.14 are overdue since, 117 days by then."""
    done = fetched(bank, there)
    load = bank.load(path_of(bank.home, done.name), delivered_on=ON)
    assert load.findings == {}
    assert bank.overdue("2026-06-30")["11"] == (814, 117)


def test_a_delivery_again_changes_nothing(bank: Bank, there: Fineract) -> None:
    done = fetched(bank, there)
    path = path_of(bank.home, done.name)
    bank.load(path)
    path.rename(path.parent / "before")
    assert bank.offer(path_of(bank.home, fetched(bank, there).name)) is None


def test_one_that_is_busy_is_asked_again(bank: Bank, there: Fineract) -> None:
    there.busy = 2
    assert fetched(bank, there).rows["loans"] == 3
    assert there.asked[:4] == ["offices", "offices", "offices", "staff"]


def test_one_that_stays_busy_is_told(bank: Bank, there: Fineract) -> None:
    there.busy = 99
    with pytest.raises(FineractRefused, match="asked for offices: it answers 503"):
        fetched(bank, there)
    assert len(there.asked) == 3


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"tenant": "other"}, "it answers 401"),
        ({"address": "http://127.0.0.1:1/api/v1"}, "refused"),
    ],
)
def test_one_that_does_not_let_us_in(
    told: dict[str, str], said: str, bank: Bank, there: Fineract
) -> None:
    with pytest.raises(FineractRefused) as refused:
        fetched(bank, there, **told)
    assert said in str(refused.value)
    assert PASSWORD not in str(refused.value)
    assert waiting(bank.home) == []


def test_no_redirect_is_followed(bank: Bank, there: Fineract) -> None:
    there.status = 302
    with pytest.raises(FineractRefused, match="it answers 302"):
        fetched(bank, there)
    assert there.asked == ["offices"]


@pytest.mark.parametrize(
    ("says", "refusal"),
    [
        (b"<html>", FineractRefused),
        (b"[{}]", FineractUndocumented),
        (b'{"pageItems": 1}', FineractUndocumented),
    ],
)
def test_an_answer_of_another_shape(
    says: bytes, refusal: type[Exception], bank: Bank, there: Fineract
) -> None:
    there.says = says
    with pytest.raises(refusal):
        fetched(bank, there)
    assert waiting(bank.home) == []


def test_a_list_that_ends_before_its_count(bank: Bank, there: Fineract) -> None:
    """A loan is deleted between two pages."""
    there.loans = []
    assert fetched(bank, there).rows["loans"] == 0


def test_many_loans_are_taken_few_at_a_time(
    bank: Bank, there: Fineract, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.loans = [loan(100 + number, 300) for number in range(7)]
    monkeypatch.setattr("recobro.connectors.fineract.fetching._AT_ONCE", 3)
    assert fetched(bank, there).rows == {
        "institutions": 3,
        "staff": 2,
        "borrowers": 2,
        "loans": 7,
        "instalments": 14,
        "payments": 7,
    }
