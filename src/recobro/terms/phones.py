"""Telephone numbers in one way of writing, so that the same number is found however it is typed."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from recobro.terms.folding import folded

_BETWEEN: Final = re.compile(r"[\s().·/\-‐‑–—]+")
_TRUNK: Final = re.compile(r"\(0\)")
"""A zero that is left out where a country's code is dialled: +44 (0)20."""

_EXTENSION: Final = re.compile(
    r"(?<=[\d)\s])(?:[转轉]|分[机機]|[内內][线線]|#|(?:extension|extn|ext|interno|int|anexo|x)\b)"
    r"[\s.:]*\d{1,6}(?!\d)|(?<=[\d)\s])(?:ext|x)\d{1,6}(?!\d)"
)
"""What is dialled once a switchboard has answered: 转 123, 分机 8, ext. 5, x5, #5, int. 5."""

_BEHIND_A_DASH: Final = re.compile(r"(?<!\d)(0\d{2,3}-\d{7,8})-\d{1,5}(?!\d)")
"""An extension as China writes it: 0571-88001122-803."""

_RUN: Final = re.compile(r"[+\d(][\d\s().·/\-‐‑–—]*")
"""What may be a number, among names and words."""

_DIGITS: Final = range(6, 16)
_CODE: Final = range(1, 4)
"""Digits of a country's code (ITU-T E.164)."""

_NATIONAL: Final = 11
"""Digits that a national number has at most, without its leading zero: more begin with a code."""

_MOST: Final = 8
"""Numbers that are kept of one field."""

TAIL: Final = 6
"""Last digits in which two ways to write a number always agree."""


def same_way(text: str) -> str:
    """Return a telephone number as digits, with + before them where a country's code is among them.

    A code is told by + or 00, or by more digits than a national number has; of a national number
    the leading zero is left out, and of any the extension. Empty where it is no number.
    """
    plain = _BETWEEN.sub("", _TRUNK.sub("", _without_extension(folded(text)).rstrip(" ;")))
    digits = plain.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()):
        return ""
    coded = plain.startswith(("+", "00"))
    digits = digits.lstrip("0")
    if len(digits) not in _DIGITS:
        return ""
    return f"+{digits}" if coded or len(digits) > _NATIONAL else digits


def numbers(text: str) -> list[str]:
    """Return every telephone number of a field in which several may stand, each in `same_way`.

    Between them stand words and names, any sign that no number has, a stroke or a space. Of
    88001122/33 the second is 88001133.
    """
    runs = _RUN.findall(_without_extension(folded(text)))
    found = (number for run in runs for number in _of_run(run))
    return list(islice(dict.fromkeys(found), _MOST))


def kept_as(text: str) -> str:
    """Return the numbers of a field as one text, a space behind each."""
    return "".join(f"{number} " for number in numbers(text))


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


def surely_same(one: str, other: str, *, code: str) -> bool:
    """Tell whether two numbers in `same_way` are the same in a country, by its code.

    One without a code is of that country, also where its code stands before it without a +.
    """
    return bool(_abroad(one, code) & _abroad(other, code))


def _abroad(number: str, code: str) -> set[str]:
    """Return how a number in `same_way` can be dialled from abroad, without + and national zero."""
    digits = number.removeprefix("+")
    rest = digits.removeprefix(code).lstrip("0")
    told = {code + rest} if digits.startswith(code) and len(rest) in _DIGITS else set()
    if not number.startswith("+"):
        return told | {code + digits}
    return told or {digits}


def _without_extension(plain: str) -> str:
    return _EXTENSION.sub(" ; ", _BEHIND_A_DASH.sub(r"\1 ; ", plain))


def _of_run(run: str) -> Iterator[str]:
    """Return the numbers of a run: more than one where strokes part whole ones, or it is long."""
    pieces = _whole(run.split("/"))
    for piece in pieces:
        number = same_way(piece)
        several = _whole(piece.split()) if not number else []
        yield from [number] if number else filter(None, map(same_way, several))


def _whole(pieces: Iterable[str]) -> list[str]:
    """Put together what is too short alone: an area's code goes before the next.

    What comes behind a whole number stands for its last digits.
    """
    found: list[str] = []
    area = ""
    told = ((piece, _BETWEEN.sub("", piece)) for piece in pieces)
    for piece, digits in told:
        if len(digits) >= TAIL:
            found.append(f"{area} {piece}")
            area = ""
        elif found and digits:
            found.append(found[-1].rstrip()[: -len(digits)] + digits)
        else:
            area = f"{area} {piece}"
    return found
