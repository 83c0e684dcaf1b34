"""What an institution has on a day, as pages tell it: sentence, tiles, parts, those below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.safestring import SafeString

from recobro.book.models import Close, Figure, Institution
from recobro.book.queries import figures as ask
from recobro.reports.language import Language
from recobro.reports.sentence import stock_told
from recobro.terms.dates import month_end, previous_month_end, previous_year_end
from recobro.terms.grades import BUCKETS, Grade
from recobro.web.charts import sparkline

_GRADES: Final = tuple(grade.code for grade in Grade)
_MONTHS: Final = 13
"""Month ends of a line: a year and the one before it."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that a manager looks at, how it moved in a year, and the list behind it.

    Of coverage less is worse, of all else more.
    """

    word: str
    value: str
    exact: str
    change: str
    up: bool | None
    """Whether it rose; None where nothing changed, or is not known."""
    line: SafeString
    state: str

    @property
    def worse(self) -> bool | None:
        """Whether the change is a bad one."""
        return self.up if self.up is None or self.word != "coverage" else not self.up


@dataclass(frozen=True, slots=True)
class Ranked:
    """An institution among its siblings."""

    institution: Institution
    now: Figure
    change: int | None
    points: Decimal | None


def told(
    node: Institution, close: Close, closes: Sequence[Close], language: Language
) -> dict[str, Any]:
    """Return sentence, tiles, ageing and grades of a node, in the currency of most loans."""
    looked_at = _looked_at(close, closes)
    found = ask.pictured(node, close, looked_at, ("bucket", "grade"))
    rows = [row for row in found if row.by == "all"]
    now = max(
        (row for row in rows if row.close_id == close.pk), key=lambda row: row.loans, default=None
    )
    if now is None:
        return {"figure": None, "sentence": language.say("sentence.no_loans")}
    own = {row.close.as_of: row for row in rows if row.currency == now.currency}
    since = previous_year_end(close.as_of)
    then = own.get(since)
    sentence = stock_told(
        now, then, currency=now.currency, as_of=close.as_of, since=since, language=language
    )
    return {
        "figure": now,
        "currency": now.currency,
        "others": sorted(
            {row.currency for row in rows if row.close_id == close.pk} - {now.currency}
        ),
        "sentence": sentence,
        "tiles": _tiles(own, close.as_of, language),
        "ageing": _shares(found, "bucket", now, order=BUCKETS),
        "grades": _shares(found, "grade", now, order=_GRADES),
    }


def compared(
    node: Institution,
    close: Close,
    closes: Sequence[Close],
    now: Figure,
    *,
    below: Sequence[Institution] | None = None,
) -> dict[str, Any]:
    """Return those below a node ranked; `now` is its figure, `below` whom it is known to have."""
    since = previous_year_end(close.as_of)
    days = [one for one in closes if one.pk == close.pk or one.as_of == since]
    found = ask.ranked(node, days, below=below)
    return {"ranking": _ranking(found, close, now.currency)}


def _looked_at(close: Close, closes: Sequence[Close]) -> list[Close]:
    """Return the close, the month ends of the year before it, and the start of its year."""
    since = previous_year_end(close.as_of)
    earlier = [one for one in closes if one.as_of <= close.as_of]
    ends = [one for one in earlier if one.as_of == month_end(one.as_of)][:_MONTHS]
    start = [one for one in earlier if one.as_of == since]
    return list({one.pk: one for one in (close, *ends, *start)}.values())


def _tiles(own: dict[date, Figure], on: date, language: Language) -> list[Tile]:
    currency = own[on].currency
    before = own.get(previous_month_end(on))

    def amount(name: str, state: str) -> Tile:
        now, then = getattr(own[on], name), getattr(before, name, None)
        change = None if then is None else now - then
        return Tile(
            word=name,
            value=language.scaled(now, currency),
            exact=language.money(now, currency),
            change="" if change is None else language.scaled(change, currency, signed=True),
            up=_up(change),
            line=_line(own, name, language.say(f"tile.{name}")),
            state=state,
        )

    def count(name: str, state: str) -> Tile:
        now, then = getattr(own[on], name), getattr(before, name, None)
        change = None if then is None else now - then
        told = language.integer(now)
        signed = "" if change is None else language.integer(change, signed=True)
        line = _line(own, name, language.say(f"tile.{name}"))
        return Tile(name, told, told, signed, _up(change), line, state)

    return [
        amount("nonperforming_principal", "nonperforming"),
        _ratio_tile("nonperforming_ratio", own[on], before, own, language),
        count("nonperforming_loans", "nonperforming"),
        amount("overdue_amount", "overdue"),
        count("three_six_loans", "three_six"),
        amount("provision", "nonperforming")
        if own[on].coverage is None
        else _ratio_tile("coverage", own[on], before, own, language),
    ]


def _ratio_tile(
    name: str, now: Figure, before: Figure | None, own: dict[date, Figure], language: Language
) -> Tile:
    ratio, then = getattr(now, name), getattr(before, name, None)
    change = None if ratio is None or then is None else ratio - then
    told = "—" if ratio is None else language.ratio(ratio)
    return Tile(
        word=name,
        value=told,
        exact=told,
        change="" if change is None else language.locale.ratio_change(change),
        up=_up(change),
        line=_line(own, name, language.say(f"tile.{name}")),
        state="nonperforming",
    )


def _up(change: Decimal | int | None) -> bool | None:
    return change > 0 if change else None


def _line(own: dict[date, Figure], name: str, title: str) -> SafeString:
    values = [getattr(own[on], name) for on in sorted(own)]
    return sparkline([None if value is None else float(value) for value in values], title=title)


def _shares(
    rows: list[Figure], by: str, now: Figure, *, order: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the parts of a figure from good to bad, each with its share of the largest problem.

    The good part would be fifty times as long as any other: it has no bar.
    """
    own = {row.value: row for row in rows if (row.by, row.currency) == (by, now.currency)}
    good, *bad = order
    most = max((own[code].outstanding_principal for code in bad if code in own), default=0) or 1
    return [
        {
            "row": own[code],
            "share": None if code == good else own[code].outstanding_principal * 100 // most,
        }
        for code in order
        if code in own
    ]


def _ranking(found: list[Figure], close: Close, currency: str) -> list[Ranked]:
    """Return the institutions below a node, the highest ratio first."""
    rows = [row for row in found if row.currency == currency]
    then = {row.institution_id: row for row in rows if row.close_id != close.pk}
    ranked = [
        _ranked(row, then.get(row.institution_id)) for row in rows if row.close_id == close.pk
    ]
    return sorted(ranked, key=lambda one: one.now.nonperforming_ratio or 0, reverse=True)


def _ranked(now: Figure, then: Figure | None) -> Ranked:
    if then is None:
        return Ranked(now.institution, now, None, None)
    ratio, before = now.nonperforming_ratio, then.nonperforming_ratio
    points = None if ratio is None or before is None else ratio - before
    change = now.nonperforming_principal - then.nonperforming_principal
    return Ranked(now.institution, now, change, points)
