import os
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from recobro.lake import Lake, VersionGone


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def written(lake: Lake, *loans: str) -> Path:
    file = lake.new_file("loans")
    pq.write_table(pa.table({"loan_id": list(loans)}), file)
    return file


def add(lake: Lake, *loans: str) -> int:
    return lake.commit("loans", [written(lake, *loans)], replace=False)


def read(lake: Lake, version: int | None = None) -> list[str]:
    """Return the loans of a version, or of the newest."""
    versions = lake.versions() if version is None else {"loans": version}
    found = [pq.read_table(file) for file in lake.files("loans", versions)]
    return sorted(loan for table in found for loan in table["loan_id"].to_pylist())


def on_disk(lake: Lake) -> int:
    return len(list(lake.folder("loans").glob("*.parquet")))


def test_an_empty_lake_has_no_version_and_no_file(lake: Lake) -> None:
    assert (lake.versions(), lake.files("loans", {})) == ({}, [])


def test_a_file_counts_once_it_is_committed(lake: Lake) -> None:
    written(lake, "A")
    assert lake.versions() == {}
    add(lake, "B")
    assert read(lake) == ["B"]


def test_a_commit_adds_files_and_names_the_version(lake: Lake) -> None:
    versions = [
        add(lake, "A"),
        lake.commit("loans", [written(lake, "B"), written(lake, "C")], replace=False),
    ]
    assert (versions, lake.versions(), read(lake)) == ([0, 1], {"loans": 1}, ["A", "B", "C"])


def test_replacing_leaves_earlier_versions_readable(lake: Lake) -> None:
    add(lake, "A", "B")
    lake.commit("loans", [written(lake, "C")], replace=True)
    assert (read(lake, 0), read(lake, 1)) == (["A", "B"], ["C"])


def test_what_came_after_a_restored_version_does_not_count(lake: Lake) -> None:
    add(lake, "A")
    add(lake, "B")
    assert lake.restore("loans", 0) is True
    assert read(lake) == ["A"]
    add(lake, "C")
    assert (read(lake), read(lake, 1)) == (["A", "C"], ["A", "B"])


def test_restoring_what_is_in_force_writes_nothing(lake: Lake) -> None:
    add(lake, "A")
    assert (lake.restore("loans", 0), lake.versions()) == (False, {"loans": 0})
    assert lake.restore("payments", 3) is False


def test_a_table_can_be_brought_back_to_never_written(lake: Lake) -> None:
    add(lake, "A")
    assert (lake.restore("loans", None), lake.versions()) == (True, {})
    assert add(lake, "B") == 0


def test_a_sweep_keeps_what_is_named_and_what_is_newest(lake: Lake) -> None:
    for loan in "ABCD":
        lake.commit("loans", [written(lake, loan)], replace=True)
    written(lake, "never committed")
    lake.sweep([{"loans": 1}, {"payments": 7}])
    assert (read(lake, 1), read(lake), on_disk(lake)) == (["B"], ["D"], 2)


def test_a_sweep_leaves_no_folder_that_never_became_a_table(lake: Lake) -> None:
    written(lake, "A")
    lake.sweep([])
    assert list(lake.root.iterdir()) == []


def test_a_swept_version_says_that_it_is_gone(lake: Lake) -> None:
    for loan in "AB":
        lake.commit("loans", [written(lake, loan)], replace=True)
    lake.sweep([])
    with pytest.raises(VersionGone, match="version 0 of table 'loans' is no longer in the lake"):
        read(lake, 0)


def test_a_version_that_never_was_is_gone_too(lake: Lake) -> None:
    add(lake, "A")
    with pytest.raises(VersionGone):
        read(lake, 5)


def test_a_version_of_a_table_that_never_was_is_gone(lake: Lake) -> None:
    with pytest.raises(VersionGone):
        lake.files("loans", {"loans": 0})


def test_the_rows_that_a_version_says_its_files_have(lake: Lake) -> None:
    add(lake, "A", "B")
    second = add(lake, "C")
    assert sorted(lake.rows("loans", second).values()) == [1, 2]
    (first,) = lake.rows("loans", 0)
    first.unlink()
    assert lake.rows("loans", 0) == {first: 2}
    with pytest.raises(VersionGone):
        lake.rows("loans", 7)


def test_a_table_asks_that_its_log_be_kept(lake: Lake) -> None:
    add(lake, "A")
    told = DeltaTable(lake.root / "loans").metadata().configuration
    assert told == {"delta.enableExpiredLogCleanup": "false"}


@pytest.mark.parametrize("cleanup", ["true", "false"])
def test_a_version_of_forty_days_ago_can_be_read(lake: Lake, cleanup: str) -> None:
    """Delta's log is summed up with every third commit, whether the table asks to keep it or not.

    A to E are added, the log is 40 days old by then; F comes, is taken back, and G to J follow.
    """
    add(lake, "A")
    asked = {"delta.checkpointInterval": "3", "delta.enableExpiredLogCleanup": cleanup}
    DeltaTable(lake.root / "loans").alter.set_table_properties(asked)
    for loan in "BCDE":
        add(lake, loan)
    ago = time.time() - 40 * 24 * 3600
    for file in (lake.root / "loans" / "_delta_log").iterdir():
        os.utime(file, (ago, ago))
    last = lake.versions()["loans"]
    add(lake, "F")
    lake.restore("loans", last)
    for loan in "GHIJ":
        add(lake, loan)
        lake.sweep([{"loans": 0}])
    assert (read(lake, 0), read(lake)) == (["A"], [*"ABCDEGHIJ"])


def without_its_log(lake: Lake, version: int) -> None:
    (lake.root / "loans" / "_delta_log" / f"{version:020}.json").unlink()


def test_a_sweep_leaves_alone_what_a_lost_version_may_need(lake: Lake) -> None:
    """The log of A is lost; B, which nobody names, stays like A: a backup may bring A back."""
    for loan in "ABC":
        lake.commit("loans", [written(lake, loan)], replace=True)
    DeltaTable(lake.root / "loans").create_checkpoint()
    add(lake, "D")
    without_its_log(lake, 0)
    with pytest.raises(VersionGone):
        read(lake, 0)
    lake.sweep([{"loans": 0}, {"loans": 2}])
    assert (read(lake, 2), read(lake), on_disk(lake)) == (["C"], ["C", "D"], 4)
    lake.sweep([{"loans": 2}])
    assert (read(lake, 2), read(lake), on_disk(lake)) == (["C"], ["C", "D"], 2)


def test_a_sweep_leaves_alone_a_table_that_lost_its_whole_log(lake: Lake) -> None:
    add(lake, "A")
    without_its_log(lake, 0)
    lake.sweep([{"loans": 0}])
    assert on_disk(lake) == 1


def test_a_sweep_tells_of_what_else_goes_wrong(lake: Lake) -> None:
    """Something stands where Delta wants to write that B goes."""
    for loan in "ABC":
        lake.commit("loans", [written(lake, loan)], replace=True)
    (lake.root / "loans" / "_delta_log" / f"{3:020}.json").mkdir()
    with pytest.raises(DeltaError, match="Failed to commit"):
        lake.sweep([{"loans": 0}])
