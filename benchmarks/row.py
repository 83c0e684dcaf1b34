"""A measured ratio, the bound that it has to keep, and the aim."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a table: `value` is what is judged, `measured` says what it was made of.

    A row without a bound is told for comparison. `samples` are the single measurements.
    """

    what: str
    loans: int
    measured: str
    value: float
    unit: str = "×"
    bound: float | None = None
    aim: float | None = None
    at_least: bool = False
    samples: dict[str, list[float]] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """Whether the aim is met, or the bound kept."""
        if self.bound is None:
            return ""
        if self.aim is not None and self._keeps(self.aim):
            return "aim met"
        return "bound kept" if self._keeps(self.bound) else "beyond the bound"

    def _keeps(self, limit: float) -> bool:
        return self.value >= limit if self.at_least else self.value <= limit

    def as_json(self) -> dict[str, Any]:
        """Return what the JSON beside the page keeps of it."""
        return asdict(self) | {"verdict": self.verdict}


def ratio(
    what: str,
    loans: int,
    ours: Sequence[float],
    other: Sequence[float],
    *,
    bound: float | None = None,
    aim: float | None = None,
    names: tuple[str, str] = ("ours", "scan"),
) -> Row:
    """Return how many times as long one thing takes as another: median by median."""
    one, two = median(ours), median(other)
    return Row(
        what=what,
        loans=loans,
        measured=f"{names[0]} {one:.2f} s, {names[1]} {two:.2f} s",
        value=one / two,
        bound=bound,
        aim=aim,
        samples={names[0]: [*ours], names[1]: [*other]},
    )


def faster(
    what: str,
    loans: int,
    ours: Sequence[float],
    other: Sequence[float],
    *,
    name: str,
    bound: float | None = None,
) -> Row:
    """Return how many times as fast as another we are."""
    found = ratio(what, loans, other, ours, names=(name, "ours"), bound=bound)
    return Row(**{**found.__dict__, "at_least": True})
