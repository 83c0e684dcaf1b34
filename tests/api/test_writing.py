"""A case is handed over: with which token, once, and not over somebody else's decision."""

import json
from datetime import timedelta
from typing import Any, Final

import pytest
from django.test import Client

from recobro.casework.case.models import Case, Responsibility
from recobro.journal.models import Entry
from recobro.office.people.enums import Role
from recobro.office.tokens.models import Answer
from tests.api.conftest import Program
from tests.api.endpoints import HOME_1
from tests.api.test_endpoints import PROBLEM
from tests.web.workplace import appoint

pytestmark = pytest.mark.usefixtures("workplace")

ADDRESS: Final = f"/api/v1/cases/{HOME_1}/responsibilities"
TO_LEGAL: Final = {"to": "legal", "reason": "goes to court", "instead_of": "account_manager"}


def post(program: Client, wish: Any = TO_LEGAL, key: str | None = None) -> Any:
    """Return what a program is answered that hands the case over."""
    headers = {} if key is None else {"Idempotency-Key": key}
    body = wish if isinstance(wish, str | bytes) else json.dumps(wish)
    return program.post(ADDRESS, body, content_type="application/json", headers=headers)


def told(answer: Any) -> tuple[int, str]:
    """Return the status of a problem, and which one it is."""
    assert answer["Content-Type"] == PROBLEM
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["type"].removeprefix("urn:recobro:")


def test_a_case_is_handed_over(program: Program) -> None:
    answer = post(program("branch_head"))
    assert (answer.status_code, answer.json()["reason"]) == (201, "goes to court")
    assert (answer.json()["username"], answer.json()["cause"]) == ("legal", "by_hand")
    assert Case.objects.get(pk=HOME_1).responsible.username == "legal"
    entry = Entry.objects.get(act="case.assigned")
    assert (entry.by, entry.before, entry.after) == (
        "branch_head",
        {"responsible": "account_manager"},
        {"responsible": "legal"},
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"to": "nobody"}, (422, "user-unknown")),
        ({"to": "archive"}, (422, "cannot-collect")),
        ({"instead_of": "risk"}, (409, "assigned-meanwhile")),
    ],
)
def test_what_is_refused(change: dict[str, str], expected: Any, program: Program) -> None:
    answer = post(program("branch_head"), TO_LEGAL | change, "a-key")
    assert told(answer) == expected
    assert "nothing was changed" in answer.json()["detail"]
    assert (Responsibility.objects.filter(case=HOME_1).count(), Answer.objects.count()) == (1, 0)


def test_the_second_of_two_is_told(program: Program) -> None:
    one, other = program("branch_head"), program("risk")
    assert post(one).status_code == 201
    answer = post(other, TO_LEGAL | {"to": "risk"})
    assert told(answer) == (409, "assigned-meanwhile")
    assert answer.json()["detail"].startswith("Name of legal is responsible by now; nothing was")


def test_a_closed_case_stays_as_it_is(program: Program) -> None:
    Case.objects.filter(pk=HOME_1).update(closed_on="2026-06-30", outcome="cured")
    assert told(post(program("branch_head"))) == (409, "case-closed")


def test_a_case_of_another_branch(program: Program) -> None:
    """
    whoever heads the branch south sees the case, as a loan of south is in it, and cannot move it
    """
    appoint("head-south", Role.BRANCH_HEAD, "south")
    south = program("head-south")
    assert south.get(f"/api/v1/cases/{HOME_1}").status_code == 200
    assert post(south).status_code == 404


def test_a_key_does_it_once(program: Program) -> None:
    head = program("branch_head")
    first, second = post(head, key="a-key"), post(head, key="a-key")
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert first.status_code == 201
    assert Responsibility.objects.filter(case=HOME_1).count() == 2
    assert Entry.objects.filter(act="case.assigned").count() == 1


def test_without_a_key_it_is_done_again(program: Program) -> None:
    head = program("branch_head")
    assert (post(head).status_code, told(post(head))) == (201, (409, "assigned-meanwhile"))


def test_a_key_is_for_one_thing(program: Program) -> None:
    head = program("branch_head")
    post(head, key="a-key")
    other = post(head, TO_LEGAL | {"reason": "another"}, "a-key")
    assert told(other) == (422, "key-reused")
    assert post(head, TO_LEGAL | {"instead_of": "legal"}, "b-key").status_code == 201


def test_keys_of_two_tokens_do_not_meet(program: Program) -> None:
    post(program("branch_head"), key="a-key")
    assert told(post(program("risk"), key="a-key")) == (409, "assigned-meanwhile")


def test_what_is_being_done_is_not_begun_again(program: Program) -> None:
    """
    as another process would find it: the key is there, and has no answer yet
    """
    head = program("branch_head")
    post(head, key="a-key")
    Answer.objects.update(status=None, body="")
    assert told(post(head, key="a-key")) == (409, "still-at-work")


@pytest.mark.parametrize(
    ("age", "at_work", "expected"),
    [
        (timedelta(minutes=1), True, (409, "still-at-work")),
        (timedelta(minutes=3), True, (409, "assigned-meanwhile")),
        (timedelta(hours=23), False, 201),
        (timedelta(hours=25), False, (409, "assigned-meanwhile")),
    ],
)
def test_how_long_a_key_is_known(
    age: timedelta, expected: Any, program: Program, *, at_work: bool
) -> None:
    """
    one that was never finished for two minutes, one that was for a day; then it is done anew, which
    is refused here: legal is responsible since the first time
    """
    head = program("branch_head")
    post(head, key="a-key")
    answer = Answer.objects.get()
    answer.asked_at -= age
    answer.status = None if at_work else answer.status
    answer.save()
    again = post(head, key="a-key")
    assert (201 if again.status_code == 201 else told(again)) == expected


def test_what_fails_can_be_asked_for_again(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = program("branch_head")
    with monkeypatch.context() as broken:
        broken.delattr(Entry, "content")
        answer = post(head, key="a-key")
        assert (answer.status_code, answer["Content-Type"]) == (500, PROBLEM)
        assert "content" not in answer.content.decode()
    assert (Answer.objects.count(), Responsibility.objects.filter(case=HOME_1).count()) == (0, 1)
    assert post(head, key="a-key").status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null", b"[]", b'"x"', b"1e999", b"NaN"),
        TO_LEGAL | {"to": "x" * 61},
        TO_LEGAL | {"to": "a\0b"},
        TO_LEGAL | {"to": 7},
        TO_LEGAL | {"to": "\ud800"},
        TO_LEGAL | {"reason": " "},
        TO_LEGAL | {"reason": "x" * 401},
        TO_LEGAL | {"instead_of": None},
        TO_LEGAL | {"more": "than this"},
        {"to": "legal", "reason": "y"},
        b'{"to": ' + b"9" * 5_000 + b"}",
    ],
)
def test_a_body_that_cannot_be(body: Any, program: Program) -> None:
    answer = post(program("branch_head"), body)
    assert answer.status_code in {400, 422}
    assert told(answer)[1] == "about:blank"


def test_a_body_without_end(program: Program) -> None:
    answer = post(program("branch_head"), b"x" * 3_000_000)
    assert told(answer) == (413, "about:blank")


@pytest.mark.parametrize("key", ["", "x" * 101, "a b", "ключ"])
def test_a_key_that_cannot_be(key: str, program: Program) -> None:
    assert told(post(program("branch_head"), key=key)) == (422, "about:blank")
