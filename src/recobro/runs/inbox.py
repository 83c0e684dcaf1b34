"""Deliveries that lie in the bank's inbox and wait to be loaded."""

import errno
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from recobro.lake import secure
from recobro.runs.home import Home
from recobro.terms.codes import DeliveryKind
from recobro.terms.refusal import Refusal

TABLES = (".csv", ".parquet")
"""Endings of the files that a folder is delivered as."""
WORKBOOK = ".xlsx"
AT_REST = timedelta(minutes=1)
"""Whoever writes a delivery has finished once nothing of it has changed for so long."""

_NAME = re.compile(r"[^\W_][\w .()+-]*")
_LONGEST = 200
"""Bytes of a name: the system takes 255, and more is put before it."""
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)-?(\d\d)-?(\d\d)(?!\d)", re.ASCII)
_KIND = re.compile(r"(?<![^\W_])(full|delta)(?![^\W_])", re.IGNORECASE)
_UNDER_WAY = ".uploaded-"
_A_DAY = 24 * 60 * 60
"""Seconds."""
RESERVE = 500 * 1024 * 1024
"""Bytes of the disk that files which somebody sends leave free."""


class NotInInbox(Refusal):
    """Nothing of that name lies in the inbox."""

    says = (
        "The inbox has no delivery {name!r}; nothing was changed. It may have been loaded or taken "
        "away meanwhile: look at the list again."
    )

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class DeliveryChanged(Refusal):
    """It is not what it was when somebody asked for it."""

    says = (
        "The delivery {name!r} has changed since it was asked for; nothing was loaded. Wait until "
        "it is written, and ask again."
    )

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class MappingUnknown(Refusal):
    """The bank has no mapping of that name."""

    says = (
        "There is no mapping {name!r} among the bank's mappings; nothing was changed. Put its file "
        "into the folder mappings of the home, or choose another."
    )

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


_SEND = (
    " Nothing was kept. Send one workbook (.xlsx), or the tables as .csv or .parquet files, each "
    "named as its table."
)


class UploadRefused(Refusal):
    """What was sent cannot be a delivery."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name=name)


class NothingSent(UploadRefused):
    """There is no file."""

    says = "No file was sent." + _SEND


class DeliveryNameUnusable(UploadRefused):
    """The delivery cannot be called so."""

    says = (
        "{name!r} cannot name a delivery: it begins with a letter or digit, and has nothing but "
        "letters, digits, spaces and . ( ) + - _."
    ) + _SEND


class NameTaken(UploadRefused):
    """Another delivery of the inbox is called so."""

    says = "The inbox has a delivery {name!r} already." + _SEND


class NoRoom(UploadRefused):
    """The disk would be full."""

    says = "There is no room for {name!r}: the disk is nearly full." + _SEND


class NoTable(UploadRefused):
    """A file is nothing that a table comes in."""

    says = "{name!r} is no table." + _SEND


class SentTwice(UploadRefused):
    """Two files are called the same."""

    says = "{name!r} was sent twice." + _SEND


class WorkbookAmongOthers(UploadRefused):
    """A workbook and other files do not make one delivery."""

    says = "A workbook is a delivery of its own; {name!r} was sent with other files." + _SEND


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery in the inbox: a folder of tables, or a workbook."""

    name: str
    files: int
    size: int
    """In bytes."""
    changed_at: datetime
    kind: DeliveryKind | None
    """full or delta where its name says so."""
    delivered_on: date | None
    """The day that its figures are of, where its name says so."""
    readable: bool = True
    """Whether this user may look into it."""

    @property
    def mark(self) -> str:
        """What tells it from one of the same name with other content."""
        return f"{self.size}-{self.changed_at.isoformat()}"

    def at_rest(self, at: datetime) -> bool:
        """Tell whether it can be read, and nothing of it has changed for a while."""
        return self.readable and self.changed_at + AT_REST <= at


def inbox(home: Home) -> Path:
    """Return the folder that deliveries are put into, made if need be."""
    folder = home.path / "inbox"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def waiting(home: Home) -> list[Waiting]:
    """Return the deliveries that lie in the inbox: by the day of their figures, then by name.

    Those whose name says no day come last.
    """
    with home.told():
        found = [each for each in map(_waiting, inbox(home).iterdir()) if each is not None]
    return sorted(found, key=lambda each: (each.delivered_on or date.max, each.name))


def waiting_as(home: Home, name: str) -> Waiting:
    """Return a delivery of the inbox as it lies there now.

    Raises NotInInbox, also for a name that leads out of it.
    """
    found = _waiting(path_of(home, name))
    if found is None or not found.readable:
        raise NotInInbox(name)
    return found


def path_of(home: Home, name: str) -> Path:
    """Return where a delivery of the inbox lies.

    Raises NotInInbox, also for a name that leads out of it.
    """
    path = inbox(home) / name
    if not _usable(name) or not path.exists():
        raise NotInInbox(name)
    return path


def put_away(home: Home, name: str, *, as_: str) -> Path:
    """Move a delivery that was loaded out of the inbox, and return where it lies now."""
    folder = home.path / "delivered"
    folder.mkdir(mode=0o700, exist_ok=True)
    return Path(shutil.move(path_of(home, name), folder / as_))


def mappings(home: Home) -> list[str]:
    """Return the names of the bank's mappings of foreign layouts."""
    return sorted(file.stem for file in (home.path / "mappings").glob("*.toml"))


