"""Which columns a list has and in which order: chosen by who looks, kept in the address."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final, Generic, TypeVar

from django.http import QueryDict

Row = TypeVar("Row")

_APART: Final = re.compile(r"[\s,]+")
"""Between the names of columns in an address."""


class Kind(StrEnum):
    """How a page shows what a column has."""

    TEXT = "text"
    CODE = "code"
    WORD = "word"
    MONEY = "money"
    WHOLE = "whole"
    DAY = "day"
    DUE = "due"
    PHONE = "phone"
    GRADE = "grade"
    MONTHS = "months"
    REASONS = "reasons"
    RATIO = "ratio"
    CHANGE = "change"
    """An amount with its sign; more is worse."""
    POINTS = "points"
    """The difference of two ratios; more is worse."""
    MARK = "mark"


_NUMERIC: Final = frozenset({Kind.MONEY, Kind.WHOLE, Kind.RATIO, Kind.CHANGE, Kind.POINTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Row]):
    """A column: how it is shown, and what it has of a row."""

    name: str
    kind: Kind
    of: Callable[[Row], object]
    words: str = ""
    """The table of words in which its codes are."""
    slot: str = ""
    """Where it stands on the card of a telephone; none: below the others, where it is chosen."""
    gives_way: bool = False
    """Whether it leaves while the pane, which tells it too, is open."""

    @property
    def numeric(self) -> bool:
        """Whether it stands flush right."""
        return self.kind in _NUMERIC

    @property
    def labelled(self) -> bool:
        """Whether the card of a telephone says what it is."""
        return self.slot in {"", "k", "m2"}

    @property
    def css(self) -> str:
        """How the style sheet calls its cells."""
        told = {
            "num": self.numeric,
            "id": self.kind is Kind.CODE,
            "squares": self.kind is Kind.MONTHS,
            "reasons": self.kind is Kind.REASONS,
            self.slot or "away": True,
            "gives-way": self.gives_way,
        }
        return " ".join(name for name, is_so in told.items() if is_so)


@dataclass(frozen=True)
class Columns(Generic[Row]):
    """The columns that a list can have; the first one always stands first."""

    first: Column[Row]
    others: Sequence[Column[Row]]
    usual: Sequence[str]
    """The others that stand where nobody has chosen, in order."""

    @cached_property
    def _known(self) -> Mapping[str, Column[Row]]:
        return {column.name: column for column in (self.first, *self.others)}

    def told(self, address: QueryDict) -> list[str]:
        """Return the columns that an address names, each once; a name that there is not is none."""
        said = (name for each in address.getlist("columns") for name in _APART.split(each))
        return list(dict.fromkeys(name for name in said if name in self._known))

    def of(self, address: QueryDict) -> list[Column[Row]]:
        """Return the columns that stand, in order: those that an address names, else the usual."""
        return self.named(self.told(address) or self.usual)

    def named(self, names: Iterable[str]) -> list[Column[Row]]:
        """Return the first column, and behind it those of some names."""
        return [self.first, *(self._known[name] for name in names if name != self.first.name)]

    def moved(self, address: QueryDict) -> str:
        """Return the columns once one of them has moved; with a minus before it, to the front."""
        names = [column.name for column in self.of(address)]
        told = address.get("move", "")
        name = told.removeprefix("-")
        if name in names[1:]:
            at = names.index(name)
            to = at - 1 if told.startswith("-") else at + 1
            names.insert(max(to, 1), names.pop(at))
        return " ".join(names)

    def offered(self, standing: Iterable[Column[Row]]) -> list[tuple[Column[Row], bool]]:
        """Return the columns that can be chosen, those that stand first, and whether each does."""
        _, *own = standing
        left = [column for column in self.others if column not in own]
        return [(column, True) for column in own] + [(column, False) for column in left]
