"""What templates say: words, amounts and days in the reader's language."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import template
from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString

from recobro.office.jobs.models import Job
from recobro.reports.language import Language
from recobro.terms.masking import masked
from recobro.terms.money import amount
from recobro.terms.phones import same_way
from recobro.web.cells import UNKNOWN, Aside, Cells, Months, Squares
from recobro.web.columns import Column
from recobro.web.help import help_of
from recobro.web.refusals import said
from recobro.web.sessions import named

register = template.Library()
register.filter(masked)

_PASSING: Final = ("page", "arrange")
"""What of an address is of this moment: a link that changes another part leaves it."""

_A_MINUTE: Final = 60
"""Seconds."""


def _language(context: Mapping[str, Any]) -> Language:
    return cast("Language", context["request"].desk.language)


@register.simple_tag(takes_context=True)
def say(context: Mapping[str, Any], key: str, **parts: object) -> str:
    """Return the text of a key."""
    return _language(context).say(key, **{name: str(part) for name, part in parts.items()})


@register.simple_tag(takes_context=True)
def why(context: Mapping[str, Any], job: Job) -> str:
    """Return why a job was not done; as it was told where no language was thought of."""
    return said(job.told, _language(context)) if job.told else job.reason


@register.simple_tag(takes_context=True)
def word(context: Mapping[str, Any], table: str, code: str) -> str:
    """Return what a code is called; the code itself where it is the bank's own."""
    return _language(context).texts.get(f"{table}.{code}", code) if code else UNKNOWN


@register.simple_tag(takes_context=True)
def money(context: Mapping[str, Any], minor_units: int | None, currency: str) -> str:
    """Return an amount to the minor unit."""
    return UNKNOWN if minor_units is None else _language(context).money(minor_units, currency)


@register.simple_tag(takes_context=True)
def change(context: Mapping[str, Any], minor_units: int | None, currency: str) -> str:
    """Return the difference of two amounts, with its sign."""
    if minor_units is None:
        return UNKNOWN
    return _language(context).money(minor_units, currency, signed=True)


@register.simple_tag(takes_context=True)
def scaled(context: Mapping[str, Any], minor_units: int | None, currency: str) -> str:
    """Return an amount as it is spoken."""
    return UNKNOWN if minor_units is None else _language(context).scaled(minor_units, currency)


@register.simple_tag(takes_context=True)
def whole(context: Mapping[str, Any], number: int | None) -> str:
    """Return a whole number."""
    return UNKNOWN if number is None else _language(context).integer(number)


@register.simple_tag(takes_context=True)
def percent(context: Mapping[str, Any], ratio: Decimal | None) -> str:
    """Return a ratio in per cent."""
    return UNKNOWN if ratio is None else _language(context).ratio(ratio)


@register.simple_tag(takes_context=True)
def cells(context: Mapping[str, Any], mixed: object) -> Cells:
    """Return what makes the cells of a list; `mixed`: its amounts are in several currencies."""
    return Cells(
        columns=context["columns"],
        language=_language(context),
        on=context["request"].desk.on,
        picked=bool(context.get("picked")),
        mixed=bool(mixed),
    )


@register.simple_tag
def cells_of(told: Cells, row: Any, **aside: Any) -> SafeString:  # noqa: ANN401 - whatever a list has
    """Return the cells of a row of a list."""
    return told.of(row, Aside(**aside))


@register.simple_tag(takes_context=True)
def squares(context: Mapping[str, Any], months: Months) -> SafeString:
    """Return the last months of a loan as little squares."""
    return Squares(_language(context)).of(months)


@register.simple_tag(takes_context=True)
def day(context: Mapping[str, Any], on: date | None) -> str:
    """Return a day as a table has it."""
    return UNKNOWN if on is None else _language(context).locale.in_table(on)


@register.simple_tag(takes_context=True)
def moment(context: Mapping[str, Any], at: datetime | None) -> str:
    """Return day and minute as a table has them."""
    if at is None:
        return UNKNOWN
    told = at.astimezone(UTC)
    return f"{day(context, told.date())} {told:%H:%M} UTC".replace(" ", "\N{NO-BREAK SPACE}")


