"""Propose a mapping for a foreign extract, from its headers and contents."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from recobro.engine.sql import quoted
from recobro.intake.profile import encodings, profiles
from recobro.intake.source import DeliveryMissing
from recobro.intake.synonyms import COLUMNS, TABLES
from recobro.intake.tables import CONTRACTS
from recobro.intake.types import Amount, Code, Date

if TYPE_CHECKING:
    from pathlib import Path

    from recobro.intake.contract import Contract
    from recobro.intake.profile import Profile

_SURE, _LIKELY, _GUESS = 0.9, 0.75, 0.6
_SHOWN = 5
_READ_AS_THEY_ARE = ("%Y-%m-%d", "%Y%m%d")

_UNWRITTEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""What ends a comment, or commands a terminal."""

_HEAD = """\
# A proposal from headers and contents: read every line before using it.
# Expressions are DuckDB SQL over the columns of the source; a table may have sql = "SELECT …"
# in place of from and columns.
"""


@dataclass(frozen=True, slots=True)
class Guess:
    """A source column for one of ours, from 0 (no resemblance) to 1."""

    profile: Profile
    share: float
    why: str


def suggest(path: Path) -> str:
    """Return the text of a mapping file for an extract, each guess with how sure it is.

    Raises DeliveryMissing, Unreadable.
    """
    if not path.exists():
        raise DeliveryMissing(path)
    found = profiles(path)
    chosen = {name: _source(contract, found) for name, contract in CONTRACTS.items()}
    keys = _keys(chosen, found)
    used = {*chosen.values()}
    files = [_file(source, told) for source, told in encodings(path).items() if source in used]
    parts = [
        _table(CONTRACTS[name], source, _guesses(CONTRACTS[name], found[source], keys))
        for name, source in chosen.items()
        if source
    ]
    missing = [f"# Nothing looks like {name}." for name, source in chosen.items() if not source]
    return "\n".join([_HEAD, *sorted(files), *parts, *missing, ""])


def _source(contract: Contract, found: dict[str, list[Profile]]) -> str | None:
    """Return the source that most resembles a table by its name and required columns."""
    scores = {}
    for source, columns in found.items():
        name = _likeness(source, (contract.name, *TABLES[contract.name]))
        best = _guesses(contract, columns, {})
        required = [key for key, column in contract.columns.items() if column.required]
        fit = sum(best[key].share for key in required if key in best) / len(required)
        scores[source] = (2 * name + fit) / 3
    best_source = max(scores, key=lambda key: scores[key], default=None)
    fits = best_source is not None and scores[best_source] >= _GUESS
    return best_source if fits else None


def _keys(
    chosen: dict[str, str | None], found: dict[str, list[Profile]]
) -> dict[str, frozenset[str]]:
    """Return the values of each chosen table's own key, for its children to be recognised by."""
    keys = {}
    for name, source in chosen.items():
        contract = CONTRACTS[name]
        if source and len(contract.key) == 1:
            guess = _guesses(contract, found[source], {}).get(contract.key[0])
            if guess:
                keys[name] = guess.profile.values
    return keys


def _guesses(
    contract: Contract, columns: list[Profile], keys: dict[str, frozenset[str]]
) -> dict[str, Guess]:
    """Give each of our columns the source column that resembles it most; each is used once."""
    pairs = [
        (_guess(contract, name, profile, keys), name)
        for name in contract.columns
        for profile in columns
    ]
    found: dict[str, Guess] = {}
    used: set[str] = set()
    for guess, name in sorted(pairs, key=lambda pair: -pair[0].share):
        if guess.share >= _GUESS and name not in found and guess.profile.header not in used:
            found[name] = guess
            used.add(guess.profile.header)
    return found


def _guess(
    contract: Contract, name: str, profile: Profile, keys: dict[str, frozenset[str]]
) -> Guess:
    likeness = share = _likeness(profile.header, (name, *COLUMNS.get(name, ())))
    why = [f"called {profile.header!r}"]
    kind = contract.columns[name].type
    if isinstance(kind, Date):
        share *= 1 if profile.date else 0.3
        why.append(f"dates {profile.date}" if profile.date else "no dates")
    elif isinstance(kind, Amount):
        share *= 1 if profile.number or profile.decimal_comma else 0.3
        why.append("amounts" if profile.number or profile.decimal_comma else "no amounts")
    elif isinstance(kind, Code) and not profile.values <= {*kind.words}:
        why.append(f"needs values for {', '.join(sorted(profile.values)[:_SHOWN])}")
    if (name,) == contract.key:
        share = max(share, _GUESS * profile.first) if profile.unique else share * 0.6
        why.append("each value once" if profile.unique else "values repeat")
    for parent in (*contract.parents, *contract.references):
        if parent.column == name and keys.get(parent.table) and likeness >= _GUESS:
            inside = len(profile.values & keys[parent.table]) / max(len(profile.values), 1)
            share = (2 * likeness + inside) / 3
            why.append(f"{inside:.0%} of its values are {parent.table}")
    return Guess(profile, share, ", ".join(why))


def _likeness(name: str, synonyms: tuple[str, ...]) -> float:
    plain = _letters(name)
    return max(SequenceMatcher(None, plain, _letters(word)).ratio() for word in synonyms)


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold()).removesuffix("s")


def _file(source: str, encoding: str) -> str:
    doubt = "neither UTF-8 nor GB18030: look at names with accents"
    return f'[files.{_text(source)}]\nencoding = "{encoding}"  # a guess: {doubt}\n'


def _table(contract: Contract, source: str, guesses: dict[str, Guess]) -> str:
    where = f"from = {_text(source)}"
    lines = [f"[tables.{contract.name}]", where, f"[tables.{contract.name}.columns]"]
    for name, column in contract.columns.items():
        if name in guesses:
            guess = guesses[name]
            told = _UNWRITTEN.sub(" ", f"{_word(guess.share)} ({guess.share:.0%}): {guess.why}")
            lines.append(f"{name} = {_expression(guess.profile, column.type)}  # {told}")
        elif column.required and column.default is None and column.default_from is None:
            lines.append(f"# {name} =   # required, and nothing looks like it")
    return "\n".join([*lines, ""])


def _word(share: float) -> str:
    if share >= _SURE:
        return "sure"
    return "likely" if share >= _LIKELY else "a guess"


def _expression(profile: Profile, kind: object) -> str:
    from_it = _text(quoted(profile.header))
    if isinstance(kind, Date) and profile.date and profile.date not in _READ_AS_THEY_ARE:
        return f'{{ from = {from_it}, date = "{profile.date}" }}'
    if isinstance(kind, Amount) and profile.decimal_comma:
        return f'{{ from = {from_it}, thousands = ".", decimal = "," }}'
    return from_it


def _text(told: str) -> str:
    """Write a text in TOML, whatever a header or the name of a file has in it."""
    if '"' in told and "'" not in told and not _UNWRITTEN.search(told):
        return f"'{told}'"  # easier to read than backslashes
    return json.dumps(told, ensure_ascii=False).replace("\x7f", "\\u007f")
