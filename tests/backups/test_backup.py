import errno
import os
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from django.db import connection

from recobro.backups.manifest import read
from recobro.backups.operations.backup import (
    BackupFolderUnusable,
    BackupInside,
    NoRoomForBackup,
)
from recobro.backups.record import Record, last_backup
from recobro.journal.models import Entry
from recobro.runs import operations as runs
from recobro.runs.home import HomeBusy
from tests.backups.store import Store, files, open_to_others

pytestmark = pytest.mark.django_db(transaction=True)

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - the shape of shutil's own

BESIDE = {
    "delivered/000001-first/loans.csv",
    "documents/deep/scan.pdf",
    "inbox/2026-04-30-full/loans.csv",
    "mappings/core.toml",
    "policy.toml",
    "unfinished-but-not-the-mark",
}
"""What the database does not name, and what nobody foresaw: it is taken along."""

NOT = {"journal-key", "secret-key", ".hidden", "lock", "keeping-lock"}


def of_the_book(store: Store) -> set[str]:
    home = store.bank.home.path
    every = {
        name for name in files(home) if name.split("/")[0] in {"lake", "closes", "loads", "seals"}
    }
    return {name for name in every if not name.endswith("_last_checkpoint")}


def test_what_is_in_it(store: Store) -> None:
    made = store.backup()
    database = "database.sqlite3" if connection.vendor == "sqlite" else "database.dump"
    assert made.folder == store.to / "2026-07-01T02-30-00Z"
    held = {f"home/{name}" for name in of_the_book(store) | BESIDE}
    assert files(made.folder).keys() == held | {"manifest.json", database}
    assert {part.path for part in made.manifest.parts} == held | {database}
    assert made.manifest.missing == ()
    assert read(made.folder) == made.manifest
    assert {*files(store.bank.home.path)} - of_the_book(store) - BESIDE == NOT | {
        "last-backup.json"
    }


def test_nobody_else_gets_at_it(store: Store) -> None:
    before = os.umask(0o022)
    try:
        store.backup()
    finally:
        os.umask(before)
    assert open_to_others(store.to) == []


def test_it_is_noted(store: Store) -> None:
    made = store.backup()
    at = made.manifest.made_at
    assert last_backup(store.bank.home) == Record(at, at, str(made.folder))
    told = Entry.objects.get(act="backups.made")
    assert (told.chain, told.subject, told.by) == ("backups", str(made.folder), "shell:op")
    assert told.after == {"files": len(made.manifest.parts), "bytes": made.manifest.size}


def test_what_is_the_same_takes_no_room_again(store: Store) -> None:
    """The inbox has another delivery by the second night; one of the first was touched only."""
    first = store.backup(1)
    assert first.new == first.manifest.size
    home = store.bank.home.path
    (home / "inbox/2026-05-31-full").mkdir()
    (home / "inbox/2026-05-31-full/loans.csv").write_text("more", encoding="utf-8")
    (home / "mappings/core.toml").touch()
    (home / "policy.toml").write_text('extends = "eu"\n', encoding="utf-8")
    second = store.backup(2)
    alone = {part.path for part in second.manifest.parts if _links(second.folder / part.path) == 1}
    (database,) = {part for part in second.manifest.parts if part.path.startswith("database.")}
    assert alone == {"home/inbox/2026-05-31-full/loans.csv", "home/policy.toml", database.path}
    assert second.new == database.size + len("more") + len('extends = "eu"\n')


def _links(file: Path) -> int:
    return file.stat().st_nlink


def test_a_file_that_is_another_now_is_copied(store: Store) -> None:
    """After a restore loads are numbered again: of the same size, and of another content."""
    first = store.backup(1)
    told = store.bank.home.path / "mappings/core.toml"
    told.write_text("mappings/CORE.toml", encoding="utf-8")
    second = store.backup(2)
    assert (second.folder / "home/mappings/core.toml").read_text() == "mappings/CORE.toml"
    assert (first.folder / "home/mappings/core.toml").read_text() == "mappings/core.toml"


def test_a_kept_file_that_was_lost_or_torn_is_copied_again(store: Store) -> None:
    first = store.backup(1)
    (first.folder / "home/mappings/core.toml").unlink()
    (first.folder / "home/policy.toml").write_text("torn", encoding="utf-8")
    second = store.backup(2)
    assert (second.folder / "home/mappings/core.toml").read_text() == "mappings/core.toml"
    assert (second.folder / "home/policy.toml").read_text() == 'extends = "cn"\n'