def mapping_of(home: Home, name: str) -> Path | None:
    """Return the file of a mapping; None where none is named.

    Raises MappingUnknown.
    """
    if not name:
        return None
    if name not in mappings(home):
        raise MappingUnknown(name)
    return home.path / "mappings" / f"{name}.toml"


def take_up(
    home: Home, files: Iterable[tuple[str, Iterable[bytes]]], *, at: datetime, name: str = ""
) -> str:
    """Keep files that somebody sends as one delivery of the inbox, and return its name.

    It is there once all of it is; without a name it is called by the moment, in a way that is not
    taken for the day of its figures. Raises UploadRefused.
    """
    _sweep(inbox(home))
    with home.told(), TemporaryDirectory(dir=inbox(home), prefix=_UNDER_WAY) as under_way:
        kept = list(_kept(files, Path(under_way)))
        secure(kept, below=home.path)
        book = _workbook(kept)
        called = _called(name, at, WORKBOOK if book else "")
        _into(inbox(home) / called, book or _of_its_own(kept, Path(under_way)))
    return called


@contextmanager
def arriving(home: Home, name: str) -> Iterator[Path]:
    """Give a folder that is a delivery of the inbox once it is written, and no moment before.

    Raises DeliveryNameUnusable, NameTaken: before anything is written, and once it is.
    """
    target = inbox(home) / _named(name)
    if target.exists():
        raise NameTaken(target.name)
    _sweep(inbox(home))
    with TemporaryDirectory(dir=inbox(home), prefix=_UNDER_WAY) as under_way:
        folder = Path(under_way) / "delivery"
        folder.mkdir(mode=0o700)
        yield folder
        secure(folder.iterdir(), below=home.path)
        _into(target, folder)


def _into(target: Path, kept: Path) -> None:
    """Move what was sent to its place, but over nothing that is there."""
    if target.exists():
        raise NameTaken(target.name)
    try:
        if kept.is_file():
            target.hardlink_to(kept)
        else:
            kept.rename(target)
    except OSError as error:
        if error.errno in {errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR}:  # in that moment
            raise NameTaken(target.name) from error
        raise


def _sweep(folder: Path) -> None:
    """Take away what a process left a day ago that was killed while somebody sent files."""
    for left in folder.glob(f"{_UNDER_WAY}*"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _A_DAY:
                shutil.rmtree(left, ignore_errors=True)


def _called(name: str, at: datetime, ending: str) -> str:
    called = name.strip() or f"sent {at:%d.%m.%Y %H.%M.%S}"
    return _named(called.removesuffix(ending) + ending)


def _named(name: str) -> str:
    if not _usable(name):
        raise DeliveryNameUnusable(name)
    return name


def _usable(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and len(name.encode()) <= _LONGEST


def _workbook(kept: list[Path]) -> Path | None:
    """Return the workbook that was sent; None where tables were."""
    if not kept:
        raise NothingSent
    books = [file for file in kept if file.suffix.lower() == WORKBOOK]
    if books and len(kept) > 1:
        raise WorkbookAmongOthers(books[0].name)
    return books[0] if books else None


def _of_its_own(files: list[Path], under_way: Path) -> Path:
    """Put files into a folder that can be moved away whole."""
    folder = under_way / "delivery"
    folder.mkdir(mode=0o700)
    for file in files:
        file.rename(folder / file.name)
    return folder


def _kept(files: Iterable[tuple[str, Iterable[bytes]]], folder: Path) -> Iterator[Path]:
    for name, content in files:
        path = folder / name
        if not _usable(name) or path.suffix.lower() not in {*TABLES, WORKBOOK}:
            raise NoTable(name)
        if path.exists():
            raise SentTwice(name)
        path.touch(mode=0o600)
        with path.open("wb") as file:
            for part in content:
                if shutil.disk_usage(folder).free < RESERVE:
                    raise NoRoom(name)
                file.write(part)
        yield path


def _waiting(entry: Path) -> Waiting | None:
    """Look at an entry of the inbox; None for what is no delivery, or goes meanwhile."""
    if not _is_delivery(entry):
        return None
    try:
        own = entry.stat()
        seen = _inside(entry)
    except FileNotFoundError:
        return None
    said = _KIND.search(entry.name)
    latest = max(each.st_mtime for each in (own, *(seen or ())))
    return Waiting(
        name=entry.name,
        files=len(seen or ()),
        size=sum(each.st_size for each in seen or ()),
        changed_at=datetime.fromtimestamp(latest, tz=UTC),
        kind=DeliveryKind(said[1].lower()) if said else None,
        delivered_on=_day_in(entry.name),
        readable=seen is not None,
    )


def _is_delivery(entry: Path) -> bool:
    if not _usable(entry.name) or entry.is_symlink():
        return False
    return entry.is_dir() or entry.suffix.lower() == WORKBOOK


def _inside(entry: Path) -> list[os.stat_result] | None:
    """Return what the system says of the files of an entry; None where it cannot be read."""
    try:
        return [file.stat() for file in (entry.iterdir() if entry.is_dir() else [entry])]
    except PermissionError:
        return None


def _day_in(name: str) -> date | None:
    """Return the day in a name such as 2026-06-30-delta; None where there is none."""
    for found in _DAY.finditer(name):
        with suppress(ValueError):
            return date(*(int(part) for part in found.groups()))
    return None
