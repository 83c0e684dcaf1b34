"""How long work tells how far it is."""

from typing import Protocol


class Progress(Protocol):
    """Hear of each step of a load or close as it begins."""

    def __call__(self, step: str, done: int, of: int) -> None:
        """Take note that a step begins: a code, how many are done, of how many."""
        ...


def silent(step: str, done: int, of: int) -> None:
    """Tell nobody."""
