from datetime import UTC, date, datetime, timedelta

import pytest

from recobro.book.models import Institution
from recobro.journal.models import Entry
from recobro.office.people.enums import Role
from recobro.office.people.models import SecondFactor, User
from recobro.office.people.operations import (
    AccountEnded,
    add_user,
    change_password,
    end_account,
    remove_second_factor,
    resume_account,
)
from recobro.office.tokens.models import Token
from recobro.office.tokens.operations import (
    TokenEnded,
    TokenNameTaken,
    TokenUnusable,
    TooManyTokens,
    end_token,
    give_token,
    used,
)
from recobro.office.tokens.queries import token_of, tokens_of
from recobro.office.tokens.rules import digest

pytestmark = pytest.mark.django_db

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
ON = date(2026, 7, 1)
PASSWORD, ANOTHER = "seven lean cows", "eight fat cows"


@pytest.fixture
def mei() -> User:
    Institution.objects.create(institution_id="bank", name="b", kind="branch", path="0001")
    return add_user(username="mei", password=PASSWORD, role=Role.RISK, institution_id="bank", at=AT)


def given(user: User, name: str = "nightly", days: int = 30) -> tuple[Token, str]:
    return give_token(user=user, name=name, may_write=False, days=days, at=AT, by=user.username)


def test_of_a_token_a_digest_is_kept(mei: User) -> None:
    token, secret = given(mei)
    assert (len(secret), secret[:8]) == (51, "recobro_")
    assert token.digest == digest(secret)
    assert secret not in str(Token.objects.values().get())
    assert given(mei, "other")[1] != secret


def test_what_was_given_is_in_the_journal(mei: User) -> None:
    token, secret = given(mei)
    end_token(token=token, at=AT, by="shell:x")
    ended, begun = Entry.objects.all()[:2]
    assert (begun.act, begun.by, begun.chain) == ("tokens.token-given", "mei", "people:mei")
    assert begun.after == {"name": "nightly", "may_write": False, "until_on": "2026-07-31"}
    assert (ended.act, ended.by) == ("tokens.token-ended", "shell:x")
    told = str([begun.content, ended.content])
    assert (secret in told, token.digest in told) == (False, False)


@pytest.mark.parametrize(
    ("on", "good"), [(ON, True), (date(2026, 7, 30), True), (date(2026, 7, 31), False)]
)
def test_a_token_is_good_until_its_day(mei: User, on: date, *, good: bool) -> None:
    token, secret = given(mei)
    assert token_of(secret, on=on) == (token if good else None)


@pytest.mark.parametrize("shown", ["", "recobro_", "x" * 201, "\ud800", "\0", "ключ"])
def test_what_is_no_token(mei: User, shown: str) -> None:
    given(mei)
    assert token_of(shown, on=ON) is None


def test_a_token_ends_once(mei: User) -> None:
    token, secret = given(mei)
    assert end_token(token=token, at=AT, by="mei").ended_at == AT
    assert token_of(secret, on=ON) is None
    with pytest.raises(TokenEnded, match="'nightly' has been ended already; nothing was changed"):
        end_token(token=token, at=AT, by="mei")


def test_a_token_ends_with_the_account(mei: User) -> None:
    _, secret = given(mei)
    end_account(user=mei, at=AT, by="shell:x")
    assert token_of(secret, on=ON) is None
    with pytest.raises(AccountEnded):
        given(mei, "other")


def test_an_account_comes_back_without_tokens(mei: User) -> None:
    _, secret = given(mei)
    end_account(user=mei, at=AT, by="shell:x")
    resume_account(user=mei, password=ANOTHER, at=AT, by="shell:y")
    assert (token_of(secret, on=ON), list(tokens_of(mei))) == (None, [])
    told = Entry.objects.get(act="tokens.token-ended")
    assert (told.chain, told.by) == ("people:mei", "shell:x")
    assert told.before == {"name": "nightly", "until_on": "2026-07-31"}


def test_tokens_end_with_a_password_that_somebody_else_sets(mei: User) -> None:
    _, secret = given(mei)
    change_password(user=mei, password=ANOTHER, at=AT, by="shell:x", must_change=True)
    assert token_of(secret, on=ON) is None
    assert Entry.objects.get(act="tokens.token-ended").by == "shell:x"


def test_tokens_end_with_a_second_factor_that_somebody_else_removes(mei: User) -> None:
    """
    her own removal leaves the token; that of whoever runs the machine does not
    """
    token, secret = given(mei)
    for by, expected in ((mei, token), ("shell:x", None)):
        SecondFactor.objects.create(user=mei, secret="x", since_at=AT)  # noqa: S106 - of nobody
        remove_second_factor(user=mei, at=AT, by=by)
        assert token_of(secret, on=ON) == expected


def test_a_token_outlives_a_password(mei: User) -> None:
    token, secret = given(mei)
    change_password(user=mei, password=ANOTHER, at=AT, by="mei")
    assert token_of(secret, on=ON) == token


def test_a_name_is_free_again_when_its_token_has_ended(mei: User) -> None:
    token, _ = given(mei)
    with pytest.raises(TokenNameTaken):
        given(mei, " nightly ")
    end_token(token=token, at=AT, by="mei")
    again, _ = given(mei)
    assert list(tokens_of(mei)) == [again]


@pytest.mark.parametrize(
    ("name", "days"),
    [("", 1), (" ", 1), ("x" * 61, 1), ("a\nb", 1), ("a\0b", 1), ("a", 0), ("a", 367)],
)
def test_a_token_that_cannot_be(mei: User, name: str, days: int) -> None:
    with pytest.raises(TokenUnusable):
        given(mei, name, days)
    assert (Token.objects.count(), Entry.objects.filter(act__startswith="tokens").count()) == (0, 0)


def test_one_person_has_twenty(mei: User) -> None:
    for number in range(20):
        given(mei, str(number))
    with pytest.raises(TooManyTokens):
        given(mei, "one more")


def test_the_day_of_use_is_remembered(mei: User) -> None:
    token, _ = given(mei)
    for on in (ON, ON + timedelta(days=1)):
        used(token=token, on=on)
        token.refresh_from_db()
        assert token.used_on == on
