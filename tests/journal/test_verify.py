"""Whoever changes the journal behind its back is found out, however well they cover it up."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recobro.journal.models import Chain, Entry, Seal
from recobro.journal.operations import record, seal
from recobro.journal.queries import Break, Proof, verify
from recobro.journal.rules import entry_digest, signature
from recobro.journal.seals import seal_file, seal_folder

pytestmark = pytest.mark.django_db

KEY = bytes(range(32))
AT = datetime(2026, 7, 1, 8, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three chains: `a` of four entries, `b` of two, `c` of one; sealed twice, then one more."""
    for chain, number in (("a", 1), ("a", 2), ("b", 1)):
        write(chain, number)
    made = seal_folder(tmp_path)
    seal(folder=made, key=KEY, at=AT)
    for chain, number in (("a", 3), ("a", 4), ("b", 2), ("c", 1)):
        write(chain, number)
    seal(folder=made, key=KEY, at=AT + timedelta(days=1))
    return made


def write(chain: str, number: int) -> Entry:
    at = AT + timedelta(minutes=number)
    return record(
        chain=chain, act="case.noted", subject=chain, by="wang", at=at, after={"n": number}
    )


def found(folder: Path, *, key: bytes = KEY) -> list[tuple[str, str]]:
    """Return what is wrong, without the numbers of rows."""
    proof = verify(folder=folder, key=key)
    return [(place(one), one.what) for one in proof.breaks]


def place(one: Break) -> str:
    return one.where.split(" (row")[0].rsplit("/", 1)[-1]


def rewrite(chain: str) -> None:
    """Give a chain's entries places and digests that fit each other, and end it there."""
    digest = ""
    for position, entry in enumerate(Entry.objects.filter(chain=chain).order_by("position"), 1):
        entry.position = position
        digest = entry_digest(digest, entry.content)
        Entry.objects.filter(pk=entry.pk).update(position=position, digest=digest)
    count = Entry.objects.filter(chain=chain).count()
    own = Chain.objects.get(name=chain)
    own.position, own.digest = count, digest
    own.save()


def test_all_is_as_it_was_written(folder: Path) -> None:
    write("a", 5)
    assert verify(folder=folder, key=KEY) == Proof(8, 1, [])


def test_nothing_was_ever_written(tmp_path: Path) -> None:
    assert verify(folder=seal_folder(tmp_path), key=KEY) == Proof(0, 0, [])
    assert seal(folder=seal_folder(tmp_path), key=KEY, at=AT) is None


CHANGES: dict[str, Callable[[], object]] = {
    "by": lambda: Entry.objects.filter(chain="a", position=2).update(by="li"),
    "at": lambda: Entry.objects.filter(chain="a", position=2).update(at=AT),
    "after": lambda: Entry.objects.filter(chain="a", position=2).update(after={"n": 9}),
    "reason": lambda: Entry.objects.filter(chain="a", position=2).update(reason="x"),
    "digest": lambda: Entry.objects.filter(chain="a", position=2).update(digest="0" * 64),
}


@pytest.mark.parametrize("what", CHANGES)
def test_an_entry_is_changed(folder: Path, what: str) -> None:
    CHANGES[what]()
    altered = "it is not what was written, or it follows another entry"
    expected = [("a 2", altered)]
    if what == "digest":
        expected = [("a 2", altered), ("a 2", "seal 1 was set on another entry"), ("a 3", altered)]
    assert found(folder) == expected


def test_an_entry_is_taken_out_of_the_middle(folder: Path) -> None:
    Entry.objects.filter(chain="a", position=3).delete()
    assert found(folder) == [("a 4", "entry 3 is missing before it")]


def test_an_entry_is_put_in(folder: Path) -> None:
    last = Entry.objects.get(chain="b", position=2)
    last.pk, last.position, last.by = None, 3, "li"
    last.save(force_insert=True)
    assert found(folder) == [
        ("b 3", "it is not what was written, or it follows another entry"),
        ("chain b", "it does not end where its last entry was written"),
    ]


def test_a_whole_chain_is_written_anew(folder: Path) -> None:
    CHANGES["by"]()
    rewrite("a")
    assert found(folder) == [
        ("a 2", "seal 1 was set on another entry"),
        ("a 4", "seal 2 was set on another entry"),
    ]


def test_an_entry_is_taken_out_and_the_chain_written_anew(folder: Path) -> None:
    Entry.objects.filter(chain="a", position=3).delete()
    rewrite("a")
    assert found(folder) == [("a 4", "seal 2 was set on it, and it is gone")]


def test_the_end_is_cut(folder: Path) -> None:
    Entry.objects.filter(chain="a", position=4).delete()
    rewrite("a")
    assert found(folder) == [("a 4", "seal 2 was set on it, and it is gone")]


def test_a_chain_is_dropped(folder: Path) -> None:
    Entry.objects.filter(chain="c").delete()
    Chain.objects.filter(name="c").delete()
    assert found(folder) == [("c 1", "seal 2 was set on it, and it is gone")]


def test_the_database_of_the_day_before_is_put_back(folder: Path) -> None:
    Seal.objects.filter(number=2).delete()
    for chain, position in (("a", 3), ("a", 4), ("b", 2), ("c", 1)):
        Entry.objects.filter(chain=chain, position=position).delete()
    for chain, sealed in (("a", 2), ("b", 1)):
        rewrite(chain)
        Chain.objects.filter(name=chain).update(sealed=sealed)
    Chain.objects.filter(name="c").delete()
    assert found(folder) == [
        ("00000002.json", "the database has no such seal: it is older than the file")
    ]


def test_everything_is_written_anew_but_for_the_key(folder: Path) -> None:
    CHANGES["by"]()
    rewrite("a")
    previous = ""
    for made in Seal.objects.all():
        heads = {}
        for chain, (position, _) in made.heads.items():
            digest = Entry.objects.get(chain=chain, position=position).digest
            heads[chain] = (position, digest)
        made.heads = heads
        made.digest = made.told(previous)
        made.signature = signature(made.digest, b"guessed")
        made.save()
        previous = made.digest
        seal_file(folder, made.number).unlink()
    seal(folder=folder, key=b"guessed", at=AT)
    changed = "it was changed, or signed with another key"
    assert found(folder) == [("seal 1", changed), ("seal 2", changed)]
    assert found(folder, key=b"guessed") == []


def test_a_seal_is_taken_out(folder: Path) -> None:
    Seal.objects.filter(number=1).delete()
    assert found(folder) == [
        ("00000001.json", "the database has no such seal: it is older than the file"),
        ("seal 1", "it is missing in the database"),
        ("seal 2", "it was changed, or signed with another key"),
    ]


def test_files_of_seals(folder: Path) -> None:
    file = seal_file(folder, 1)
    whole = file.read_text(encoding="utf-8")
    file.unlink()
    assert [where for where, _ in found(folder)] == ["seal 1"]
    file.write_text("{", encoding="utf-8")
    assert found(folder)[0] == ("00000001.json", "the file of a seal cannot be read")
    told = json.loads(whole) | {"digest": "0" * 64}
    file.write_text(json.dumps(told), encoding="utf-8")
    assert found(folder) == [("00000001.json", "it says otherwise than the database")]


def test_a_file_that_an_ended_run_did_not_write_is_written(folder: Path) -> None:
    seal_file(folder, 2).unlink()
    assert seal(folder=folder, key=KEY, at=AT) is None
    assert found(folder) == []
