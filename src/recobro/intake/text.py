"""In which encoding a text file is written, and its text in UTF-8."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from typing import TYPE_CHECKING

from recobro.intake.refusals import Unreadable
from recobro.terms.refusal import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_BLOCK = 1 << 20
_CHINESE_UTF8 = re.compile("[一-鿿]")
_ASCII = re.compile("[\x00-\x7f]+")
_SIGNS, _COMMON, _LESS_COMMON = (
    bytes(range(first, last + 1)) for first, last in ((0xA1, 0xA3), (0xB0, 0xD7), (0xD8, 0xF7))
)
"""The bytes that begin punctuation and hanzi of the two levels of GB 2312."""

_UNKNOWN = Phrase(
    "it is text neither in UTF-8 nor surely in GB18030; if it has another encoding, name that in a "
    "mapping (encoding under [files])"
)


class NotInEncoding(Unreadable):
    """A file is not in the encoding in which it was read."""


FOUND_OUT = ("utf-8-sig", "gb18030")
"""The encodings that need not be declared."""


def utf8(path: Path, staging: Path, encoding: str | None = None) -> Path:
    """Return a file with the text of `path` in UTF-8: itself, or a copy decoded into `staging`.

    Without a declared encoding UTF-8 is tried, then GB18030. Raises Unreadable: a zero byte, text
    in neither encoding, or both encodings in one file.
    """
    if encoding is None:
        return path if _is_utf8(path) else _chinese(path, staging)
    if codecs.lookup(encoding).name == "utf-8":
        if not _is_utf8(path):
            raise Unreadable(path.name, Phrase("it is not text in UTF-8, as was declared"))
        return path
    return _decoded(path, staging / f"{path.name}.utf-8", encoding)


def start(block: bytes, encoding: str | None = None) -> str:
    """Return the text that a file begins with, as far as the block goes."""
    return block.decode(encoding or guessed(block), "replace")


def guessed(block: bytes) -> str:
    """Return the encoding in which a block is most likely written.

    UTF-8 and GB18030 are told by what they are; of the others the Western one that fits.
    """
    for encoding in (*FOUND_OUT, "cp1252"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(block)
        except UnicodeDecodeError:
            continue
        if encoding != "gb18030" or _is_surely_chinese([text]):
            return encoding
    return "latin-1"


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if b"\0" in block:
                raise Unreadable(path.name, Phrase("it holds zero bytes, so it is no text"))
            yield block


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in _blocks(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _chinese(path: Path, staging: Path) -> Path:
    """Decode a file that nobody declared to be in GB18030, which decodes nearly anything."""
    _refuse_mixed(path)
    try:
        copy = _decoded(path, staging / f"{path.name}.utf-8", "gb18030")
    except NotInEncoding:
        raise Unreadable(path.name, _UNKNOWN) from None
    if not _is_surely_chinese(_texts(copy)):
        copy.unlink()
        raise Unreadable(path.name, _UNKNOWN)
    return copy


def _texts(copy: Path) -> Iterator[str]:
    with copy.open(encoding="utf-8", newline="") as file:
        while block := file.read(_BLOCK):
            yield block


def _is_surely_chinese(texts: Iterable[str]) -> bool:
    """Tell Chinese from what GB18030 makes of another encoding: rare characters all over.

    Nine in ten are of GB 2312, and most are of its first level, the common ones.
    """
    read = Counter[str]()
    for text in texts:
        foreign = _ASCII.sub("", text)
        leads = foreign.encode("gb2312", "ignore")[::2]
        read["all"] += len(foreign)
        read["known"] += len(leads) - len(leads.translate(None, _SIGNS + _COMMON + _LESS_COMMON))
        read["common"] += len(leads) - len(leads.translate(None, _SIGNS + _COMMON))
    return read["known"] * 10 >= read["all"] * 9 and read["common"] * 2 >= read["all"]


def _refuse_mixed(path: Path) -> None:
    """GB18030 decodes nearly anything: a line that is Chinese in UTF-8 would become nonsense."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.isascii() and _is_chinese_utf8(line):
                mixed = "it mixes two encodings (line {line} is in UTF-8 and others are not)"
                raise Unreadable(path.name, Phrase(mixed, line=str(number)))


def _is_chinese_utf8(line: bytes) -> bool:
    # The whole line must be: two characters of GB18030 side by side may look like one of UTF-8.
    try:
        return bool(_CHINESE_UTF8.search(line.decode("utf-8")))
    except UnicodeDecodeError:
        return False


def _decoded(path: Path, copy: Path, encoding: str) -> Path:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with copy.open("w", encoding="utf-8", newline="") as out:
            for block in _blocks(path):
                out.write(decoder.decode(block))
            out.write(decoder.decode(b"", final=True))
    except UnicodeDecodeError:
        raise NotInEncoding(
            path.name, Phrase("it is not text in {encoding}", encoding=encoding.upper())
        ) from None
    return copy
