"""How names are found: by their signs, and the Chinese ones also as they are spelled."""

import os
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import islice, product
from typing import Final

from recobro.terms.folding import folded

_CHINESE: Final = re.compile("[㐀-䶿一-鿿]+")
_BEHIND: Final = re.compile(r"(?<=[^\w\s])(?=\w)")
_SPELLINGS: Final = 6
"""So many ways to spell a name are kept: a family name may be read in several."""

_A_NAME: Final = 4
"""Signs of a name of which each end is a word of its own: so it is found by the given name."""


def findable(*texts: str) -> str:
    """Return a text in which words can be looked for, each with a space before it.

    Chinese is followed by its spelling, and by the first letters of that; a word with signs in it
    by what comes behind each: of García-Pérez both names begin a word.
    """
    return " " + " ".join(dict.fromkeys(word for text in texts for word in _words(text)))


def sought(text: str) -> list[str]:
    """Return what must stand in a findable text so that it fits: letters begin a word there.

    Signs of Chinese and numbers may stand anywhere.
    """
    words = folded(text).split()
    return [f" {word}" if word.isascii() and not word.isdigit() else word for word in words]


def fits(text: str, parts: Iterable[str]) -> bool:
    """Tell whether a findable text has all that is sought."""
    return all(part in text for part in parts)


@lru_cache(maxsize=100_000)
def _words(text: str) -> tuple[str, ...]:
    plain = folded(text)
    told = (plain, *behind_signs(plain))
    if plain.isascii():
        return told
    runs = _CHINESE.findall(plain)
    return (*told, *(word for run in runs for word in _spelled(run)))


def behind_signs(plain: str) -> list[str]:
    """Return what of each word comes behind a sign that is neither letter nor digit."""
    return [word[at.start() :] for word in plain.split() for at in _BEHIND.finditer(word)]


def _spelled(run: str) -> Iterator[str]:
    """Return a run of Chinese as it is typed: whole, from each of its last signs on, and in short.

    The first sign is spelled in all its ways, the others in their first.
    """
    first, others = run[0], run[1:]
    ways = product(_readings(first), *(_readings(sign)[:1] for sign in others))
    for way in islice(ways, _SPELLINGS):
        yield "".join(way)
        yield "".join(syllable[0] for syllable in way)
    later = [_readings(sign)[0] for sign in others] if len(run) <= _A_NAME else []
    for start in range(len(later)):
        yield "".join(later[start:])


@cache
def _readings(sign: str) -> tuple[str, ...]:
    """Return how a sign of Chinese is typed, the usual way first; one without a reading as it is.

    ü is typed as u or v.
    """
    told = _dictionary().get(ord(sign), sign).split(",")
    ways = (way for one in told for way in (folded(one), folded(one.translate(_AS_V))))
    return tuple(dict.fromkeys(ways))


_AS_V: Final = str.maketrans(dict.fromkeys("üǖǘǚǜ", "v"))


@cache
def _dictionary() -> dict[int, str]:
    """Return the readings of signs; those of phrases would cost half a second and 40 MB."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin.pinyin_dict import pinyin_dict  # noqa: PLC0415 - it is large, and few need it

    return pinyin_dict
