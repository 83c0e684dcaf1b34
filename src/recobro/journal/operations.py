"""Write an entry, and seal what has been written."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from recobro.journal.models import Chain, Entry, Seal
from recobro.journal.rules import Content, entry_digest, signature
from recobro.journal.seals import seal_file

NOBODY = "recobro"
"""Who did what no person decided."""

_ALONE = "An entry is written in the transaction of what it is about."
_AT_ONCE = 500
"""Rows in one statement."""


def record(
    *,
    chain: str,
    act: str,
    subject: str,
    by: str,
    at: datetime,
    institution_id: str = "",
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Entry:
    """Write an entry at the end of a chain, in the transaction of what it is about.

    So neither is there without the other. Values of `before` and `after` are what JSON can hold.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(_ALONE)
    Chain.objects.get_or_create(name=chain)
    last = Chain.objects.select_for_update().get(name=chain)  # one at a time
    draft = Draft(
        chain=chain,
        act=act,
        subject=subject,
        institution_id=institution_id,
        reason=reason,
        before=before,
        after=after,
    )
    entry = _next(last, draft, by=by, at=at)
    entry.save(force_insert=True)
    last.save()
    return entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an entry is to say, but for who and when."""

    chain: str
    act: str
    subject: str
    institution_id: str = ""
    reason: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def record_all(*, drafts: Iterable[Draft], by: str, at: datetime) -> int:
    """Write many entries of one moment, in the transaction of what they are about; return how many.

    As `record` does for each, in a few statements.
    """
    told = list(drafts)
    if told and not connection.in_atomic_block:
        raise RuntimeError(_ALONE)
    chains = _ends({draft.chain for draft in told})
    entries = [_next(chains[draft.chain], draft, by=by, at=at) for draft in told]
    Entry.objects.bulk_create(entries, _AT_ONCE)  # refuses a place that somebody else has taken
    Chain.objects.bulk_create(
        chains.values(),
        _AT_ONCE,
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["position", "digest"],
    )
    return len(entries)


def _ends(names: set[str]) -> dict[str, Chain]:
    """Return where some chains end, for one writer at a time; new ones begin."""
    known = sorted(names)
    found = {
        chain.name: chain
        for start in range(0, len(known), _AT_ONCE)
        for chain in Chain.objects.select_for_update().filter(
            name__in=known[start : start + _AT_ONCE]
        )
    }
    return {name: found.get(name) or Chain(name=name) for name in known}


def _next(last: Chain, draft: Draft, *, by: str, at: datetime) -> Entry:
    """Return the entry that follows the last of a chain, and let the chain end with it."""
    entry = Entry(
        chain=last.name,
        position=last.position + 1,
        at=at,
        by=by,
        act=draft.act,
        subject=draft.subject,
        institution_id=draft.institution_id,
        reason=draft.reason,
        before=_plain(draft.before),
        after=_plain(draft.after),
    )
    entry.digest = entry_digest(last.digest, entry.content)
    last.position, last.digest = entry.position, entry.digest
    return entry


def seal(*, folder: Path, key: bytes, at: datetime) -> Seal | None:
    """Seal how far the chains have come, in the database and in a file; None where none has grown.

    A file that an ended run did not come to write is written now.
    """
    with transaction.atomic():
        made = _sealed(key, at)
    complete_files(folder=folder)
    return made


def complete_files(*, folder: Path) -> None:
    """Write the files of the newest seals that an ended run did not come to write."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for each in Seal.objects.order_by("-number").iterator():
        if not _write(seal_file(folder, each.number), _told(each)):
            break  # the older ones are there


def _sealed(key: bytes, at: datetime) -> Seal | None:
    last = Seal.objects.select_for_update().order_by("-number").first()
    grown = list(Chain.objects.select_for_update().filter(position__gt=F("sealed")))
    if not grown:
        return None
    heads = {chain.name: (chain.position, chain.digest) for chain in grown}
    made = Seal(number=last.number + 1 if last else 1, sealed_at=at, heads=heads)
    made.digest = made.told(last.digest if last else "")
    made.signature = signature(made.digest, key)
    made.save(force_insert=True)
    Chain.objects.filter(position__gt=F("sealed")).update(sealed=F("position"))
    return made


def _told(made: Seal) -> Content:
    return {
        "number": made.number,
        "sealed_at": made.sealed_at.isoformat(timespec="microseconds"),
        "heads": made.heads,
        "digest": made.digest,
        "signature": made.signature,
    }


def _write(file: Path, told: Content) -> bool:
    """Write a seal's file once and for all, whole or not at all; tell whether it was not there."""
    if file.exists():
        return False
    partial = file.with_suffix(f".{os.getpid()}")
    with partial.open("w", encoding="utf-8") as stream:
        json.dump(told, stream, ensure_ascii=False, indent=1, sort_keys=True)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
    partial.rename(file)
    return True


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return values as they are read back, so that their digest stays the same."""
    return None if values is None else json.loads(json.dumps(values, default=str))
