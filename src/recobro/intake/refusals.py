"""What refuses a whole delivery; each reason stands beside the function that raises it."""

from collections.abc import Iterator
from contextlib import contextmanager

_BROKEN_FILE = {"Error", "IOException", "InvalidInputException", "SerializationException"}


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

    Raises Unreadable.
    """
    try:
        yield
    except Exception as error:
        if not is_of_engine(error) or type(error).__name__ not in _BROKEN_FILE:
            raise
        raise Unreadable(file, plain(error)) from error


def is_of_engine(error: Exception) -> bool:
    """Tell an engine's error by where it is defined: intake names no engine."""
    return type(error).__module__.strip("_").startswith("duckdb")


def plain(error: Exception) -> str:
    """Return what an engine says is wrong, without its advice to programmers."""
    text = str(error)
    for advice in ("\nPossible", "\n\nLINE", "\n  file ="):
        text = text.partition(advice)[0]
    return text.strip().rstrip(".")
