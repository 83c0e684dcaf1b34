"""Anything that somebody may see is found by typing, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from recobro.book.models import Findable
from recobro.book.queries import Scope
from recobro.journal.models import Entry
from recobro.office.people.enums import Role
from recobro.office.people.models import User
from recobro.office.people.operations import MOST_AN_HOUR, SoughtTooOften, seek_phone
from tests.web.conftest import SignedIn
from tests.web.read import body, main
from tests.web.workplace import Workplace, appoint

LI = "13700137003"


@pytest.fixture
def head(workplace: Workplace, signed_in: SignedIn) -> Client:
    """Return the browser of somebody who sees the whole bank."""
    return signed_in("head")


def found(browser: Client, text: str) -> dict[str, list[str]]:
    response = browser.get("/search/", {"q": text})
    assert response.status_code == 200
    told = {group.word: [hit.name for hit in group.hits] for group in response.context["groups"]}
    now = browser.get("/search/now/", {"q": text})
    assert {group.word for group in now.context["groups"]} == set(told)
    return told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("núñez", {"cases": ["Ana Núñez"], "loans": ["Ana Núñez"]}),
        ("NUNEZ", {"cases": ["Ana Núñez"], "loans": ["Ana Núñez"]}),
        ("王小明", {"loans": ["王小明"]}),
        ("wxm", {"loans": ["王小明"]}),
        ("wang xiao", {"loans": ["王小明"]}),
        ("ＷＡＮＧＸ", {"loans": ["王小明"]}),
        ("lilei", {"cases": ["李雷"], "loans": ["李雷"]}),
        ("nanhu", {"cases": ["李雷"], "loans": ["李雷"]}),
        ("calle", {"cases": ["Ana Núñez"], "loans": ["Ana Núñez"]}),
        ("白云", {"institutions": ["白云支行"], "cases": ["明"], "loans": ["王小明", "明"]}),
        ("baiyun", {"institutions": ["白云支行"], "cases": ["明"], "loans": ["王小明", "明"]}),
        ("vacia", {"institutions": ["Vacía"]}),
        ("N2", {"loans": ["王小明"]}),
        ("g1", {"others": ["G1"]}),
        ("bridge", {"pages": ["Bridge"]}),
        ("second fac", {"pages": ["Second factor"]}),
        ("=2+5", {"cases": ["=2+5"], "loans": ["=2+5"]}),
        ("zzz", {}),
        ("n", {}),
        ("", {}),
        ("%", {}),
        ("__", {}),
        ("\0", {}),
        ("y " * 2_000, {}),
        ("name of", {}),
        (LI, {}),
        ("138001", {}),
        ("440102199001011234", {}),
    ],
)
def test_what_fits(text: str, expected: dict[str, list[str]], head: Client) -> None:
    """
    no number that is masked is found, neither whole nor in part; nor people by who may not see them
    """
    assert found(head, text) == expected


def test_a_branch_finds_its_own(workplace: Workplace, signed_in: SignedIn) -> None:
    """
    S1, Li's, lies at south; the case of home-1 is at north, with Ana's loan and Ming's
    """
    north = signed_in("risk")
    assert found(north, "lilei") == {}
    assert found(north, "S1") == {}
    assert found(north, "sur") == {}
    assert found(north, "ana") == {"cases": ["Ana Núñez"], "loans": ["Ana Núñez"]}
    assert found(signed_in("twice"), "lilei")["loans"] == ["李雷"]
    assert found(signed_in("twice"), "nunez") == {}


def test_who_sees_no_debtors_finds_none(workplace: Workplace, signed_in: SignedIn) -> None:
    assert found(signed_in("planning"), "ana") == {}
    assert found(signed_in("planning"), "G1") == {}
    assert found(signed_in("planning"), "norte") == {"institutions": ["Río Norte"]}
    assert found(signed_in("nothing"), "home") == {"pages": ["Home"]}
    assert found(signed_in("administrator"), "norte") == {}
    assert found(signed_in("administrator"), "loss") == {}


def test_people_are_found_by_who_may_see_them(workplace: Workplace, signed_in: SignedIn) -> None:
    appoint("taoran", Role.LEGAL, "north")
    User.objects.filter(username="taoran").update(name="陶然")
    appoint("other", Role.LEGAL, "south")
    auditor = signed_in("auditor")
    assert found(auditor, "taor") == {"people": ["陶然"]}
    assert found(auditor, "tr") == {"people": ["陶然"]}
    assert found(auditor, "name of legal") == {"people": ["Name of legal"]}
    assert found(auditor, "name of other") == {}
    page = body(auditor.get("/search/?q=taoran"))
    assert 'href="/people/taoran/"' in page
    assert "Legal department, Río Norte" in page


def test_each_leads_to_its_page(head: Client) -> None:
    page = body(head.get("/search/?q=王小明"))
    assert 'href="/loans/3/"' in page
    others = body(head.get("/search/?q=g1"))
    assert "Gil" in others
    assert 'href="/loans/1/"' not in others
    box = body(head.get("/search/now/?q=王小明"))
    assert 'href="/search/?q=%E7%8E%8B%E5%B0%8F%E6%98%8E"' in box
    assert "1 found" in box


def test_a_page_says_what_to_do(head: Client) -> None:
    assert "Type a name" in main(head.get("/search/"))
    assert "Type two letters" in main(head.get("/search/?q=a"))
    assert "Nothing that you can see fits." in main(head.get("/search/?q=zzz"))
    assert "Type two letters" in body(head.get("/search/now/?q=a"))
    assert "Nothing that you can see fits." in body(head.get("/search/now/?q=zzz"))


def test_what_is_looked_for_is_shown_as_it_was_typed(head: Client) -> None:
    page = body(head.get("/search/", {"q": '"><script>alert(1)</script>'}))
    assert "<script>alert" not in page
    assert "&quot;&gt;&lt;script&gt;" in page


def phone(browser: Client, number: str) -> Any:
    return browser.post("/search/phone/", {"number": number})


def test_a_telephone_number_is_looked_for_and_told_in_the_journal(head: Client) -> None:
    offer = head.get("/search/", {"q": "137 0013-7003"})
    assert "Look for this telephone number" in main(offer)
    assert offer.context["number"] == LI
    assert [hit.name for hit in phone(head, "+86 137 0013-7003").context["groups"][0].hits] == [
        "李雷"
    ]
    response = phone(head, LI)
    (group,) = response.context["groups"]
    assert [hit.name for hit in group.hits] == ["李雷"]
    entry = Entry.objects.latest("id")
    assert (entry.act, entry.by, entry.subject, entry.institution_id, entry.after) == (
        "people.sought-phone",
        "head",
        "•••••••7003",
        "south",
        {"found": 1},
    )
    assert LI not in body(head.get("/search/?q=lilei"))
    assert "No problem loan that you can see has this telephone number" in main(
        phone(head, "13700137004")
    )
    assert Entry.objects.latest("id").after == {"found": 0}


@pytest.mark.parametrize("place", ["loans", "cases"])
def test_a_list_offers_to_look_for_a_telephone_number(place: str, head: Client) -> None:
    page = head.get(f"/{place}/", {"search": "+86 137 0013-7003"})
    assert "Look for this telephone number" in main(page)
    assert 'name="number" value="+8613700137003"' in body(page)
    assert "李雷" not in main(page)
    assert "Look for this" not in main(head.get(f"/{place}/?search=lilei"))


def test_a_telephone_number_of_another_branch(workplace: Workplace, signed_in: SignedIn) -> None:
    response = phone(signed_in("risk"), LI)
    assert response.context["groups"] == []
    assert signed_in("planning").post("/search/phone/", {"number": LI}).status_code == 403
    assert signed_in("planning").get(f"/search/?q={LI}").context["number"] == ""


@pytest.mark.parametrize("number", ["", "12345", "1" * 16, "abcdefgh", "١٢٣٤٥٦٧", "+", "\0" * 8])
def test_what_is_no_telephone_number(number: str, head: Client) -> None:
    assert phone(head, number).status_code == 422
    assert not Entry.objects.filter(act="people.sought-phone").exists()


def test_whoever_tries_numbers_is_stopped(head: Client) -> None:
    """
    twenty within an hour; then one more is told once the hour is over
    """
    user, at = User.objects.get(username="head"), timezone.now()
    for number in range(MOST_AN_HOUR):
        seek_phone(user=user, number=f"1370013{number:04}", scope=Scope(("0001",)), at=at)
    refused = phone(head, LI)
    assert refused.status_code == 429
    assert "You have asked for 20 telephone numbers within an hour" in main(refused)
    assert "李雷" not in body(refused)
    with pytest.raises(SoughtTooOften):
        seek_phone(user=user, number=LI, scope=Scope(("0001",)), at=at + timedelta(minutes=59))
    later = seek_phone(user=user, number=LI, scope=Scope(("0001",)), at=at + timedelta(minutes=61))
    assert [one.loan.loan_id for one in later] == ["S1"]
    assert (
        seek_phone(user=user, number="", scope=Scope(("0001",)), at=at + timedelta(hours=9)) == []
    )


@pytest.mark.parametrize(("text", "asked"), [("wxm", 12), ("白云", 11), ("zzz", 11), ("", 4)])
def test_many_are_asked_for_at_once(
    text: str,
    asked: int,
    workplace: Workplace,
    signed_in: SignedIn,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    browser = signed_in("auditor")
    with django_assert_num_queries(asked):
        browser.get("/search/", {"q": text})


def test_what_can_be_found_has_no_masked_number(workplace: Workplace) -> None:
    told = " ".join(Findable.objects.values_list("text", flat=True))
    assert [part for part in (LI, "7003", "13800138001", "4401") if part in told] == []
    assert Findable.objects.count() == 6
