"""Everything that a program can be told of happens in a bank, and nothing personal leaves it."""

import json
from pathlib import Path
from typing import Any

import pytest

from recobro.casework.case.models import Case
from recobro.casework.case.operations import assign, end_post
from recobro.office.jobs.operations import ask, end
from recobro.office.people.enums import Role
from recobro.office.people.models import Post, User
from recobro.office.webhooks.enums import Event
from recobro.office.webhooks.models import Delivery
from recobro.office.webhooks.operations import make_hook
from recobro.oversight.notices.models import Notice
from recobro.oversight.notices.operations import sign_off
from tests.runs.bank import AT, Bank
from tests.runs.shown import show
from tests.web.workplace import BORROWERS, LOANS, appoint, delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """Return a bank with people, whose first close is shown, and a program that is told all."""
    bank = Bank(tmp_path)
    bank.load(delivery())
    bank.close("2026-03-31")
    show(bank)
    for name, role in (("old", Role.ACCOUNT_MANAGER), ("top", Role.MANAGEMENT)):
        appoint(name, role, "bank")
    every = [event.value for event in Event]
    make_hook(name="all", url="https://a.example/", events=every, at=AT, by="chief")
    return bank


def about(event: Event) -> list[dict[str, Any]]:
    rows = Delivery.objects.filter(event=event).order_by("id")
    return list(rows.values_list("about", flat=True))


def test_all_of_it_is_told_by_numbers(bank: Bank) -> None:
    bank.close("2026-06-30")
    show(bank)
    top, old = (User.objects.get(username=name) for name in ("top", "old"))
    appoint("new", Role.ACCOUNT_MANAGER, "bank")
    case = Case.objects.order_by("pk")[0]
    assign(case=case, to=User.objects.get(username="new"), reason="Ana", by=top, at=AT)
    end_post(post=Post.objects.get(user=old), at=AT, by="shell:x", successor=top)
    notice = Notice.objects.order_by("pk")[0]
    sign_off(notice=notice, by=top, at=AT, remark="Ana Núñez paid")
    job = ask(kind="load", subject="Ana.xlsx", at=AT, by="top")
    end(job=job, at=AT, by="top")
    (close,) = about(Event.CLOSE_SHOWN)
    assert (close["as_of"], close["addresses"]) == (
        "2026-06-30",
        ["/api/v1/figures?as_of=2026-06-30"],
    )
    cases = Case.objects.count()
    assert about(Event.CASES_FOLLOWED) == [
        {
            "as_of": "2026-06-30",
            "opened": cases,
            "closed": 0,
            "moved": 0,
            "addresses": ["/api/v1/cases"],
        }
    ]
    first, others = about(Event.CASES_ASSIGNED)
    address = f"/api/v1/cases/{case.pk}"
    assert first == {"count": 1, "cases": [case.pk], "addresses": [address]}
    assert others["count"] == cases - 1
    assert {told["kind"]: told["count"] for told in about(Event.NOTICES_ISSUED)} == {
        kind: Notice.objects.filter(kind=kind).count()
        for kind in ("new_nonperforming", "three_six")
    }
    assert about(Event.NOTICE_SIGNED)[0]["notices"] == [notice.pk]
    assert about(Event.JOB_ENDED)[0]["kind"] == "load"
    assert {*Delivery.objects.values_list("event", flat=True)} == {*Event}


def test_nothing_says_who_owes_what(bank: Bank) -> None:
    """No name, number of a person, household, loan or user; nor what somebody wrote."""
    test_all_of_it_is_told_by_numbers(bank)
    said = json.dumps([*Delivery.objects.values_list("about", flat=True)], ensure_ascii=False)
    people = [str(value) for row in BORROWERS.values() for value in row.values()]
    words = [word for word in (*people, *BORROWERS, *LOANS, "old", "top", "Ana") if len(word) > 1]
    assert "Ana Núñez" in words
    assert [word for word in words if f'"{word}' in said or f"{word} paid" in said] == []
