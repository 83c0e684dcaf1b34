import errno
import os
from pathlib import Path

import pytest

from recobro.policy import PolicyRefused
from recobro.runs.home import Home, HomeBusy, HomeUnusable


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "bank")
    made.create()
    return made


def test_a_home_is_made_on_first_use_and_left_empty(home: Home) -> None:
    home.create()
    assert list(home.path.iterdir()) == []


def test_a_home_below_a_file_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeUnusable, match="cannot be used: Not a directory"):
        Home(tmp_path / "file" / "bank").create()


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


def test_the_policy_is_the_one_named_else_the_banks_else_cn(home: Home, tmp_path: Path) -> None:
    assert home.policy().name == "cn"
    home.policy_file.write_text('name = "ours"\n[overdue]\ngrace_days = 2\n', encoding="utf-8")
    assert (home.policy().name, home.policy().overdue.grace_days) == ("ours", 2)
    named = tmp_path / "other.toml"
    named.write_text('extends = "eu"\n', encoding="utf-8")
    assert home.policy(named).extends == "eu"
    with pytest.raises(PolicyRefused):
        home.policy(tmp_path / "none.toml")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EFBIG])
def test_a_disk_that_gives_up_is_told_as_such(home: Home, code: int) -> None:
    with pytest.raises(HomeUnusable, match="free space on its disk"), home.writing("a load"):
        raise OSError(code, os.strerror(code))
