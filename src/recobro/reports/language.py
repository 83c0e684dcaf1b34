"""A language of the reports: its words, and how it writes numbers and dates."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from recobro.reports.locales import LOCALES, Locale
from recobro.terms.money import amount, digits
from recobro.terms.refusal import Listing, Refusal


class LanguageUnknown(Refusal):
    """No report speaks the language."""

    says = "No report speaks {code!r}; nothing was written. Choose one of {codes}."

    def __init__(self, code: str) -> None:
        super().__init__(code=code, codes=Listing(LOCALES))


@dataclass(frozen=True)
class Language:
    """Say things in one language."""

    code: str
    texts: dict[str, str]
    locale: Locale

    def say(self, key: str, **parts: str) -> str:
        """Return the text of a key, such as `grade.loss`, with its parts filled in."""
        return self.texts[key].format(**parts)

    def money(self, minor_units: int, currency: str, *, signed: bool = False) -> str:
        """Return an amount to the minor unit."""
        value = amount(minor_units, currency)
        return self.locale.number(value, places=digits(currency), signed=signed)

    def scaled(self, minor_units: int, currency: str, *, signed: bool = False) -> str:
        """Return an amount as it is spoken, such as 29.57 million."""
        return self.locale.scaled(amount(minor_units, currency), currency, signed=signed)

    def integer(self, value: int, *, signed: bool = False) -> str:
        """Return a whole number."""
        return self.locale.number(value, signed=signed)

    def ratio(self, value: Decimal) -> str:
        """Return a ratio in per cent."""
        return self.locale.ratio(value)

    def day(self, day: date) -> str:
        """Return a day as running text has it."""
        return self.locale.in_text(day)


@cache
def language(code: str) -> Language:
    """Return the language of a code: en, es or zh.

    Raises LanguageUnknown.
    """
    if code not in LOCALES:
        raise LanguageUnknown(code)
    file = files("recobro.reports") / "words" / f"{code}.toml"
    texts = _flat(tomllib.loads(file.read_text(encoding="utf-8")))
    return Language(code=code, texts=texts, locale=LOCALES[code])


def _flat(tables: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {f"{name}.{key}": text for name, table in tables.items() for key, text in table.items()}
