import json
from datetime import UTC, datetime, timedelta

import pytest

from recobro.book.models import Institution
from recobro.office.people.enums import Role
from recobro.office.people.operations import add_user
from recobro.office.tokens.models import Token
from recobro.office.tokens.queries import token_of
from tests.cli.conftest import Recobro

pytestmark = pytest.mark.django_db

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
PASSWORD = "seven lean cows"  # noqa: S105 - of nobody


@pytest.fixture(autouse=True)
def mei() -> None:
    Institution.objects.create(institution_id="bank", name="b", kind="branch", path="0001")
    add_user(username="mei", password=PASSWORD, role=Role.RISK, institution_id="bank", at=AT)


def test_a_token_is_printed_once(recobro: Recobro) -> None:
    told = recobro("token", "add", "mei", "nightly", "--write", "--days", "7")
    today = datetime.now(tz=UTC).date()
    until = today + timedelta(days=7)
    assert (told.exit_code, told.stderr) == (
        0,
        f"nightly of mei reads and writes until {until}. This is it; nobody sees it again:\n",
    )
    secret = told.stdout.strip()
    token = token_of(secret, on=today)
    assert token is not None
    assert (token.name, token.may_write, token.until_on) == ("nightly", True, until)
    listed = recobro("token", "list")
    assert (listed.exit_code, secret in listed.output) == (0, False)
    assert [line.split()[:2] for line in listed.stdout.splitlines()[2:]] == [["mei", "nightly"]]


def test_without_more_it_reads(recobro: Recobro) -> None:
    told = json.loads(recobro("token", "add", "mei", "nightly", "--json").stdout)
    assert (told["may_write"], told["token"][:8]) == (False, "recobro_")
    (listed,) = json.loads(recobro("token", "list", "mei", "--json").stdout)["tokens"]
    assert {name: listed[name] for name in ("username", "name", "used_on")} == {
        "username": "mei",
        "name": "nightly",
        "used_on": None,
    }


def test_a_token_is_ended(recobro: Recobro) -> None:
    recobro("token", "add", "mei", "nightly")
    told = recobro("token", "end", "mei", "nightly")
    assert (told.exit_code, told.stderr) == (
        0,
        "nightly of mei has ended: whoever shows it is refused from now on.\n",
    )
    assert Token.objects.get().ended_at is not None
    assert recobro("token", "list").stdout == "There is no token.\n"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("add", "tao", "x"), "There is no user 'tao'; nothing was changed. Write the name as"),
        (("add", "mei", " "), "A token has a name of 1 to 60 signs; nothing was changed."),
        (("add", "mei", "x", "--days", "367"), "A token is good for 1 to 366 days, not for 367;"),
        (("end", "mei", "x"), "mei has no token 'x'; nothing was changed. See which there are: "),
        (("list", "tao"), "There is no user 'tao'; nothing was changed. Write the name as"),
    ],
)
def test_what_is_refused(words: tuple[str, ...], why: str, recobro: Recobro) -> None:
    told = recobro("token", *words)
    assert (told.exit_code, told.stdout, Token.objects.count()) == (2, "", 0)
    assert told.stderr.startswith(f"Refused: {why}")