@register.simple_tag(takes_context=True)
def clock(context: Mapping[str, Any], at: datetime, zone: str) -> str:
    """Return day and minute as a table has them, in a time zone."""
    told = at.astimezone(ZoneInfo(zone))
    return f"{day(context, told.date())} {told:%H:%M} {zone}"


@register.simple_tag(takes_context=True)
def took(context: Mapping[str, Any], begun: datetime | None, ended: datetime | None) -> str:
    """Return how long something took."""
    if begun is None or ended is None:
        return UNKNOWN
    language, seconds = _language(context), (ended - begun).total_seconds()
    if seconds < _A_MINUTE:
        number = language.locale.number(Decimal(str(round(seconds, 1))), places=1)
        return language.say("unit.seconds", number=number)
    minutes, rest = divmod(round(seconds), _A_MINUTE)
    return language.say("unit.minutes", minutes=language.integer(minutes), seconds=f"{rest:02}")


@register.simple_tag
def plain(minor_units: int, currency: str) -> str:
    """Return an amount as other programs read it."""
    return str(amount(minor_units, currency))


@register.simple_tag(takes_context=True)
def address(context: Mapping[str, Any], **changes: object) -> str:
    """Return the query of the page's address with some of it changed; nothing takes a part away."""
    query = context["request"].GET.copy()
    for passing in _PASSING:
        query.pop(passing, None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in {None, ""}:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def stands(context: Mapping[str, Any], institution_id: str) -> str:
    """Return the address at which the page shows another institution; of a loan, the whole list."""
    asked = context["request"]
    page = asked.resolver_match.url_name if asked.resolver_match else ""
    if page == "institution":
        return reverse(page, args=[institution_id]) + carried(context, "as_of")
    query = address(context, at=institution_id)
    return reverse("loans") + query if page == "loan" else query


@register.simple_tag(takes_context=True)
def with_day(context: Mapping[str, Any]) -> str:
    """Return what a link whose query has begun takes along of the day that is looked at."""
    return carried(context, "as_of").replace("?", "&", 1)


@register.simple_tag(takes_context=True)
def points(context: Mapping[str, Any], change: Decimal | None) -> str:
    """Return the difference of two ratios in points."""
    return UNKNOWN if change is None else _language(context).locale.ratio_change(change)


@register.simple_tag(takes_context=True)
def carried(context: Mapping[str, Any], *names: str) -> str:
    """Return as a query what a link to another page takes along: the institution and the day."""
    kept = _kept(context, names or ("at", "as_of"))
    return f"?{urlencode(kept)}" if kept else ""


@register.simple_tag(takes_context=True)
def everything(context: Mapping[str, Any]) -> str:
    """Return as a query what a link to a whole list takes along, whatever view it opens with."""
    return f"?{urlencode({'all': '1'} | _kept(context, ('at', 'as_of')))}"


def _kept(context: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    asked = context["request"].GET
    return {name: asked[name] for name in names if asked.get(name)}


@register.filter
def words(text: str) -> list[str]:
    """Part a text at its spaces."""
    return text.split()


@register.filter
def helped(route: str | None) -> str:
    """Return the name of the help that fits a page."""
    return help_of(route)


@register.filter
def item(mapping: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - whatever it holds
    """Return what a mapping holds under a name; nothing where it has none."""
    return mapping.get(name)


@register.filter
def of(row: Any, column: Column[Any]) -> object:  # noqa: ANN401 - whatever a list has
    """Return what a column has of a row."""
    return column.of(row)


@register.filter
def telephone(text: str) -> str:
    """Return a text as a telephone number, where it is one."""
    return same_way(text)


@register.filter
def items(query: QueryDict, name: str) -> list[Any]:
    """Return everything that an address says under a name."""
    return query.getlist(name)


@register.filter
def browser(told: str) -> str:
    """Return in short what a browser says of itself."""
    return named(told) or UNKNOWN


@register.filter
def told(values: Mapping[str, Any] | None) -> str:
    """Return what an entry of the journal holds, as one line."""
    return ", ".join(f"{name}: {value}" for name, value in (values or {}).items())
