import json
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest

from recobro.book.models import Institution
from recobro.casework.case.models import Case
from recobro.office.identity_provider import Told
from recobro.office.people.models import Identity, Post, User
from recobro.office.people.operations import enrol, identify
from recobro.office.people.rules import new_secret
from tests.cli.conftest import Recobro

pytestmark = pytest.mark.django_db

PASSWORD = "seven lean cows 七"  # noqa: S105 - of nobody
POST = ("--role", "risk", "--institution", "bank")


@pytest.fixture
def shown(recobro: Recobro) -> Recobro:
    """Return the program of a bank whose institution is known."""
    Institution.objects.create(
        institution_id="bank", parent=None, name="bank", kind="head_office", path="0001"
    )
    return recobro


@pytest.fixture
def password(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n", encoding="utf-8")
    return file


def refused(recobro: Recobro, *words: object) -> str:
    """Return why nobody was added: the last line on standard error, exit code 2."""
    told = recobro("user", "add", *words)
    assert (told.exit_code, told.stdout, User.objects.count()) == (2, "", 0)
    assert PASSWORD not in told.stderr
    line: str = told.stderr.splitlines()[-1]
    return line


def test_somebody_is_added_and_can_prove_it(shown: Recobro, password: Path) -> None:
    words = ("--name", "陶然", "--language", "zh", "--password-file", password)
    told = shown("user", "add", "tao", *POST, *words, "--json")
    assert (told.exit_code, told.stderr) == (0, "陶然 can sign in as tao: risk at bank.\n")
    assert json.loads(told.stdout) == {"username": "tao", "role": "risk", "institution": "bank"}
    user = User.objects.get()
    assert (user.username, user.name, user.language) == ("tao", "陶然", "zh")
    assert user.check_password(PASSWORD)
    posts = Post.objects.values_list("user__username", "role", "institution", "until_on")
    assert list(posts) == [("tao", "risk", "bank", None)]


def test_a_password_is_kept_as_a_hash_alone(shown: Recobro, password: Path) -> None:
    told = shown("user", "add", "tao", *POST, "--password-file", password)
    assert PASSWORD not in told.output
    assert User.objects.get().password.startswith("argon2$argon2id$")


def test_a_password_from_standard_input(shown: Recobro) -> None:
    told = shown("user", "add", "tao", *POST, "--password-file", "-", input=f"{PASSWORD}\r\n")
    assert (told.exit_code, told.output) == (0, "tao can sign in as tao: risk at bank.\n")
    assert User.objects.get().check_password(PASSWORD)


def test_a_password_that_is_asked_for_is_typed_twice(shown: Recobro) -> None:
    told = shown("user", "add", "tao", *POST, input=f"{PASSWORD}\n{PASSWORD}\n")
    assert (told.exit_code, PASSWORD in told.output) == (0, False)
    assert User.objects.get().check_password(PASSWORD)


def test_an_institution_that_there_is_not(shown: Recobro, password: Path) -> None:
    words = ("--role", "risk", "--institution", "bnak", "--password-file", password)
    assert refused(shown, "tao", *words) == (
        "Refused: The book has no institution 'bnak'; nothing was changed. Name one of the "
        "delivered institutions, or load and close a delivery that brings it."
    )


def test_a_role_that_there_is_not(shown: Recobro, password: Path) -> None:
    words = ("--role", "boss", "--institution", "bank", "--password-file", password)
    assert refused(shown, "tao", *words).startswith(
        "Error: Invalid value for '--role': 'boss': choose one of account_manager, branch_head, "
    )


def test_a_language_that_nobody_speaks(shown: Recobro, password: Path) -> None:
    words = (*POST, "--language", "fr", "--password-file", password)
    assert refused(shown, "tao", *words) == (
        "Refused: No report speaks 'fr'; nothing was written. Choose one of en, es, zh."
    )


@pytest.mark.parametrize(
    ("weak", "why"),
    [
        ("cow 七", "This password is too short. It must contain at least 12 characters."),
        ("123456789987654321", "This password is too common."),
        ("tao.of.the.bank", "The password is too similar to the username."),
    ],
)
def test_a_password_that_others_would_guess(
    weak: str, why: str, shown: Recobro, tmp_path: Path
) -> None:
    file = tmp_path / "weak"
    file.write_text(weak, encoding="utf-8")
    line = refused(shown, "tao.of.the.bank", *POST, "--password-file", file)
    assert line.startswith("Refused: The password is too weak; nothing was changed. ")
    assert why in line
    assert weak == "tao.of.the.bank" or weak not in line


def test_a_file_that_there_is_not(shown: Recobro, tmp_path: Path) -> None:
    line = refused(shown, "tao", *POST, "--password-file", tmp_path / "none")
    assert line == (
        f"Refused: {tmp_path / 'none'} cannot be read: No such file or directory. Nothing was "
        "changed. Name a file that holds the password and nothing else, or - for standard input."
    )


def test_a_file_that_is_no_text(shown: Recobro, tmp_path: Path) -> None:
    file = tmp_path / "picture"
    file.write_bytes(b"\xff\xd8\xff\xe0")
    assert refused(shown, "tao", *POST, "--password-file", file) == (
        f"Refused: {file} is not text in UTF-8. Nothing was changed. "
        "Name a file that holds the password and nothing else, or - for standard input."
    )


def test_a_name_that_is_taken(shown: Recobro, password: Path) -> None:
    words = ("user", "add", "tao", *POST, "--password-file", password)
    assert shown(*words).exit_code == 0
    told = shown(*words, "--json")
    why = "There is a user 'tao' already; nothing was changed. Choose another name."
    assert (told.exit_code, json.loads(told.stdout)) == (2, {"refused": why})
    assert (told.stderr, User.objects.count()) == (f"Refused: {why}\n", 1)


def test_a_password_of_somebody_who_forgot_theirs(shown: Recobro, password: Path) -> None:
    shown("user", "add", "tao", *POST, "--password-file", password)
    other = password.with_name("other")
    other.write_text("eight fat cows 八", encoding="utf-8")
    told = shown("user", "password", "tao", "--password-file", other)
    assert (told.exit_code, told.stderr) == (
        0,
        "tao can sign in with it, and must choose another.\n",
    )
    user = User.objects.get()
    assert (user.check_password("eight fat cows 八"), user.must_change) == (True, True)


def test_an_account_is_ended(shown: Recobro, password: Path) -> None:
    shown("user", "add", "tao", *POST, "--password-file", password)
    assert shown("user", "end", "tao", "--reason", "left").exit_code == 0
    assert User.objects.get().is_active is False
    again = shown("user", "end", "tao")
    assert (again.exit_code, "has ended already" in again.stderr) == (2, True)
    unknown = shown("user", "end", "nobody")
    assert (unknown.exit_code, "There is no user 'nobody'" in unknown.stderr) == (2, True)


def test_a_post_more_and_a_post_less(shown: Recobro, password: Path) -> None:
    shown("user", "add", "tao", *POST, "--password-file", password)
    given = shown("user", "post", "tao", "--role", "auditor", "--institution", "bank")
    assert (given.exit_code, given.output) == (0, "tao holds a post more: auditor at bank.\n")
    ended = shown("user", "end-post", "tao", *POST, "--reason", "moved", "--json")
    assert (ended.exit_code, ended.stderr) == (0, "tao is no longer risk at bank.\n")
    assert json.loads(ended.stdout) == {"username": "tao", "cases": 0, "successor": None}
    assert [post.role for post in Post.objects.filter(until_on=None)] == ["auditor"]
    again = shown("user", "end-post", "tao", *POST)
    why = "tao holds no such post; nothing was changed. Held at present: auditor at bank."
    assert (again.exit_code, why in again.stderr) == (2, True)
    nowhere = shown("user", "post", "tao", "--role", "risk", "--institution", "bnak")
    assert (nowhere.exit_code, "no institution 'bnak'" in nowhere.stderr) == (2, True)


def test_a_successor_takes_over(shown: Recobro, password: Path) -> None:
    """
    tao is responsible for a case
    """
    for name in ("tao", "mei"):
        shown("user", "add", name, *POST, "--password-file", password)
    tao = User.objects.get(username="tao")
    bank = Post.objects.first()
    assert bank is not None
    Case.objects.create(
        household_id="a",
        institution=bank.institution,
        responsible=tao,
        opened_on=bank.from_on,
        due_on=bank.from_on,
    )
    alone = shown("user", "end", "tao")
    assert (alone.exit_code, "Name a successor" in alone.stderr) == (2, True)
    told = shown("user", "end", "tao", "--successor", "mei", "--json")
    assert json.loads(told.stdout) == {"username": "tao", "cases": 1, "successor": "mei"}
    said = "tao can no longer sign in. Open cases that went to mei: 1.\n"
    assert (told.stderr, Case.objects.get().responsible.username) == (said, "mei")


def test_an_account_is_bound_no_more(shown: Recobro, password: Path) -> None:
    shown("user", "add", "tao", *POST, "--password-file", password)
    none = shown("user", "unbind", "tao")
    assert (none.exit_code, "has not signed in by an identity provider" in none.stderr) == (2, True)
    at = datetime(2026, 7, 1, 8, tzinfo=UTC)
    identify(told=Told("https://id.bank.example", "7", "tao"), at=at)
    told = shown("user", "unbind", "tao", "--json")
    assert json.loads(told.stdout) == {"username": "tao"}
    assert not Identity.objects.exists()


def test_a_second_factor_that_was_lost(shown: Recobro, password: Path) -> None:
    shown("user", "add", "tao", *POST, "--password-file", password)
    none = shown("user", "reset-second-factor", "tao")
    assert (none.exit_code, "tao has no second factor" in none.stderr) == (2, True)
    tao = User.objects.get()
    at = datetime(2026, 7, 1, 8, tzinfo=UTC)
    secret = new_secret()
    enrol(user=tao, secret=secret, code=pyotp.TOTP(secret).at(at), at=at)
    told = shown("user", "reset-second-factor", "tao", "--json")
    assert json.loads(told.stdout) == {"username": "tao"}
    assert User.objects.get().has_second_factor is False
