"""The part of a report that speaks of one currency: amounts of two are never summed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from recobro.reports.document import Better, Column, Kind, Row, Value
from recobro.reports.language import Language
from recobro.reports.material import Figure, Heading, Institution, Material, Question


class Placed(Protocol):
    """A row of one institution and currency."""

    @property
    def currency(self) -> str:
        """The currency of its amounts."""

    @property
    def institution_id(self) -> str:
        """Where it belongs."""


PlacedRow = TypeVar("PlacedRow", bound=Placed)


@dataclass(frozen=True, slots=True)
class Part:
    """Ask the material in one currency, and speak of it in one language."""

    material: Material
    language: Language
    currency: str
    alone: bool  # the book has no other currency

    @property
    def heading(self) -> Heading:
        """What the report is about."""
        return self.material.heading

    @property
    def node(self) -> str:
        """The institution of the report."""
        return self.heading.institution.institution_id

    @property
    def below(self) -> Sequence[Institution]:
        """The institutions directly below the report's."""
        return [one for one in self.material.institutions() if one.institution_id != self.node]

    def name(self, institution_id: str) -> str:
        """Return the name of an institution."""
        names = {one.institution_id: one.name for one in self.material.institutions()}
        return names[institution_id]

    def say(self, key: str, **parts: str) -> str:
        """Return a text."""
        return self.language.say(key, **parts)

    def title(self, key: str) -> str:
        """Return the title of a section, with the currency if the book has several."""
        title = self.say(f"section.{key}")
        if self.alone:
            return title
        return self.say("frame.section", title=title, currency=self.currency)

    def column(
        self,
        word: str,
        kind: Kind | None = Kind.TEXT,
        *,
        change: bool = False,
        better: Better = Better.NEITHER,
        **parts: str,
    ) -> Column:
        """Return a column with its head in the part's language."""
        return Column(self.say(f"column.{word}", **parts), kind, change, better)

    def total(self, *values: Value) -> Row:
        """Return the row that sums up those above it, which stands out."""
        return Row((self.say("answer.whole"), *values), strong=True)

    def money(self, amount: int, *, signed: bool = False) -> str:
        """Return an amount to the minor unit."""
        return self.language.money(amount, self.currency, signed=signed)

    def scaled(self, amount: int, *, signed: bool = False) -> str:
        """Return an amount as it is spoken."""
        return self.language.scaled(amount, self.currency, signed=signed)

    def ask(self, question: Question[PlacedRow]) -> list[PlacedRow]:
        """Return the rows of the part's currency that answer a question."""
        return [row for row in self.material.ask(question) if row.currency == self.currency]

    def own(
        self, question: Question[PlacedRow], institution_id: str | None = None
    ) -> list[PlacedRow]:
        """Return the rows of an institution (the report's) that answer a question."""
        wanted = institution_id or self.node
        return [row for row in self.ask(question) if row.institution_id == wanted]

    def whole(self, on: date, institution_id: str | None = None) -> Figure | None:
        """Return the figure of an institution (the report's), all loans, on a day; None if none."""
        wanted = (institution_id or self.node, "all")
        return next((row for row in self._rows(on) if (row.institution_id, row.by) == wanted), None)

    def groups(self, by: str) -> list[Figure]:
        """Return the figures of the report's institution by product …, the largest first."""
        wanted = (self.node, by)
        rows = self._rows(self.heading.as_of)
        found = [row for row in rows if (row.institution_id, row.by) == wanted]
        return sorted(found, key=lambda row: (-row.outstanding_principal, row.value or ""))

    def _rows(self, on: date) -> list[Figure]:
        return [row for row in self.material.figures(on).rows if row.currency == self.currency]


def parts(material: Material, language: Language) -> list[Part]:
    """Return a part for each currency of the report's institution, that of most loans first."""
    heading = material.heading
    days = (material.figures(heading.as_of), material.figures(heading.since))
    loans: dict[str, int] = {}
    for row in (row for day in days for row in day.rows):
        if (row.institution_id, row.by) == (heading.institution.institution_id, "all"):
            loans.setdefault(row.currency, row.loans)
    currencies = sorted(loans, key=lambda currency: (-loans[currency], currency))
    return [Part(material, language, code, alone=len(currencies) == 1) for code in currencies]
