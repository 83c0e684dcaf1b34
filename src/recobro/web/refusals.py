"""What is told in place of doing something, in the language of the page."""

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Final

from recobro.office.approvals.enums import State
from recobro.office.outward import Trouble
from recobro.office.people.enums import Role
from recobro.office.webhooks.enums import Event, HookState
from recobro.office.webhooks.enums import State as DeliveryState
from recobro.reports.language import Language
from recobro.terms.codes import Judgement
from recobro.terms.refusal import Refusal, told

CODES: Final[Mapping[type[StrEnum], str]] = {
    Role: "role",
    State: "approval_state",
    HookState: "hook_state",
    DeliveryState: "delivery_state",
    Event: "event",
    Trouble: "trouble",
    Judgement: "judgement",
}
"""In which table of the words the codes stand that refusals speak of."""

_TABLES: Final = {f"{kind.__module__}.{kind.__qualname__}": table for kind, table in CODES.items()}
_BETWEEN: Final = {"en": ", ", "es": ", ", "zh": "、"}
"""What stands between several things."""

_APART: Final = {"en": "; ", "es": "; ", "zh": "；"}
"""What stands between them where they are long."""


@cache
def spoken(code: str) -> Mapping[str, Mapping[str, str]]:
    """Return a language's texts of refusals by the name of the class, of phrases by the English.

    English has none: a refusal brings its own along.
    """
    if code == "en":
        return {"refusal": {}, "phrase": {}}
    file = files("recobro.web") / "words" / "refusals" / f"{code}.toml"
    tables: Mapping[str, Mapping[str, str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return tables


def in_words(refusal: Refusal, language: Language) -> str:
    """Return what a refusal says, in a language; in English where that has no text of it."""
    return said(told(refusal), language)


def said(part: Any, language: Language) -> str:  # noqa: ANN401 - what JSON can hold
    """Return in a language what `told` made of a refusal, or of a part of one."""
    match part:
        case {"refusal": reason, "text": text, "parts": parts}:
            return _filled(spoken(language.code)["refusal"].get(reason), text, parts, language)
        case {"phrase": says, "text": text, "parts": parts}:
            return _filled(spoken(language.code)["phrase"].get(says), text, parts, language)
        case {"each": each, **more}:
            between = _APART if more.get("apart") else _BETWEEN
            return between[language.code].join(said(one, language) for one in each)
        case _:
            return _single(part, language)


def _filled(template: str | None, text: str, parts: Mapping[str, Any], language: Language) -> str:
    """Fill a text in; without one, or with parts of another version, the English stays."""
    if template is None or not blanks(template) <= parts.keys():
        return text
    return template.format(**{name: said(part, language) for name, part in parts.items()})


def blanks(template: str) -> set[str]:
    """Return the names of what is filled into a text."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def _single(part: Any, language: Language) -> str:  # noqa: ANN401 - the same
    match part:
        case {"code": code, "of": kind}:
            return language.texts.get(f"{_TABLES.get(kind, kind)}.{code}", str(code))
        case {"on": day}:
            return language.day(date.fromisoformat(day))
        case {"at": at}:
            instant = datetime.fromisoformat(at).astimezone(UTC)
            return f"{language.locale.in_table(instant.date())} {instant:%H:%M} UTC"
        case int():
            return language.integer(part)
        case _:
            return str(part)
