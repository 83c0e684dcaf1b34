"""Settings on the pages: everybody who runs things sees them, administrators change them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from recobro.office.people.enums import Role
from recobro.office.settings.models import Setting
from recobro.office.settings.rules import KNOWN
from recobro.web.language import language
from tests.web.conftest import SignedIn
from tests.web.workplace import appoint

pytestmark = pytest.mark.usefixtures("workplace")
ALONE = "/settings/approvals.case-assign.alone/"


@pytest.fixture
def ada(signed_in: SignedIn) -> Client:
    """Return the browser of an administrator of the whole bank."""
    appoint("ada", Role.ADMINISTRATOR, "bank")
    return signed_in("ada")


def set_to(browser: Client, value: str, *, seen: int = 0, reason: str = "As decided") -> Any:
    return browser.post(ALONE, {"value": value, "reason": reason, "seen": seen})


def test_every_setting_has_a_name_and_a_group_in_each_language() -> None:
    assert get_resolver().url_patterns  # pages bring every room that rests on a setting
    keys = {f"setting.{key}" for key in KNOWN}
    keys |= {f"setting_group.{key.split('.')[0]}" for key in KNOWN}
    for code in ("en", "es", "zh"):
        assert keys <= set(language(code).texts)
        assert {key for key in language(code).texts if key.startswith("setting.")} <= keys


def test_it_is_changed_and_what_held_before_stays(ada: Client) -> None:
    assert "500,000.00" in ada.get("/settings/").content.decode()
    assert set_to(ada, "CNY 300000\nEUR 5").status_code == 302
    page = ada.get(ALONE).content.decode()
    assert ("300,000.00" in page, "As decided" in page, "500,000.00" in page) == (True,) * 3
    assert Setting.objects.get().value == {"CNY": 300_000_00, "EUR": 5_00}


def test_no_limit(ada: Client) -> None:
    assert set_to(ada, "*").status_code == 302
    assert "no limit" in ada.get(ALONE).content.decode()
    assert set_to(ada, "", seen=Setting.objects.get().pk).status_code == 302
    assert "nothing" in ada.get(ALONE).content.decode()


def test_some_of_several_words_are_ticked(ada: Client) -> None:
    address = "/settings/appointments.confirmed/"
    assert "Branch head<br>Business department" in " ".join(
        ada.get("/settings/").content.decode().split()
    )
    form = ada.get(address).context["form"]
    assert [box.data["selected"] for box in form["value"]].count(True) == 4
    told = {"value": ["risk", "branch_head"], "reason": "As decided", "seen": 0}
    assert ada.post(address, told).status_code == 302
    assert Setting.objects.get().value == ["branch_head", "risk"]
    junk = told | {"value": ["king"], "seen": Setting.objects.get().pk}
    assert ada.post(address, junk).status_code == 422
    assert ada.post(address, junk | {"value": []}).status_code == 302
    assert "nothing" in ada.get(address).content.decode()


def test_what_cannot_be_read_changes_nothing(ada: Client) -> None:
    answer = set_to(ada, "lots")
    assert (answer.status_code, "is no currency" in answer.content.decode()) == (422, True)
    assert set_to(ada, "CNY 1", reason="").status_code == 422
    assert Setting.objects.count() == 0


def test_the_second_writer_is_told(ada: Client) -> None:
    set_to(ada, "CNY 1")
    answer = set_to(ada, "CNY 2", seen=0)
    assert (answer.status_code, "has set this" in answer.content.decode()) == (409, True)


def test_others_see_and_do_not_change(signed_in: SignedIn) -> None:
    browser = signed_in("head")
    assert "Keep this" not in browser.get(ALONE).content.decode()
    answer = set_to(browser, "CNY 1")
    assert (answer.status_code, "may not change settings" in answer.content.decode()) == (422, True)
    assert browser.get("/settings/nothing/").status_code == 404
