"""The words of the pages, laid over those of the reports: a thing has one name everywhere."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Final

from recobro.reports.language import Language
from recobro.reports.language import language as reported
from recobro.reports.locales import LOCALES

NAMES: Final[Mapping[str, str]] = {"en": "English", "es": "Español", "zh": "中文"}
"""The languages, each in its own words."""

DJANGO: Final[Mapping[str, str]] = {"en": "en", "es": "es", "zh": "zh-hans"}
"""What Django calls them: its own messages, such as those of forms, come translated."""


@cache
def language(code: str) -> Language:
    """Return the language of a code."""
    known = reported(code)
    return replace(known, texts=known.texts | words(code))


def words(code: str) -> dict[str, str]:
    """Return the texts that the pages add, by `table.key`."""
    text = (files("recobro.web") / "words" / f"{code}.toml").read_text(encoding="utf-8")
    return {
        f"{table}.{key}": told
        for table, texts in tomllib.loads(text).items()
        for key, told in texts.items()
    }


def preferred(accepted: str) -> str:
    """Return the first language of a browser's list that the pages speak, else English."""
    for part in accepted.split(","):
        code = part.split(";")[0].strip()[:2].lower()
        if code in LOCALES:
            return code
    return "en"
