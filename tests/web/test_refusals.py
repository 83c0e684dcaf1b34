"""Every refusal that a page can show speaks the languages of the pages."""

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest

import recobro
from recobro.casework.case.operations.hand_over import TooManyCases
from recobro.intake.refusals import _OF_A_LINE
from recobro.office.jobs.doing import Later
from recobro.office.people.enums import Role
from recobro.runs.home import _RUNS, HomeBusy
from recobro.terms.refusal import Listing, Refusal, told
from recobro.web.language import language
from recobro.web.refusals import CODES, blanks, in_words, said, spoken

ROOT = Path(recobro.__file__).parent
APART = {"api", "backups", "cli", "config", "connectors", "demo", "doctor"}
"""Rooms of which no page asks anything: their refusals are read in a terminal, or by programs."""

ELSEWHERE = {*_OF_A_LINE.values(), *_RUNS, "instalments", "payments"}
"""Phrases that are not written where they are made."""

PASSES_ON = {"in_words", "isinstance", "_refused"}
"""What a view may do with a refusal: the last one writes it into the log."""

others = pytest.mark.parametrize("code", ["es", "zh"])


@cache
def refusals() -> tuple[type[Refusal], ...]:
    """Return every class of a refusal that a page can show and that none refines."""
    names = {one.name for one in pkgutil.walk_packages(recobro.__path__, "recobro.")}
    found = (
        each
        for name in sorted(names)
        if name.split(".")[1] not in APART
        for _, each in inspect.getmembers(import_module(name), inspect.isclass)
        if issubclass(each, Refusal) and each.__module__ == name
    )
    return tuple(each for each in found if "says" in vars(each) or not each.__subclasses__())


@cache
def phrases() -> frozenset[str]:
    """Return the English of every phrase, where it is made or kept under a name until then."""
    trees = [ast.parse(file.read_text("utf-8")) for file in ROOT.rglob("*.py")]
    scopes = (scope for tree in trees for scope in ast.walk(tree))
    return frozenset(
        says
        for scope in scopes
        if isinstance(scope, ast.FunctionDef | ast.Module)
        for says in _made_in(scope)
    )


def _made_in(scope: ast.FunctionDef | ast.Module) -> Iterator[str]:
    named = [*_named_in(scope)] if isinstance(scope, ast.FunctionDef) else []
    for node in ast.walk(scope):
        match node:
            case ast.Call(func=ast.Name(id="Phrase"), args=[ast.Constant(value=str(says))]):
                yield says
            case ast.Call(func=ast.Name(id="Phrase"), args=[ast.Name(id=name)]):
                yield from (says for one, says in named if one == name)


def _named_in(scope: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    for node in ast.walk(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(says))):
                yield name, says


def test_no_page_asks_the_rooms_apart() -> None:
    asked = {
        name
        for file in (ROOT / "web").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom | ast.Import)
        for name in [node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name]
    }
    apart = tuple(f"recobro.{one}" for one in APART)
    assert {name for name in asked if name.startswith(apart)} == set()


def test_every_refusal_has_parts_to_say_it_from() -> None:
    """What builds its message itself stays English on every page."""
    assert {each.__name__ for each in refusals() if not each.says} == {"Refusal"}


@others
def test_every_refusal_is_translated(code: str) -> None:
    english = {each.reason() for each in refusals() if each.says}
    assert sorted(spoken(code)["refusal"]) == sorted(english)


@others
def test_every_phrase_is_translated(code: str) -> None:
    assert sorted(spoken(code)["phrase"]) == sorted({*phrases(), *ELSEWHERE})


def pairs(code: str) -> Iterator[tuple[str, str]]:
    """Give each English text with that of a language."""
    for each in refusals():
        if each.says:
            yield each.says, spoken(code)["refusal"][each.reason()]
    yield from spoken(code)["phrase"].items()


@others
def test_a_text_has_the_same_blanks(code: str) -> None:
    differing = {
        text: blanks(english) ^ blanks(text)
        for english, text in pairs(code)
        if blanks(english) != blanks(text)
    }
    assert differing == {}


