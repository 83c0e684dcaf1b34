"""Copy a file with its digest, or let it stand in two backups at once."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from recobro.backups.manifest import Part

_AT_ONCE = 1 << 20
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The backup before, in the same place."""

    folder: Path
    parts: Mapping[str, Part]


def digest(file: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def copied(source: Path, folder: Path, path: str) -> tuple[int, str]:
    """Copy a file into a folder, at a path, for its own user alone and with its time.

    Return its size and SHA-256.
    """
    target = folder / path
    _make_below(folder, target.parent)
    told, size = hashlib.sha256(), 0
    with source.open("rb") as here, os.fdopen(_private(target), "wb") as there:
        while part := here.read(_AT_ONCE):
            told.update(part)
            size += there.write(part)
        changed = os.fstat(here.fileno()).st_mtime_ns
    os.utime(target, ns=(changed, changed))
    return size, told.hexdigest()


def taken(source: Path, folder: Path, path: str, earlier: Earlier) -> tuple[Part, bool]:
    """Take a file into the backup in a folder, at a path; tell whether it was written.

    What an earlier backup has the same of is linked: it takes no room again.
    """
    known = earlier.parts.get(path)
    if known and _is_as_then(source, earlier.folder / path, known):
        _make_below(folder, (folder / path).parent)
        try:
            (folder / path).hardlink_to(earlier.folder / path)
        except OSError:  # a file system that knows no links, or allows no more of one file
            pass
        else:
            return known, False
    size, told = copied(source, folder, path)
    return Part(path=path, size=size, sha256=told), True


def make(folder: Path) -> None:
    """Make a folder, and those above it, open to their own user alone."""
    if not folder.is_dir():
        make(folder.parent)
        folder.mkdir(mode=0o700)


def _make_below(top: Path, folder: Path) -> None:
    """Make a folder below another, which must be there: its disk may have been taken away."""
    if folder != top and not folder.is_dir():
        _make_below(top, folder.parent)
        folder.mkdir(mode=0o700)


def _private(file: Path) -> int:
    return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _is_as_then(source: Path, kept: Path, known: Part) -> bool:
    """Tell whether a file is what was kept of it: of the same size and time, else by its bytes."""
    try:
        now, then = source.stat(), kept.stat()
    except FileNotFoundError:
        return False
    if not now.st_size == then.st_size == known.size:
        return False
    return now.st_mtime_ns == then.st_mtime_ns or digest(source) == known.sha256
