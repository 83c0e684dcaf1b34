import re
from pathlib import Path
from string import Formatter

import pytest

from recobro import web
from recobro.book.queries.problems import STATES
from recobro.office.people.enums import Role
from recobro.office.people.models import User
from recobro.web.case_columns import COLUMNS as OF_CASES
from recobro.web.language import DJANGO, NAMES, language, preferred, words
from recobro.web.loan_columns import COLUMNS as OF_LOANS
from recobro.web.render import PLACES
from tests.web.conftest import SignedIn
from tests.web.read import body, main

pytestmark = pytest.mark.one_database("the words of pages")

TEMPLATES = sorted((Path(web.__file__).parent / "templates").rglob("*.html"))
SAY = re.compile(r"""{%\s*say\s+["']([^"']+)["']""")
WORD = re.compile(r"""{%\s*word\s+["']([^"']+)["']\s+(\S+)""")
SAME: dict[str, set[str]] = {
    "es": {"unit.seconds", "unit.minutes", "place.webhooks", "report_form.pdf"},
    "zh": {"report_form.pdf"},
}
"""Texts that are the same in English, by key."""

every = pytest.mark.parametrize("code", NAMES)
others = pytest.mark.parametrize("code", ["es", "zh"])


def blanks(text: str) -> set[str]:
    """Return the names of what is filled into a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_there_are_three_languages() -> None:
    assert [*NAMES] == [*DJANGO] == ["en", "es", "zh"]


@others
def test_a_language_has_the_texts_of_the_others(code: str) -> None:
    assert [*words(code)] == [*words("en")]


@others
def test_a_text_has_the_same_blanks_in_each_language(code: str) -> None:
    english, own = words("en"), words(code)
    assert {key: blanks(text) for key, text in own.items()} == {
        key: blanks(text) for key, text in english.items()
    }


@others
def test_a_text_is_translated(code: str) -> None:
    english, own = words("en"), words(code)
    assert {key for key, text in own.items() if text == english[key]} == SAME[code]


@every
def test_no_text_is_empty_or_begins_with_a_space(code: str) -> None:
    assert [key for key, text in words(code).items() if not text or text != text.strip()] == []


@every
def test_what_templates_say_is_there(code: str) -> None:
    texts = language(code).texts
    keys = {key for file in TEMPLATES for key in SAY.findall(file.read_text("utf-8"))}
    assert {key for key in keys if key not in texts} == set()


@every
def test_what_templates_call_things_is_there(code: str) -> None:
    texts = language(code).texts
    tables = {key.partition(".")[0] for key in texts}
    pairs = {pair for file in TEMPLATES for pair in WORD.findall(file.read_text("utf-8"))}
    literal = {
        f"{table}.{name.strip(chr(34) + chr(39))}" for table, name in pairs if name[0] in "\"'"
    }
    assert {key for key in literal if key not in texts} == set()
    assert {table for table, _ in pairs} - tables == set()


@every
def test_what_the_program_calls_things_is_there(code: str) -> None:
    texts = language(code).texts
    keys = [
        *(
            f"column.{one.name}"
            for each in (OF_CASES, OF_LOANS)
            for one in (each.first, *each.others)
        ),
        *(f"role.{role.value}" for role in Role),
        *(f"place.{place.name}" for place in PLACES),
        *(f"state.{state}" for state in STATES),
        *(
            f"{table}.{error}"
            for table in ("error", "error_do")
            for error in ("forbidden", "not_found")
        ),
    ]
    assert [key for key in keys if key not in texts] == []


@every
def test_no_word_is_left_over(code: str) -> None:
    """Every text that only the pages say is said in a template."""
    said = {key for file in TEMPLATES for key in SAY.findall(file.read_text("utf-8"))}
    own = {"frame", "keys", "sign_in", "home", "ledger", "loan", "why", "closes"}
    assert {key for key in words(code) if key.partition(".")[0] in own} - said == set()


@pytest.mark.usefixtures("workplace")
@every
@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("head", "/"),
        ("head", "/?at=empty"),
        ("head", "/?as_of=2026-03-31"),
        ("twice", "/"),
        ("nothing", "/"),
        ("administrator", "/"),
        ("head", "/loans/"),
        ("head", "/loans/?search=zzz"),
        ("head", "/loans/?at=empty"),
        ("head", "/loans/2/"),
        ("head", "/loans/7/"),
        ("head", "/loans/2/why/"),
        ("head", "/loans/4/why/"),
        ("head", "/loans/6/why/?as_of=2026-03-31"),
        ("head", "/closes/"),
        ("head", "/components/"),
        ("administrator", "/people/"),
        ("auditor", "/people/"),
        ("head", "/nothing/"),
        ("office", "/loans/"),
    ],
)
def test_a_page_speaks(code: str, who: str, address: str, signed_in: SignedIn) -> None:
    User.objects.filter(username=who).update(language=code)
    response = signed_in(who).get(address)
    assert response["Content-Language"] == code
    text = body(response)
    assert re.findall(r"\b(?:None(?!\.)|True|False)\b|\{\w+\}", main(response) or text) == []


@pytest.mark.usefixtures("workplace")
@others
def test_an_english_word_is_on_no_page_of_another_language(code: str, signed_in: SignedIn) -> None:
    User.objects.filter(username="head").update(language=code)
    browser = signed_in("head")
    english = [text for key, text in words("en").items() if " " in text and "{" not in text]
    for address in ("/", "/loans/", "/loans/2/", "/loans/2/why/", "/closes/"):
        text = body(browser.get(address))
        assert (address, [words_ for words_ in english if words_ in text]) == (address, [])


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [("", "en"), ("ZH", "zh"), ("es;q=0.1", "es"), ("x" * 9_999, "en"), ("fr, es", "es")],
)
def test_what_a_browser_prefers(accepted: str, expected: str) -> None:
    assert preferred(accepted) == expected
