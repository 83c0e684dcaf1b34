from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import CharField, QuerySet, Value
from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from recobro.book.models import Close, Figure, Institution
from recobro.book.queries import figures as ask
from recobro.office.people.enums import Right
from recobro.oversight.notices.queries import waiting_for
from recobro.oversight.teams.queries import without_leader
from recobro.reports.language import Language
from recobro.reports.sentence import stock_told
from recobro.terms.dates import month_end, previous_month_end, previous_year_end
from recobro.terms.grades import BUCKETS, Grade
from recobro.web.charts import sparkline
from recobro.web.desk import Asked, Desk
from recobro.web.gate import needs
from recobro.web.render import climb, page

_GRADES: Final = tuple(grade.code for grade in Grade)
_MONTHS: Final = 13
"""Month ends of a line: a year and the one before it."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that a manager looks at, how it moved in a year, and the list behind it."""

    word: str
    value: str
    exact: str
    change: str
    worse: bool | None
    line: SafeString
    state: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """An institution among its siblings."""

    institution: Institution
    now: Figure
    change: int | None
    points: Decimal | None


@needs()
@require_safe
def home(asked: Asked) -> HttpResponse:
    """Begin with what the person's institution is about; who sees no figures is led elsewhere."""
    desk = asked.desk
    scope = desk.scope(Right.FIGURES)
    if not scope:
        return page(asked, "home_other")
    node = desk.node(Right.FIGURES)
    frame = climb(node, scope)
    if node is None or desk.close is None:
        return page(asked, "home_empty", frame)
    told = _told(node, desk.close, desk.closes, desk.language)
    return page(asked, "home", frame | told | {"waits": _waits(desk)})


def _waits(desk: Desk) -> Counter[str]:
    """Return how many notices wait for the person to sign off, and how many teams for a leader."""
    signs = [post.institution for post in desk.posts if Right.SIGN_OFF in post.rights]
    teams = without_leader(desk.scope(Right.ASSIGN), on=desk.on)
    return Counter(_named("notices", waiting_for(signs)).union(_named("teams", teams), all=True))


def _named(what: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return a word for each row, so that one query tells of several kinds."""
    return rows.order_by().values_list(Value(what, CharField()), flat=True)


def _told(
    node: Institution, close: Close, closes: Sequence[Close], language: Language
) -> dict[str, Any]:
    """Return sentence, tiles, ageing and ranking of a node, in the currency of most loans."""
    looked_at = _looked_at(close, closes)
    rows = ask.whole(node, looked_at)
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
        "ageing": _shares(ask.parted(node, close, "bucket"), now, order=BUCKETS),
        "grades": _shares(ask.parted(node, close, "grade"), now, order=_GRADES),
        "ranking": _ranking(node, close, looked_at, now.currency, since),
    }


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
            worse=_worse(change),
            line=_line(own, name, language.say(f"tile.{name}")),
            state=state,
        )

    def count(name: str, state: str) -> Tile:
        now, then = getattr(own[on], name), getattr(before, name, None)
        change = None if then is None else now - then
        told = language.integer(now)
        signed = "" if change is None else language.integer(change, signed=True)
        line = _line(own, name, language.say(f"tile.{name}"))
        return Tile(name, told, told, signed, _worse(change), line, state)

    return [
        amount("nonperforming_principal", "nonperforming"),
        _ratio_tile(own[on], before, own, language),
        count("nonperforming_loans", "nonperforming"),
        amount("overdue_amount", "overdue"),
        count("three_six_loans", "three_six"),
        amount("provision", "nonperforming"),
    ]


def _ratio_tile(
    now: Figure, before: Figure | None, own: dict[date, Figure], language: Language
) -> Tile:
    ratio = now.nonperforming_ratio
    then = None if before is None else before.nonperforming_ratio
    change = None if ratio is None or then is None else ratio - then
    told = "—" if ratio is None else language.ratio(ratio)
    return Tile(
        word="nonperforming_ratio",
        value=told,
        exact=told,
        change="" if change is None else language.locale.ratio_change(change),
        worse=_worse(change),
        line=_line(own, "nonperforming_ratio", language.say("tile.nonperforming_ratio")),
        state="nonperforming",
    )


def _worse(change: Decimal | int | None) -> bool | None:
    """Tell whether more of something bad is there; None where nothing changed, or is not known."""
    return change > 0 if change else None


def _line(own: dict[date, Figure], name: str, title: str) -> SafeString:
    values = [getattr(own[on], name) for on in sorted(own)]
    return sparkline([None if value is None else float(value) for value in values], title=title)


def _shares(rows: list[Figure], now: Figure, *, order: Sequence[str]) -> list[dict[str, Any]]:
    """Return the parts of a figure from good to bad, each with its share of the largest problem.

    The good part would be fifty times as long as any other: it has no bar.
    """
    own = {row.value: row for row in rows if row.currency == now.currency}
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


def _ranking(
    node: Institution, close: Close, looked_at: Sequence[Close], currency: str, since: date
) -> list[Ranked]:
    """Return the institutions below a node, the highest ratio first."""
    compared = [one for one in looked_at if one.pk == close.pk or one.as_of == since]
    rows = [row for row in ask.ranked(node, compared) if row.currency == currency]
    then = {row.institution_id: row for row in rows if row.close_id != close.pk}
    found = [_ranked(row, then.get(row.institution_id)) for row in rows if row.close_id == close.pk]
    return sorted(found, key=lambda one: one.now.nonperforming_ratio or 0, reverse=True)


def _ranked(now: Figure, then: Figure | None) -> Ranked:
    if then is None:
        return Ranked(now.institution, now, None, None)
    ratio, before = now.nonperforming_ratio, then.nonperforming_ratio
    points = None if ratio is None or before is None else ratio - before
    change = now.nonperforming_principal - then.nonperforming_principal
    return Ranked(now.institution, now, change, points)
