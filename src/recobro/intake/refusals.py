"""What refuses a whole delivery; each reason stands beside the function that raises it."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recobro.terms.refusal import Phrase, Refusal

_BROKEN_FILE = {"Error", "IOException", "InvalidInputException", "SerializationException"}


_DISK_FULL = tuple(
    os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
)
"""What the system says where a file cannot be written; no file that is read brings it about."""


_CSV_LINE = re.compile(r"CSV Error on Line: (\d+)")
_OF_A_LINE = {
    r"Expected Number of Columns: (\d+) Found": "line {line} has more or fewer fields than the"
    " header names, {number}",
    r"unterminated quote": "line {line} has a quote that is not closed, or that stands inside a"
    " field and is not doubled",
    r"Maximum line size of (\d+) bytes": "line {line} is longer than {number} bytes",
}
"""What an engine says of a line of a CSV file, and what it means."""
_FEW_WORDS = 300


class DeliveryRefused(Refusal):
    """The delivery as a whole cannot be taken; nothing was changed."""


class Unreadable(DeliveryRefused):
    """A delivered file is broken."""

    says = (
        "{file} cannot be read: {reason}. Nothing was changed. Export the file again and deliver "
        "it whole."
    )

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(file=file, reason=reason)


@contextmanager
def reading(file: str) -> Iterator[None]:
    """Turn a complaint about a delivered file, an engine's or the system's, into a refusal.

    That the disk to which it is staged is full is no fault of the file. Raises Unreadable.
    """
    try:
        yield
    except Exception as error:
        reason = _wrong_with(file, error)
        if reason is None:
            raise
        raise Unreadable(file, reason) from error


def _wrong_with(file: str, error: Exception) -> str | None:
    """Return what an error says of a file; nothing where it is about something else."""
    if isinstance(error, OSError):
        its_own = error.filename is not None and Path(error.filename).name == file
        return (error.strerror or str(error)) if its_own else None
    if not is_of_engine(error) or type(error).__name__ not in _BROKEN_FILE:
        return None
    if file.lower().endswith(".parquet"):
        return Phrase("it is no sound Parquet file ({error})", error=plain(error))
    return plain(error)


def is_of_engine(error: Exception) -> bool:
    """Tell what an engine says of the data by where the error is defined: intake names no engine.

    What it says of a disk that is full is not of the data.
    """
    engine = type(error).__module__.strip("_").startswith("duckdb")
    return engine and not any(told in str(error) for told in _DISK_FULL)


def plain(error: Exception) -> str:
    """Return what an engine says is wrong, in a few words and without its advice to programmers."""
    text = str(error)
    if line := _CSV_LINE.search(text):
        for pattern, words in _OF_A_LINE.items():
            if found := re.search(pattern, text):
                return Phrase(words, line=line[1], number=found[found.lastindex or 0])
    if "reached an invalid state" in text:
        return Phrase("its lines do not all end in the same way (CR LF or LF)")
    for advice in ("\nPossible", "\n\nLINE", "\n  file ="):
        text = text.partition(advice)[0]
    return text.strip().rstrip(".")[:_FEW_WORDS]
