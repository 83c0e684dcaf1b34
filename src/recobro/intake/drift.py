"""How an extract differs from the one before: a changed layout is told apart from bad rows."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from recobro.intake.profile import EMPTY
from recobro.intake.refusals import DeliveryRefused
from recobro.terms.refusal import Listing, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

Kinds = ReadOnly[str, ReadOnly[str, str]]
"""What the cells of each column of each source look like, columns in the order of the file."""

_ALIKE = 0.6

_TOLD = 20
"""Changes that are named one by one."""


class LayoutDiffers(DeliveryRefused):
    """The mapping does not fit the extract, and the extract looks different from the one before."""

    says = (
        "{reason} The layout is to blame, not the rows: it differs from that of load {since} "
        "({found}). Adapt {mapping}, or have the extract as it was."
    )

    def __init__(self, mapping: str, since: int, found: list[Change], reason: Exception) -> None:
        told: str = Listing(map(Change.told, found[:_TOLD]), apart=True)
        if len(found) > _TOLD:
            told = Phrase("{some} and others", some=told)
        super().__init__(reason=reason, since=str(since), found=told, mapping=mapping)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: what happened to which column (none: the whole source), and both states."""

    what: str
    source: str
    column: str | None
    before: str | None = None
    now: str | None = None

    @property
    def takes_away(self) -> bool:
        """Whether something is gone that a mapping may need."""
        return self.what in {"source-gone", "column-gone", "column-renamed"}

    def __str__(self) -> str:
        return str(self.told())

    def told(self) -> Phrase:
        """Return the difference in words."""
        source, column, before, now = self.source, self.column, self.before, self.now
        match self.what:
            case "source-gone":
                return Phrase("{source} is gone", source=source)
            case "source-new":
                return Phrase("{source} is new", source=source)
            case "column-gone":
                return Phrase("{source}: column {column} is gone", source=source, column=column)
            case "column-new":
                return Phrase("{source}: column {column} is new", source=source, column=column)
            case "column-renamed":
                says = "{source}: column {before} is gone, and {now} looks like it"
                return Phrase(says, source=source, before=before, now=now)
            case _:
                says = "{source}: column {column} was {before}, is {now}"
                return Phrase(says, source=source, column=column, before=before, now=now)


def changes(before: Kinds, now: Kinds) -> list[Change]:
    """Return in which sources and columns an extract differs from an earlier one."""
    gone = [Change("source-gone", name, None) for name in before if name not in now]
    new = [Change("source-new", name, None) for name in now if name not in before]
    both = [name for name in now if name in before]
    return [*gone, *new, *(each for name in both for each in _within(name, before, now))]


def _within(source: str, before: Kinds, now: Kinds) -> Iterator[Change]:
    old, new = before[source], now[source]
    added = [name for name in new if name not in old]
    for name in old:
        if name in new:
            yield from _of_kind(source, name, old[name], new[name])
            continue
        alike = _renamed(name, added, old, new)
        if alike is None:
            yield Change("column-gone", source, name, old[name])
        else:
            added.remove(alike)
            yield Change("column-renamed", source, name, name, alike)
    for name in added:
        yield Change("column-new", source, name, None, new[name])


def _of_kind(source: str, name: str, before: str, now: str) -> Iterator[Change]:
    if before != now and EMPTY not in {before, now}:
        yield Change("type-changed", source, name, before, now)


def _renamed(
    name: str, added: list[str], old: ReadOnly[str, str], new: ReadOnly[str, str]
) -> str | None:
    """Return the new column that a lost one seems to be: of its kind, in its place or alike."""
    same = [one for one in added if new[one] == old[name]]
    place = [*old].index(name)
    here = [one for one in same if [*new].index(one) == place]
    return next(iter(here or get_close_matches(name, same, n=1, cutoff=_ALIKE)), None)
