"""What is told to whoever asked, in place of doing it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar, Self


class Refusal(Exception):
    """Nothing was changed; the message says why, and what to do next.

    A subclass for each reason stands beside what raises it. A door shows the message and nothing
    else; any other exception is a fault of the program.

    `says` is the English text with the names of what is filled in. Those parts stay beside the
    message, so that a door may say the same in another language, in which it looks the class up.
    """

    says: ClassVar[str] = ""

    def __init__(self, message: str = "", /, **parts: object) -> None:
        super().__init__(message or self.says.format(**parts))
        self.parts: Mapping[str, object] = parts

    @classmethod
    def reason(cls) -> str:
        """Return the name of the reason: of the class whose text this one says."""
        return next(each.__name__ for each in cls.__mro__ if "says" in vars(each))


class Phrase(str):
    """A part of a refusal that is a text of its own, with parts of its own."""

    __slots__ = ("parts", "says")
    says: str
    parts: Mapping[str, object]

    def __new__(cls, says: str, /, **parts: object) -> Self:
        """Fill an English text in, and keep what it was made of."""
        made = super().__new__(cls, says.format(**parts))
        made.says, made.parts = says, parts
        return made

    def __reduce__(self) -> tuple[object, ...]:
        """Make a copy of what it was made of: its text may have braces of its own."""
        return _phrase, (self.says, dict(self.parts))


def _phrase(says: str, parts: Mapping[str, object]) -> Phrase:
    return Phrase(says, **parts)


class Listing(str):
    """Several things of which a refusal speaks, one by one; `apart` where they are long."""

    __slots__ = ("apart", "each")
    each: tuple[object, ...]
    apart: bool

    def __new__(cls, several: Iterable[object], /, *, apart: bool = False) -> Self:
        """Name them, and keep each."""
        each = tuple(several)
        made = super().__new__(cls, ("; " if apart else ", ").join(map(str, each)))
        made.each, made.apart = each, apart
        return made


def told(value: object) -> Any:  # noqa: ANN401 - what JSON can hold
    """Return a refusal, or a part of one, as JSON can hold it until a door says it.

    Texts and whole numbers are themselves, the others an object that names its kind.
    """
    if isinstance(value, Refusal):
        return {
            "refusal": value.reason(),
            "text": _storable(str(value)),
            "parts": _each(value.parts),
        }
    if isinstance(value, Phrase):
        return {"phrase": value.says, "text": _storable(str(value)), "parts": _each(value.parts)}
    if isinstance(value, Listing):
        each = [told(one) for one in value.each]
        return {"each": each, "apart": True} if value.apart else {"each": each}
    return _single(value)


def _single(value: object) -> Any:  # noqa: ANN401 - the same
    if isinstance(value, Enum):
        kind = type(value)
        return {"code": str(value), "of": f"{kind.__module__}.{kind.__qualname__}"}
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    return value if isinstance(value, int) else _storable(str(value))


def _storable(text: str) -> str:
    """Return a text without what no database takes: NUL, and halves of a sign."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _each(parts: Mapping[str, object]) -> dict[str, Any]:
    return {name: told(part) for name, part in parts.items()}
