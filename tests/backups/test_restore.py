import hashlib
import shutil
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from recobro.backups.checking import BackupDamaged, checked
from recobro.backups.database import DatabaseNotCopied, DatabaseOfAnotherKind
from recobro.backups.manifest import ManifestUnreadable, NotABackup
from recobro.backups.operations.restore import (
    BackupOfNewerProgram,
    HomeNotEmpty,
    KeyNotThere,
    NoRoomToRestore,
)
from recobro.backups.record import Record, last_backup, restored_from
from recobro.doctor.diagnosis import Verdict
from recobro.doctor.examination import examine
from recobro.journal.models import Entry
from recobro.journal.seals import seal_folder
from recobro.runs.home import Home, HomeUnusable
from recobro.runs.progress import silent
from tests.backups.store import Store, files, open_to_others, proved, rows
from tests.runs.bank import AT, Bank

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - the shape of shutil's own

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "postgresql",
        reason="PostgreSQL's is restored into a database of its own",
    ),
]


def test_the_bank_is_as_it_was(store: Store) -> None:
    """Every row and file comes back, and what was decided after the backup does not."""
    before, home = rows(), store.bank.home
    kept = files(home.path)
    made = store.backup()
    store.bank.load("2026-01-05 A owes 100.00", accept_drop=1)
    new, told = store.restore(made, key=home.path / "journal-key")
    assert told == made.manifest
    after = rows()
    assert [name for name, found in after.items() if found != before[name]] == ["Chain", "Entry"]
    assert [entry.act for entry in Entry.objects.order_by("id")] == [
        "jobs.nightly-set",
        "backups.restored",
    ]
    left = {"secret-key", ".hidden", "lock", "last-backup.json"}
    hints = {name for name in kept if name.endswith("_last_checkpoint")}
    there = files(new.path)
    del there["restored.json"]
    assert there == {name: kept[name] for name in kept.keys() - left - hints}


def test_it_is_noted_where_it_comes_from(store: Store) -> None:
    made = store.backup()
    new, told = store.restore(made)
    assert restored_from(new) == Record(AT, told.made_at, str(made.folder))
    assert last_backup(new) is None
    entry = Entry.objects.get(act="backups.restored")
    assert (entry.by, entry.after) == (
        "shell:op",
        {"of": "2026-07-01T02:30:00+00:00", "home": str(new.path)},
    )


def test_it_works_as_it_did(store: Store) -> None:
    """It is examined, its journal is proved, and a close gives the same fingerprint."""
    key = store.bank.home.path / "journal-key"
    closed = store.bank.close("2026-03-31")
    new, _ = store.restore(store.backup(), key=key)
    found = examine(new.path, at=AT, deep=True, connect=lambda: None, progress=silent)
    assert [one.says for one in found if one.verdict is not Verdict.WELL] == []
    assert proved(new, key) == (2, [])
    bank = Bank(new.path.parent / "again")
    bank.folder.mkdir()
    new.path.rename(bank.folder / "home")
    assert bank.close("2026-03-31").fingerprint == closed.fingerprint
    assert bank.load("2026-01-05 A owes 200.00", accept_drop=1).number == 3


def test_nobody_else_gets_at_it(store: Store) -> None:
    new, _ = store.restore(store.backup(), key=store.bank.home.path / "journal-key")
    assert open_to_others(new.path) == []


def test_a_seal_of_which_the_file_was_not_written_yet(store: Store) -> None:
    """A worker was ended between the row and the file."""
    key = store.bank.home.path / "journal-key"
    made = store.backup()
    store.bank.home.path.joinpath("seals/00000001.json").unlink()
    made = store.backup(2)
    assert "home/seals/00000001.json" not in files(made.folder)
    new, _ = store.restore(made, key=key)
    assert (seal_folder(new.path) / "00000001.json").exists()
    assert proved(new, key) == (3, [])


def test_a_seal_that_came_later_is_left_out(store: Store) -> None:
    """Its file would say that the database is older than it is said to be."""
    (store.bank.home.path / "seals/00000002.json").write_text("{}", encoding="utf-8")
    assert "home/seals/00000002.json" not in files(store.backup().folder)