def test_a_disk_without_links(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    store.backup(1)
    monkeypatch.setattr(os, "link", refuse)
    second = store.backup(2)
    assert second.new == second.manifest.size


def test_an_earlier_one_that_cannot_be_read_is_no_hindrance(store: Store) -> None:
    first = store.backup(1)
    (first.folder / "manifest.json").write_text("{", encoding="utf-8")
    second = store.backup(2)
    assert second.new == second.manifest.size


def test_files_that_are_lost_are_told(store: Store) -> None:
    """A close's figures, the findings of a load and the log of a table are gone."""
    home = store.bank.home
    (close,) = home.closes.glob("*/*")
    shutil.rmtree(close / "figures")
    home.findings_file(1).unlink()
    shutil.rmtree(home.lake.root / "payments")
    made = store.backup()
    assert made.manifest.missing == (
        "lake/payments at version 0",
        "lake/payments at version 1",
        f"{close.relative_to(home.path)}/figures",
        "loads/000001/findings.parquet",
    )


def test_what_goes_while_it_is_copied(store: Store) -> None:
    """A delivery is loaded meanwhile, and so put away; of a load somebody deletes the findings."""
    home = store.bank.home

    def meanwhile(step: str, done: int, of: int) -> None:
        if step == "files" and done == 0:
            home.findings_file(1).unlink(missing_ok=True)
        if step == "files" and of == len(BESIDE):
            shutil.rmtree(home.path / "mappings", ignore_errors=True)

    made = store.backup(progress=meanwhile)
    assert made.manifest.missing == ("loads/000001/findings.parquet",)
    assert "home/mappings/core.toml" not in files(made.folder)


def test_a_link_in_the_folder_is_followed_once(store: Store) -> None:
    home = store.bank.home.path
    elsewhere = store.to.parent / "big-disk"
    (home / "documents").rename(elsewhere)
    (home / "documents").symlink_to(elsewhere)
    (elsewhere / "round").symlink_to(elsewhere)
    (elsewhere / "broken").symlink_to("nowhere")
    os.mkfifo(elsewhere / "pipe")
    (home / "alone").symlink_to("nowhere")
    kept = files(store.backup().folder)
    assert [name for name in kept if "documents" in name or "alone" in name] == [
        "home/documents/deep/scan.pdf"
    ]


def test_a_key_elsewhere_in_the_folder_is_left_out(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = store.bank.home.path
    (home / "keys").mkdir()
    monkeypatch.setenv("RECOBRO_JOURNAL_KEY_FILE", str(home / "keys" / "seals"))
    (home / "journal-key").rename(home / "keys" / "seals")
    assert not [name for name in files(store.backup().folder) if "keys" in name]


def test_one_that_was_ended_is_none(store: Store) -> None:
    """What it left goes with the next; the folder of another bank's is let be."""

    def ends(step: str, done: int, of: int) -> None:
        if step == "files" and done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.backup(progress=ends)
    assert list(store.to.iterdir()) == []
    (store.to / ".unfinished-other").mkdir()
    made = store.backup()
    assert {each.name for each in store.to.iterdir()} == {".unfinished-other", made.folder.name}


def test_nothing_is_written_over(store: Store) -> None:
    """Two of one second: the second is refused, and the first stays as it was."""
    made = store.backup()
    before = files(made.folder)
    with pytest.raises(BackupFolderUnusable, match="Directory not empty"):
        store.backup()
    assert files(made.folder) == before


def test_a_folder_inside_the_bank(store: Store) -> None:
    for to in (store.bank.home.path, store.bank.home.path / "backups"):
        with pytest.raises(BackupInside):
            Store(store.bank, to).backup()
    assert not (store.bank.home.path / "backups").exists()


def test_a_disk_that_is_nearly_full(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an earlier one has is not counted: room for the new is enough."""
    made = store.backup(1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 0, 101 << 20))
    store.backup(2)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 0, 99 << 20))
    with pytest.raises(NoRoomForBackup, match=r"100 MiB in .*, and 99 MiB are free"):
        store.backup(3)
    assert {each.name for each in store.to.iterdir()} == {
        made.folder.name,
        "2026-07-02T02-30-00Z",
    }


def test_a_place_that_is_a_file(store: Store) -> None:
    store.to.touch()
    with pytest.raises(BackupFolderUnusable, match="File exists"):
        store.backup()


def test_a_target_that_goes_on_the_way(store: Store) -> None:
    def unmounted(step: str, done: int, of: int) -> None:
        if step == "files" and done == 3:
            shutil.rmtree(store.to)

    with pytest.raises(BackupFolderUnusable, match="No such file"):
        store.backup(progress=unmounted)


def test_nothing_that_is_named_is_let_go_of_meanwhile(store: Store) -> None:
    home, refused = store.bank.home, []

    def meanwhile(step: str, done: int, of: int) -> None:
        if step == "database":
            try:
                runs.compact(home=home, files=1)
            except HomeBusy as busy:
                refused.append(str(busy).split(" (")[0])
            store.bank.load("2026-01-05 A owes 100.00", accept_drop=1)

    made = store.backup(progress=meanwhile)
    assert refused == ["a backup"]
    assert made.manifest.missing == ()
    with home.keeping("a compaction"), pytest.raises(HomeBusy):
        store.backup(2)
