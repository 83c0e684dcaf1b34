"""The findings of a load, looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import ibis.expr.types as ir

from recobro.engine.backends.duck import Duck
from recobro.engine.tables import FACTS
from recobro.intake.findings import COLUMNS, MESSAGES, WARNINGS
from recobro.runs import facts
from recobro.runs.engines import ENGINES
from recobro.runs.home import Home
from recobro.runs.models import Load
from recobro.terms.refusal import Listing, Phrase, Refusal


class FilterUnknown(Refusal):
    """No finding can have the code, or be about the table."""

    says = "There is no {what} {value!r}; nothing was shown. {meant}."

    def __init__(self, what: str, value: str, known: Iterable[str]) -> None:
        names = [*known]
        near = get_close_matches(value, names, n=1)
        meant = (
            Phrase("Perhaps meant: {name}", name=near[0])
            if near
            else Phrase("There are: {names}", names=Listing(names))
        )
        super().__init__(what=what, value=value, meant=meant)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The findings of a load that were asked for: how many there are, and the first of them."""

    load: Load
    total: int
    rows: list[Mapping[str, Any]]


def is_warning(code: str) -> bool:
    """Tell whether rows with the finding count all the same."""
    return code in WARNINGS


def findings(
    *,
    home: Home,
    number: int | None,
    code: str | None,
    table: str | None,
    limit: int,
    beyond: int = 0,
) -> Excerpt:
    """Return findings of a load, the newest if none is named, in the order of the files.

    So many of them are passed over as `beyond` says, and `limit` of the others returned.

    Raises facts.NoFacts, FilterUnknown.
    """
    for what, value, known in (
        (Phrase("finding code"), code, MESSAGES),
        (Phrase("table"), table, FACTS),
    ):
        if value is not None and value not in known:
            raise FilterUnknown(what, value, known)
    load = facts.record_of(number)
    with ENGINES, home.reading() as scratch, Duck(scratch, in_order=True) as duck:
        rows = findings_of(home, load, duck)
        if code is not None:
            rows = rows.filter(rows.code == code)
        if table is not None:
            rows = rows.filter(rows.table == table)
        first: list[Mapping[str, Any]] = duck.connection.to_pyarrow(
            rows.limit(limit, offset=beyond)
        ).to_pylist()
        return Excerpt(load, duck.number(rows.count()), first)


def findings_of(home: Home, load: Load, duck: Duck) -> ir.Table:
    """Return all findings of a load (intake.findings.COLUMNS)."""
    return duck.read([home.findings_file(load.number)], COLUMNS)