def test_a_key_that_lies_elsewhere_is_left_there(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = store.to.parent / "seals-key"
    shutil.copy(store.bank.home.path / "journal-key", key)
    monkeypatch.setenv("RECOBRO_JOURNAL_KEY_FILE", str(key))
    new, _ = store.restore(store.backup(), key=key)
    assert not (new.path / "journal-key").exists()
    assert proved(new, key) == (2, [])


def test_a_key_is_put_where_the_variable_says(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = store.bank.home.path / "journal-key"
    made = store.backup()
    monkeypatch.setenv("RECOBRO_JOURNAL_KEY_FILE", str(store.to.parent / "safe" / "seals-key"))
    store.restore(made, key=key)
    assert (store.to.parent / "safe" / "seals-key").read_bytes() == key.read_bytes()


def test_an_empty_folder_will_do(store: Store) -> None:
    """Of a disk of its own."""
    (store.to.parent / "new" / "lost+found").mkdir(parents=True)
    new, _ = store.restore(store.backup())
    assert {"lost+found", "lake", "restored.json"} <= {each.name for each in new.path.iterdir()}


@pytest.mark.parametrize("there", ["recobro.sqlite3", ".hidden", "restoring"])
def test_nothing_is_written_over(store: Store, there: str) -> None:
    new = store.to.parent / "new"
    new.mkdir()
    (new / there).touch()
    with pytest.raises(HomeNotEmpty):
        store.restore(store.backup())
    assert [each.name for each in new.iterdir()] == [there]


def test_of_two_at_once_one_is_refused(store: Store) -> None:
    made, new = store.backup(), store.to.parent / "new"

    def meanwhile(step: str, done: int, of: int) -> None:
        if step == "check":
            new.mkdir(exist_ok=True)
            (new / "restoring").touch()

    with pytest.raises(HomeNotEmpty):
        store.restore(made, progress=meanwhile)
    assert [each.name for each in new.iterdir()] == ["restoring"]


def one_of(folder: Path, pattern: str) -> Path:
    return min(folder.glob(pattern))


def drop(file: Path) -> None:
    file.unlink()


def change(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def shorten(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def link(file: Path) -> None:
    file.rename(file.parent.parent / "elsewhere")
    file.symlink_to(file.parent.parent / "elsewhere")


PARTS = (
    *("home/lake/payments/*.parquet", "home/lake/loans/_delta_log/*.json", "home/policy.toml"),
    *("home/closes/*/*/standings/*.parquet", "home/loads/000002/touched.parquet"),
    *("home/seals/*.json", "database.sqlite3"),
)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (drop, "is missing"),
        (change, "is not as it was written"),
        (shorten, "is not as it was written"),
    ],
)
def test_a_damaged_file_is_named(store: Store, harm: Callable[[Path], None], said: str) -> None:
    made = store.backup()
    for pattern in PARTS:
        file = one_of(made.folder, pattern)
        before = file.read_bytes()
        harm(file)
        with pytest.raises(BackupDamaged) as refused:
            store.restore(made)
        name = file.relative_to(made.folder)
        assert f"is damaged: {name} {said}. Nothing was made." in str(refused.value)
        assert not (store.to.parent / "new").exists()
        file.write_bytes(before)
    assert checked(made.folder) == made.manifest


def test_what_is_no_part_of_it_is_named(store: Store) -> None:
    made = store.backup()
    (made.folder / "home/lake/loans/more.parquet").touch()
    link(one_of(made.folder, "home/mappings/*"))
    with pytest.raises(BackupDamaged) as refused:
        store.restore(made)
    assert (
        "home/elsewhere is no part of it; home/lake/loans/more.parquet is no part of it; "
        "home/mappings/core.toml is no part of it. Nothing"
    ) in str(refused.value)


def test_many_damaged_files_are_counted(store: Store) -> None:
    made = store.backup()
    shutil.rmtree(made.folder / "home" / "lake")
    with pytest.raises(BackupDamaged, match=r"is missing; and \d\d more\. Nothing was made"):
        store.restore(made)


@pytest.mark.parametrize("name", ["journal-key", "secret-key", "restoring", "recobro.sqlite3"])
def test_what_no_backup_has_is_not_taken_from_one(store: Store, name: str) -> None:
    """A key beside what it signs proves nothing, and would stand before that of the operator."""
    made = store.backup()
    (made.folder / "home" / name).write_text("planted", encoding="ascii")
    part = made.manifest.parts[-1].model_copy(
        update={
            "path": f"home/{name}",
            "size": 7,
            "sha256": hashlib.sha256(b"planted").hexdigest(),
        }
    )
    forged = made.manifest.model_copy(update={"parts": (*made.manifest.parts, part)})
    (made.folder / "manifest.json").write_text(forged.model_dump_json(), encoding="utf-8")
    with pytest.raises(BackupDamaged, match=f"home/{name} is never in a backup"):
        store.restore(made)


@pytest.mark.parametrize(
    "path",
    [
        *("../outside", "home/../../outside", "/etc/hostname"),
        *("home//etc/hostname", "home/./policy.toml", "home/policy.toml/"),
    ],
)
def test_a_manifest_that_leads_elsewhere(store: Store, path: str) -> None:
    made = store.backup()
    part = made.manifest.parts[-1].model_copy(update={"path": path})
    forged = made.manifest.model_copy(update={"parts": (*made.manifest.parts, part)})
    (made.folder / "manifest.json").write_text(forged.model_dump_json(), encoding="utf-8")
    with pytest.raises(BackupDamaged, match=f"{path} leads out of it"):
        store.restore(made)


def test_a_file_that_cannot_be_read(store: Store) -> None:
    made = store.backup()
    file = made.folder / "home/policy.toml"
    file.unlink()
    file.mkdir()
    with pytest.raises(BackupDamaged, match=r"home/policy\.toml is not as it was written"):
        store.restore(made)


def test_a_file_that_changes_after_it_was_checked(store: Store) -> None:
    """What was made by then goes."""
    made = store.backup()

    def meanwhile(step: str, done: int, of: int) -> None:
        if step == "files" and done == 3:
            change(made.folder / "home/policy.toml")

    with pytest.raises(BackupDamaged, match=r"home/policy\.toml changed while it was read"):
        store.restore(made, progress=meanwhile)
    assert [*(store.to.parent / "new").iterdir()] == []


def test_a_database_that_sqlite_cannot_read(store: Store) -> None:
    made = store.backup()
    before = rows()

    def meanwhile(step: str, done: int, of: int) -> None:
        if step == "database":
            (made.folder / "database.sqlite3").write_bytes(b"no database" * 1000)

    with pytest.raises(DatabaseNotCopied, match="file is not a database"):
        store.restore(made, progress=meanwhile)
    assert rows() == before


def test_one_that_was_ended_is_marked(store: Store) -> None:
    """A restore that was killed: no command opens the folder, and doctor says why."""
    new = Home(store.to.parent / "new")
    new.path.mkdir()
    new.restoring.touch()
    (new.path / "inbox").mkdir()
    with pytest.raises(HomeUnusable, match="a restore into it was ended before its end"):
        new.create()
    *_, last = examine(new.path, at=AT, deep=False, connect=lambda: None, progress=silent)
    assert (last.check, last.verdict) == ("folder", Verdict.BROKEN)


def test_what_is_no_backup(store: Store) -> None:
    """A folder of backups names its newest; one whose manifest is torn names itself."""
    made = store.backup()
    home = Home(store.to.parent / "new")
    for folder, said in ((store.to, f"in it is {made.folder}"), (store.to.parent, "Name another")):
        with pytest.raises(NotABackup, match=said):
            checked(folder)
    shorten(made.folder / "manifest.json")
    (made.folder / "manifest.json").write_text('{"form": 2}', encoding="utf-8")
    with pytest.raises(ManifestUnreadable):
        checked(made.folder)
    assert not home.path.exists()


def test_one_of_a_newer_program(store: Store) -> None:
    made = store.backup()
    newer = made.manifest.model_copy(
        update={"migrations": (*made.manifest.migrations, "runs.9999_future"), "program": "9.9"}
    )
    (made.folder / "manifest.json").write_text(newer.model_dump_json(), encoding="utf-8")
    with pytest.raises(
        BackupOfNewerProgram, match=r"\(9\.9\): its database knows runs.9999_future"
    ):
        store.restore(made)


def test_one_of_another_kind_of_database(store: Store) -> None:
    made = store.backup()
    other = made.manifest.model_copy(update={"database": "postgresql"})
    (made.folder / "manifest.json").write_text(other.model_dump_json(), encoding="utf-8")
    with pytest.raises(DatabaseOfAnotherKind, match="Set DATABASE_URL to an empty PostgreSQL"):
        store.restore(made)


def test_a_disk_without_room(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made = store.backup()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1, 1, made.manifest.size - 1))
    with pytest.raises(NoRoomToRestore):
        store.restore(made)


def test_a_key_that_is_not_there(store: Store) -> None:
    with pytest.raises(KeyNotThere):
        store.restore(store.backup(), key=store.to / "none")
