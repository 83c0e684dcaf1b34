"""Prove that nothing was changed, put in or taken out behind the journal's back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Q, QuerySet

from recobro.journal.models import Chain, Entry, Seal
from recobro.journal.rules import entry_digest, signature
from recobro.journal.seals import seal_file, seals_in

_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Break:
    """Something that is not as it was written: where, and what is wrong there."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Proof:
    """How many entries there are, how many of them no seal holds yet, and what is wrong."""

    entries: int
    unsealed: int
    breaks: list[Break]


@transaction.atomic
def verify(*, folder: Path, key: bytes) -> Proof:
    """Look at every entry, chain and seal.

    An entry that was changed, put in or taken out breaks its chain. Whoever writes a whole chain
    anew, cuts its end, drops it, or puts an older database back, is found out by the seals: their
    files lie outside the database, signed with a key that it has not. What no seal holds yet, its
    writer could still have written anew.
    """
    sealed = {
        (chain, position): (digest, seal.number)
        for seal in Seal.objects.all()
        for chain, (position, digest) in seal.heads.items()
    }
    ends: dict[str, int] = {}
    for chain, position in sealed:
        ends[chain] = max(position, ends.get(chain, 0))
    heads: dict[str, tuple[int, str]] = {}
    breaks: list[Break] = []
    entries = 0
    for entry in Entry.objects.order_by("chain", "position").iterator(_AT_ONCE):
        entries += 1
        breaks += _entry_breaks(entry, *heads.get(entry.chain, (0, "")))
        digest, number = sealed.pop((entry.chain, entry.position), (entry.digest, 0))
        if digest != entry.digest:
            breaks.append(Break(_place(entry), f"seal {number} was set on another entry"))
        heads[entry.chain] = (entry.position, entry.digest)
    for (chain, position), (_, number) in sorted(sealed.items()):
        breaks.append(Break(f"{chain} {position}", f"seal {number} was set on it, and it is gone"))
    breaks += [*_chain_breaks(heads, ends), *_seal_breaks(folder, key)]
    unsealed = sum(max(end - ends.get(chain, 0), 0) for chain, (end, _) in heads.items())
    return Proof(entries, unsealed, breaks)


def _entry_breaks(entry: Entry, position: int, digest: str) -> Iterator[Break]:
    if entry.position != position + 1:
        first, last = position + 1, entry.position - 1
        gone = f"entry {first} is" if first == last else f"entries {first} to {last} are"
        yield Break(_place(entry), f"{gone} missing before it")
    elif entry_digest(digest, entry.content) != entry.digest:
        yield Break(_place(entry), "it is not what was written, or it follows another entry")


def _place(entry: Entry) -> str:
    return f"{entry.chain} {entry.position} (row {entry.pk})"


def _chain_breaks(heads: dict[str, tuple[int, str]], ends: dict[str, int]) -> Iterator[Break]:
    chains = {chain.name: chain for chain in Chain.objects.all()}
    for name in sorted(chains.keys() | heads.keys()):
        chain = chains.get(name, Chain(name=name))
        if chain.sealed != ends.get(name, 0):
            yield Break(f"chain {name}", "it says that it is sealed up to another place than it is")
        if (chain.position, chain.digest) != heads.get(name, (0, "")):
            yield Break(f"chain {name}", "it does not end where its last entry was written")


def _seal_breaks(folder: Path, key: bytes) -> Iterator[Break]:
    seals = {seal.number: seal for seal in Seal.objects.all()}
    yield from _file_breaks(folder, seals)
    previous = ""
    for number in range(1, max(seals, default=0) + 1):
        seal = seals.get(number)
        if seal is None:
            yield Break(f"seal {number}", "it is missing in the database")
            previous = ""
            continue
        if seal.told(previous) != seal.digest or signature(seal.digest, key) != seal.signature:
            yield Break(f"seal {number}", "it was changed, or signed with another key")
        previous = seal.digest


def _file_breaks(folder: Path, seals: dict[int, Seal]) -> Iterator[Break]:
    """Compare the seals of the database with their files, in both directions."""
    found = set()
    for file, told in seals_in(folder):
        number = told.get("number") if told else None
        seal = seals.get(number) if isinstance(number, int) else None
        found.add(number)
        if told is None:
            yield Break(str(file), "the file of a seal cannot be read")
        elif seal is None:
            yield Break(str(file), "the database has no such seal: it is older than the file")
        elif (told.get("digest"), told.get("signature")) != (seal.digest, seal.signature):
            yield Break(str(file), "it says otherwise than the database")
    for number in sorted(seals.keys() - found):
        yield Break(f"seal {number}", f"its file {seal_file(folder, number)} is missing")


def told_in(institutions: Iterable[str], *, search: str = "") -> QuerySet[Entry]:
    """Return what the journal tells of some institutions, newest first.

    What belongs to the whole bank comes with an empty one among them. Each word of a search must
    be in the act, in who did it, or in what it is about.
    """
    entries = Entry.objects.filter(institution_id__in=institutions)
    for word in search.split():
        entries = entries.filter(
            Q(act__icontains=word) | Q(by__icontains=word) | Q(subject__icontains=word)
        )
    return entries


def told_of(chain: str) -> list[Entry]:
    """Return what the journal tells in one chain, newest first."""
    return list(Entry.objects.filter(chain=chain).order_by("-position"))
