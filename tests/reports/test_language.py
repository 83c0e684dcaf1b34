from string import Formatter

import pytest

from recobro.reports.language import LanguageUnknown, language
from recobro.reports.locales import LOCALES

FOREIGN = [code for code in LOCALES if code != "en"]

THE_SAME = {
    "es": {
        "answer.no",
        "column.migration_ratio",
        "grade.normal",
        "letter.normal",
        "letter.doubtful",
        "frame.section",
    },
    "zh": set[str](),
}
"""Texts that a language has in common with English, and rightly."""


def placeholders(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text)} - {None}


@pytest.mark.parametrize("code", FOREIGN)
def test_every_language_says_everything(code: str) -> None:
    assert list(language(code).texts) == list(language("en").texts)


@pytest.mark.parametrize("code", FOREIGN)
def test_every_language_fills_in_the_same_parts(code: str) -> None:
    own, english = language(code).texts, language("en").texts
    assert {key: placeholders(text) for key, text in own.items()} == {
        key: placeholders(text) for key, text in english.items()
    }


@pytest.mark.parametrize("code", FOREIGN)
def test_no_text_is_left_in_english(code: str) -> None:
    own, english = language(code).texts, language("en").texts
    worded = {key for key, text in english.items() if any(map(str.isalpha, _plain(text)))}
    assert {key for key in worded if own[key] == english[key]} == THE_SAME[code] & worded


def _plain(text: str) -> str:
    return "".join(literal for literal, _, _, _ in Formatter().parse(text))


@pytest.mark.parametrize("code", LOCALES)
def test_the_letters_of_the_grades_tell_them_apart(code: str) -> None:
    texts = language(code).texts
    letters = [text for key, text in texts.items() if key.startswith("letter.")]
    assert len(set(letters)) == 5


def test_a_language_that_nobody_speaks_is_refused() -> None:
    with pytest.raises(LanguageUnknown) as refused:
        language("fr")
    assert str(refused.value) == (
        "No report speaks 'fr'; nothing was written. Choose one of en, es, zh."
    )


def test_money_has_the_digits_of_its_currency() -> None:
    english = language("en")
    written = [english.money(1_234_567, code, signed=True) for code in ("CNY", "JPY", "KWD")]
    assert written == ["+12,345.67", "+1,234,567", "+1,234.567"]
