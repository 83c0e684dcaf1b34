"""Chance that falls the same way on every machine and every release."""

from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from typing import TypeVar

from numpy.random import PCG64, Generator

T = TypeVar("T")

_BATCH = 1_024


class Dice:
    """A stream of chances from a seed.

    Only uniform numbers are drawn from the generator and everything else is made of them, because
    the other distributions of numpy may change between its releases.
    """

    def __init__(self, seed: int) -> None:
        generator = Generator(PCG64(seed))
        batches = (generator.random(_BATCH).tolist() for _ in repeat(None))
        self._numbers: Iterator[float] = chain.from_iterable(batches)

    def share(self) -> float:
        """Return a number in [0, 1)."""
        return next(self._numbers)

    def chance(self, probability: float) -> bool:
        """Return true with the probability."""
        return next(self._numbers) < probability

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(next(self._numbers) * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items, each as likely as the other."""
        return items[int(next(self._numbers) * len(items))]

    def weighed(self, items: Sequence[tuple[T, float]]) -> T:
        """Return one of the items by weight; the weights add up to 1."""
        left = next(self._numbers)
        for item, weight in items:
            left -= weight
            if left < 0:
                return item
        return items[-1][0]