@others
def test_a_text_says_something_else_than_the_english(code: str) -> None:
    """Where it has words at all."""
    same = [text for english, text in pairs(code) if text == english and words_of(text)]
    assert same == []


@others
def test_a_text_leaves_it_to_the_language_how_values_are_written(code: str) -> None:
    formed = [
        text
        for _, text in pairs(code)
        for _, name, spec, conversion in Formatter().parse(text)
        if name is not None and (spec or conversion)
    ]
    assert formed == []
    assert [text for _, text in pairs(code) if not text or text != text.strip()] == [
        text for text in spoken(code)["phrase"].values() if text.startswith(" (")
    ]


@others
def test_no_chinese_or_english_quotes_stray(code: str) -> None:
    stray = {"es": "“”，。；：", "zh": "«»¿¡"}[code]
    assert [text for _, text in pairs(code) if set(text) & set(stray)] == []


def words_of(text: str) -> set[str]:
    return {letter for part, *_ in Formatter().parse(text) for letter in part if letter.isalpha()}


@pytest.mark.parametrize("code", ["en", "es", "zh"])
def test_every_code_of_which_refusals_speak_has_a_word(code: str) -> None:
    texts = language(code).texts
    keys = [f"{table}.{one}" for kind, table in CODES.items() for one in kind]
    assert [key for key in keys if key not in texts] == []


def refused(said: str) -> Refusal:
    """Return one that no class of the program is."""

    class Unheard(Refusal):
        says = said

    return Unheard(number=1)


class AllOfIt(Refusal):
    """It has every kind of part."""

    says = "{name} {number:,} {on} {at} {role} {several}"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", "Ana 1,234 2026-03-01 2026-03-01 07:30:00+00:00 auditor 1, x"),
        ("es", "Ana 1.234 1 de marzo de 2026 01/03/2026 07:30 UTC Auditoría 1, x"),
        ("zh", "Ana 1,234 2026年3月1日 2026-03-01 07:30 UTC 审计 1、x"),
    ],
)
def test_parts_are_written_as_the_language_does(
    code: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
    parts = {"name": "Ana", "number": 1_234, "on": date(2026, 3, 1), "at": at}
    one = AllOfIt(**parts, role=Role.AUDITOR, several=Listing([1, "x"]))
    plain = " ".join(f"{{{name}}}" for name in ("name", "number", "on", "at", "role", "several"))
    with monkeypatch.context() as patched:
        if code != "en":
            patched.setitem(spoken(code)["refusal"], "AllOfIt", plain)
        assert in_words(one, language(code)) == expected


def test_what_has_no_text_stays_english() -> None:
    assert in_words(refused("So {number}."), language("zh")) == "So 1."
    assert in_words(Refusal("Not so."), language("es")) == "Not so."


def test_what_an_older_program_told_stays_as_it_was() -> None:
    """It kept no `most`, which the text of today names."""
    kept = told(TooManyCases(300)) | {"parts": {"number": 300}}
    assert said(kept, language("es")) == kept["text"]


def test_a_refusal_within_another_speaks_too() -> None:
    busy = Later(HomeBusy(Path("/bank"), "a close (process 7)"))
    assert str(busy) == (
        "a close (process 7) is at work in /bank; nothing was changed. Wait until it has ended, "
        "then try again."
    )
    assert in_words(busy, language("es")) == (
        "Se está ejecutando un cierre (proceso 7) en /bank; no se ha cambiado nada. Espere a que "
        "termine y vuelva a intentarlo."
    )


def test_no_view_shows_a_refusal_as_it_is() -> None:
    """Its text is English: a view has it said by `in_words`, tells kinds apart, or passes it on."""
    bare = {
        f"{file.name}:{node.lineno}"
        for file in sorted((ROOT / "web").rglob("*.py"))
        for handler in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(handler, ast.ExceptHandler) and handler.name
        for node in ast.walk(handler)
        if isinstance(node, ast.Call | ast.Dict | ast.JoinedStr)
        and not (isinstance(node, ast.Call) and ast.unparse(node.func) in PASSES_ON)
        and any(
            isinstance(part, ast.Name) and part.id == handler.name
            for part in ast.iter_child_nodes(node)
        )
    }
    assert bare == set()
