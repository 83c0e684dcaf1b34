"""What refuses a whole delivery; each reason stands beside the function that raises it."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

_BROKEN_FILE = {"Error", "IOException", "InvalidInputException", "SerializationException"}


_DISK_FULL = tuple(
    os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
)
"""What the system says where a file cannot be written; no file that is read brings it about."""


class DeliveryRefused(Exception):
    """The delivery as a whole cannot be taken; nothing was changed."""


class Unreadable(DeliveryRefused):
    """A delivered file is broken."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(
            f"{file} cannot be read: {reason}. Nothing was changed. "
            "Export the file again and deliver it whole."
        )


@contextmanager
def reading(file: str) -> Iterator[None]:
    """Turn an engine's complaint about a delivered file into a refusal.

    That the disk to which it is staged is full is no fault of the file. Raises Unreadable.
    """
    try:
        yield
    except Exception as error:
        if not is_of_engine(error) or type(error).__name__ not in _BROKEN_FILE:
            raise
        raise Unreadable(file, plain(error)) from error


def is_of_engine(error: Exception) -> bool:
    """Tell what an engine says of the data by where the error is defined: intake names no engine.

    What it says of a disk that is full is not of the data.
    """
    engine = type(error).__module__.strip("_").startswith("duckdb")
    return engine and not any(told in str(error) for told in _DISK_FULL)


def plain(error: Exception) -> str:
    """Return what an engine says is wrong, without its advice to programmers."""
    text = str(error)
    for advice in ("\nPossible", "\n\nLINE", "\n  file ="):
        text = text.partition(advice)[0]
    return text.strip().rstrip(".")
