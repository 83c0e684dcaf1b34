"""Telephone numbers in one way of writing, so that the same number is found however it is typed."""

import re
from typing import Final

from recobro.terms.folding import folded

_BETWEEN: Final = re.compile(r"[\s().·/\-‐‑–—]+")
_TRUNK: Final = re.compile(r"\(0\)")
"""A zero that is left out where a country's code is dialled: +44 (0)20."""

_DIGITS: Final = range(6, 16)
_CODE: Final = range(1, 4)
"""Digits of a country's code (ITU-T E.164)."""

_NATIONAL: Final = 11
"""Digits that a national number has at most, without its leading zero: more begin with a code."""


def same_way(text: str) -> str:
    """Return a telephone number as digits, with + before them where a country's code is among them.

    A code is told by + or 00, or by more digits than a national number has; of a national number
    the leading zero is left out. Empty where it is no number.
    """
    plain = _BETWEEN.sub("", _TRUNK.sub("", folded(text)))
    digits = plain.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()):
        return ""
    coded = plain.startswith(("+", "00"))
    digits = digits.lstrip("0")
    if len(digits) not in _DIGITS:
        return ""
    return f"+{digits}" if coded or len(digits) > _NATIONAL else digits


def without_code(number: str) -> list[str]:
    """Return what the national number can be of one in `same_way` with a code; of another, it.

    Which countries have codes of which length is not known here, so all three are tried.
    """
    if not number.startswith("+"):
        return [number]
    digits = number[1:]
    found = (digits[code:].lstrip("0") for code in _CODE)
    return [one for one in found if len(one) in _DIGITS]


def same(one: str, other: str) -> bool:
    """Tell whether two numbers in `same_way` are the same.

    Where one alone has a country's code, the last digits decide; where both have, all do.
    """
    if one.startswith("+") == other.startswith("+"):
        return one == other
    coded, national = (one, other) if one.startswith("+") else (other, one)
    return national in without_code(coded)
