"""Subtrees of the bank: what somebody may see, or has chosen to look at."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from recobro.book.models import Institution

GENERATION = 4
"""Digits of a path that one generation of the tree takes."""

_TO_THE_END = "9" * 80
"""Behind a path it comes after every path below, and before every sibling's."""


@dataclass(frozen=True)
class Scope:
    """Some subtrees of the institutions, by their paths; none of them lies in another."""

    paths: tuple[str, ...] = ()

    @classmethod
    def of(cls, paths: Iterable[str]) -> "Scope":
        """Return the subtrees at some paths; one within another adds nothing."""
        found: list[str] = []
        for path in sorted(set(paths)):
            if not found or not path.startswith(found[-1]):
                found.append(path)
        return cls(tuple(found))

    def __bool__(self) -> bool:
        return bool(self.paths)

    def within(self, to_path: str = "path") -> Q:
        """Return the condition that a row's institution lies in the scope; `to_path` leads there.

        A subtree is a range of paths, so that an index finds it: of digits alone, because a
        server's language may order other signs otherwise.
        """
        found = Q(pk__in=[])
        for path in self.paths:
            found |= Q(**{f"{to_path}__gte": path, f"{to_path}__lte": path + _TO_THE_END})
        return found

    def has(self, institution: Institution) -> bool:
        """Tell whether an institution lies in the scope."""
        return self.covers(institution.path)

    def covers(self, below: str) -> bool:
        """Tell whether the institution at a path lies in the scope."""
        return any(below.startswith(path) for path in self.paths)


def climbed(path: str) -> list[str]:
    """Return a path and those above it, the nearest first."""
    return [path[:end] for end in range(len(path), 0, -GENERATION)]
