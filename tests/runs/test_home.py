import errno
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError

from recobro.policy import PolicyRefused
from recobro.runs.home import DatabaseUnusable, Home, HomeBusy, HomeUnusable
from recobro.runs.operations import compact
from tests.runs.bank import Bank


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "bank")
    made.create()
    return made


def test_a_home_is_made_on_first_use_and_left_empty(home: Home) -> None:
    home.create()
    assert list(home.path.iterdir()) == []


def test_a_new_home_is_open_to_its_user_alone(home: Home) -> None:
    assert stat.filemode(home.path.stat().st_mode) == "drwx------"


@pytest.mark.parametrize("name", ["recobro.sqlite3", "lock", "policy.toml"])
def test_the_folder_of_something_else_is_no_home(tmp_path: Path, name: str) -> None:
    """Its folder `closes` would be swept. An empty disk may be one; a file of a bank tells it."""
    (tmp_path / "lost+found").mkdir()
    Home(tmp_path).create()
    (tmp_path / "closes").mkdir()
    with pytest.raises(HomeUnusable, match="cannot be used: it holds something else than a bank"):
        Home(tmp_path).create()
    (tmp_path / name).touch()
    Home(tmp_path).create()


def test_a_home_below_a_file_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeUnusable, match="cannot be used: Not a directory"):
        Home(tmp_path / "file" / "bank").create()


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """Be somebody whom permissions concern: they do not stop root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield
    if root:
        os.seteuid(0)


def test_a_folder_without_permission(home: Home, unprivileged: None) -> None:
    """Root becomes nobody for it, for whom the test's own folder is closed."""
    for folder in (home.path / "new", Path("/proc/1/bank"), home.path):
        with pytest.raises(HomeUnusable, match=r"give this user the right to write there"):
            Home(folder).create()
    with (
        pytest.raises(HomeUnusable, match="cannot be used: Permission denied"),
        home.writing("a load"),
    ):
        pass


def test_one_at_a_time_and_the_second_hears_who_is_first(home: Home) -> None:
    with (
        home.writing("a close"),
        pytest.raises(HomeBusy, match=r"a close \(process \d+\) is at work"),
        home.writing("a load"),
    ):
        pass


def test_a_home_is_free_again_whatever_happened(home: Home) -> None:
    with pytest.raises(FileNotFoundError), home.writing("a load") as scratch:
        (scratch / "no folder" / "half").touch()
    with home.writing("a load") as scratch:
        assert list(scratch.iterdir()) == []
    assert not scratch.exists()


def test_questions_have_a_folder_each(home: Home) -> None:
    """Two at a time; a third was ended two days ago, and what it left is swept."""
    left = home.path / ".reading-left"
    left.mkdir()
    (left / "rows").touch()
    two_days_ago = time.time() - 2 * 24 * 60 * 60
    os.utime(left, (two_days_ago, two_days_ago))
    with home.reading() as one, home.reading() as other:
        assert sorted(home.path.iterdir()) == sorted([one, other])
        assert [stat.filemode(own.stat().st_mode) for own in (one, other)] == ["drwx------"] * 2
    assert list(home.path.iterdir()) == []


def test_a_question_where_nothing_can_be_written(tmp_path: Path) -> None:
    with (
        pytest.raises(HomeUnusable, match="cannot be used: No such file or directory"),
        Home(tmp_path / "gone").reading(),
    ):
        pass


SERVER = {"NAME": "bank", "HOST": "db", "PORT": "5432", "USER": "us", "PASSWORD": "secret"}


def test_a_database_that_gives_up_is_told_without_its_password(home: Home) -> None:
    with pytest.raises(DatabaseUnusable, match="server closed the connection"), home.writing("a"):
        raise OperationalError("server closed the connection\n\tunexpectedly")  # noqa: EM101, TRY003 - another's
    assert str(DatabaseUnusable(SERVER, "no pg_hba entry for secret\n")) == (
        "The database bank at db:5432 cannot be used: no pg_hba entry for …. What was not finished "
        "does not count. See that it runs and that DATABASE_URL names it, then try again."
    )


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        OSError("Generic LocalFileSystem error\n  No space left on device (os error 28)"),
        OperationalError("database or disk is full"),
        OperationalError("attempt to write a readonly database"),
    ],
    ids=repr,
)
def test_a_disk_that_gives_up_is_told_as_such(home: Home, error: Exception) -> None:
    with pytest.raises(HomeUnusable, match="free space on its disk"), home.writing("a load"):
        raise error


def test_an_error_about_something_else_stays_what_it_is(home: Home) -> None:
    for error in (OSError("odd"), FileNotFoundError(errno.ENOENT, "none"), ValueError("odd")):
        with pytest.raises(type(error), match=str(error.args[-1])), home.writing("a load"):
            raise error


def test_the_policy_is_the_one_named_else_the_banks_else_cn(home: Home, tmp_path: Path) -> None:
    assert home.policy().name == "cn"
    home.policy_file.write_text('name = "ours"\n[overdue]\ngrace_days = 2\n', encoding="utf-8")
    assert (home.policy().name, home.policy().overdue.grace_days) == ("ours", 2)
    named = tmp_path / "other.toml"
    named.write_text('extends = "eu"\n', encoding="utf-8")
    assert home.policy(named).extends == "eu"
    with pytest.raises(PolicyRefused):
        home.policy(tmp_path / "none.toml")


@pytest.mark.django_db
def test_a_bank_may_have_any_name(tmp_path: Path) -> None:
    """Whatever a pattern, an address, a percentage or a statement would take for its own."""
    bank = Bank(tmp_path / "a bank 银行 [1] 100% ä#b? it's")
    bank.folder.mkdir()
    bank.load("2026-01-05 A owes 100.00\n2026-01-05 A pays 40.00 as p1")
    assert bank.overdue("2026-01-31") == {"A": (6000, 26)}
    assert compact(home=bank.home, files=0)
    assert bank.overdue("2026-01-31") == {"A": (6000, 26)}


def test_but_for_one_that_stands_for_another(tmp_path: Path) -> None:
    with pytest.raises(HomeUnusable, match="its name has %41"):
        Home(tmp_path / "b-%41").create()
