from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import RequestFactory

from recobro.web.desk import Desk
from recobro.web.language import language
from recobro.web.templatetags import said

NBSP = "\N{NO-BREAK SPACE}"


def context(query: str = "", code: str = "en") -> dict[str, Any]:
    """Return what a template knows of a page at an address."""
    request = RequestFactory().get(f"/loans/{query}")
    request.desk = Desk(  # type: ignore[attr-defined]  # Asked names it
        user=None, language=language(code), on=date(2026, 7, 1), asked=request
    )
    return {"request": request}


@pytest.mark.parametrize(
    ("query", "changes", "expected"),
    [
        ("", {}, "?"),
        ("?at=north", {}, "?at=north"),
        ("?at=north&page=3", {}, "?at=north"),
        ("?at=north&page=3", {"page": 4}, "?at=north&page=4"),
        ("?at=north", {"at": ""}, "?"),
        ("?at=north&as_of=2026-06-30", {"at": None}, "?as_of=2026-06-30"),
        ("?at=north&at=south", {"at": "a b&c"}, "?at=a+b%26c"),
        ("?search=白", {"sort": "-grade"}, "?search=%E7%99%BD&sort=-grade"),
    ],
)
def test_an_address_with_some_of_it_changed(
    query: str, changes: dict[str, object], expected: str
) -> None:
    assert said.address(context(query), **changes) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ""),
        ("?at=", ""),
        ("?search=a&page=2", ""),
        ("?as_of=2026-03-31&grade=loss&at=a%26b", "?at=a%26b&as_of=2026-03-31"),
    ],
)
def test_what_a_link_takes_along(query: str, expected: str) -> None:
    assert said.carried(context(query)) == expected


def test_what_is_not_known_is_no_number() -> None:
    told = context()
    assert [
        said.money(told, None, "CNY"),
        said.scaled(told, None, "CNY"),
        said.whole(told, None),
        said.percent(told, None),
        said.day(told, None),
        said.points(told, None),
        said.word(told, "grade", ""),
    ] == ["—"] * 7


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", ["−1,234.50", "1.20%", "+0.30_pp", "31_Mar_2026", "12,345", "Loss"]),
        ("es", ["−1.234,50", "1,20%", "+0,30_p._p.", "31/03/2026", "12.345", "Fallido"]),
        ("zh", ["−1,234.50", "1.20%", "+0.30个百分点", "2026-03-31", "12,345", "损失类"]),
    ],
)
def test_numbers_and_days_are_those_of_the_language(code: str, expected: list[str]) -> None:
    told = context(code=code)
    found = [
        said.money(told, -1_234_50, "CNY"),
        said.percent(told, Decimal("0.012")).replace(NBSP, ""),
        said.points(told, Decimal("0.003")).replace(NBSP, "_"),
        said.day(told, date(2026, 3, 31)).replace(NBSP, "_"),
        said.whole(told, 12_345),
        said.word(told, "grade", "loss"),
    ]
    assert found == expected


def test_a_word_that_is_the_banks_own_stays() -> None:
    assert said.word(context(), "grade", "A+") == "A+"


def test_an_amount_as_other_programs_read_it() -> None:
    assert [said.plain(-1_234_50, "CNY"), said.plain(1234, "JPY")] == ["-1234.50", "1234"]
