"""What is asked for under one key is done once, whoever else comes meanwhile."""

from datetime import UTC, datetime
from typing import Any

import pytest

from recobro.book.models import Institution
from recobro.office.people.enums import Role
from recobro.office.people.operations import add_user
from recobro.office.tokens.models import Answer, Token
from recobro.office.tokens.operations import StillAtWork, give_token, once, used

pytestmark = pytest.mark.django_db

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
PASSWORD = "seven lean cows"  # noqa: S105 - of nobody


@pytest.fixture
def token() -> Token:
    Institution.objects.create(institution_id="bank", name="b", kind="branch", path="0001")
    mei = add_user(username="mei", password=PASSWORD, role=Role.RISK, institution_id="bank", at=AT)
    return give_token(user=mei, name="nightly", may_write=True, days=30, at=AT, by="mei")[0]


def asked(token: Token, do: Any) -> Any:
    return once(token=token, key="a-key", request="what", at=AT, do=do)


def test_who_comes_while_it_is_done_is_told(token: Token) -> None:
    def do() -> tuple[int, str]:
        with pytest.raises(StillAtWork):
            asked(token, lambda: (201, "twice"))
        return 201, "once"

    assert asked(token, do) == (201, "once")
    assert asked(token, lambda: (201, "again")) == (201, "once")


def test_what_somebody_else_has_begun_anew_is_not_done_here(token: Token) -> None:
    """
    as where this one stood still for so long that another took its place
    """

    def do() -> tuple[int, str]:
        used(token=token, on=AT.date())
        Answer.objects.all().delete()
        return 201, "late"

    with pytest.raises(StillAtWork):
        asked(token, do)
    token.refresh_from_db()
    assert token.used_on is None


def test_what_fails_leaves_nothing(token: Token) -> None:
    def do() -> tuple[int, str]:
        used(token=token, on=AT.date())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        asked(token, do)
    token.refresh_from_db()
    assert (token.used_on, Answer.objects.count()) == (None, 0)
    assert asked(token, lambda: (201, "now")) == (201, "now")
