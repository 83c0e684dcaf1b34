"""What can be set, how it is written, and what holds where nobody has set it.

What changes a close is not here: that is the policy, which has versions of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Generic, Protocol, TypeVar

from recobro.terms.money import AMOUNT, DIGITS, amount, digits, minor
from recobro.terms.refusal import Refusal

T = TypeVar("T")

Limit = Mapping[str, int] | None
"""Minor units by currency, nothing of a currency that is not named; None: without end."""

_LONG: Final = 10
"""Signs that no number has which can be set."""

WITHOUT_END: Final = "*"
"""How a limit is written that ends nowhere."""


class NotReadable(Refusal):
    """What was written is no value of the setting."""


class NotAWhole(NotReadable):
    """It is no whole number within the bounds."""

    says = "Write a whole number from {least} to {most}; nothing was changed."

    def __init__(self, least: int, most: int) -> None:
        super().__init__(least=least, most=most)


class CurrencyNamedTwice(NotReadable):
    """A limit has two amounts of one currency."""

    says = "A currency is named twice; nothing was changed. Write each once."


class NoAmount(NotReadable):
    """A line is no currency with an amount."""

    says = (
        "{line!r} is no currency with an amount, such as CNY 500000; nothing was changed. Write "
        "one a line, or {star} for no limit."
    )

    def __init__(self, line: str) -> None:
        super().__init__(line=line, star=WITHOUT_END)


class TooManyDigits(NotReadable):
    """The currency has no such small parts."""

    says = "{currency} has {digits} digits after the point; nothing was changed."

    def __init__(self, currency: str) -> None:
        super().__init__(currency=currency, digits=digits(currency))


class Kind(Protocol[T]):
    """A kind of value: as it is written by people, and as JSON keeps it."""

    def read(self, told: str) -> T:
        """Return what somebody wrote; raises NotReadable."""
        ...

    def write(self, value: T) -> str:
        """Return a value as somebody would write it."""
        ...


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds."""

    least: int
    most: int

    def read(self, told: str) -> int:
        """Return the number; raises NotReadable."""
        text = told.strip()
        number = int(text) if text.isascii() and text.isdigit() and len(text) < _LONG else -1
        if not self.least <= number <= self.most:
            raise NotAWhole(self.least, self.most)
        return number

    def write(self, value: int) -> str:
        """Return the number as digits."""
        return str(value)


@dataclass(frozen=True, slots=True)
class Several:
    """Some of several words, one a line, none twice."""

    of: tuple[str, ...]
    words: str
    """Under which name the pages have what each is called."""

    def read(self, told: str) -> list[str]:
        """Return the words in their order; raises NotReadable."""
        found = {line.strip() for line in told.splitlines() if line.strip()}
        if not found <= {*self.of}:
            message = f"Choose some of {', '.join(self.of)}; nothing was changed."
            raise NotReadable(message)
        return [word for word in self.of if word in found]

    def write(self, value: list[str]) -> str:
        """Return a word a line."""
        return "\n".join(value)


@dataclass(frozen=True, slots=True)
class Amounts:
    """A limit: an amount a line, each after its currency; a star ends nowhere."""

    def read(self, told: str) -> Limit:
        """Return minor units by currency; raises NotReadable."""
        if told.strip() == WITHOUT_END:
            return None
        found = [_amount(line) for line in told.splitlines() if line.strip()]
        if len({code for code, _ in found}) < len(found):
            raise CurrencyNamedTwice
        return dict(found)

    def write(self, value: Limit) -> str:
        """Return an amount a line."""
        if value is None:
            return WITHOUT_END
        return "\n".join(f"{code} {amount(units, code)}" for code, units in sorted(value.items()))


def _amount(line: str) -> tuple[str, int]:
    code, _, told = line.strip().partition(" ")
    digits_only = told.replace(",", "").replace(" ", "")
    if code not in DIGITS or not AMOUNT.fullmatch(digits_only) or digits_only.startswith("-"):
        raise NoAmount(line.strip())
    if -Decimal(digits_only).normalize().as_tuple().exponent > digits(code):  # type: ignore[operator]  # a finite number
        raise TooManyDigits(code)
    return code, minor(digits_only, code)


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A setting that there is: its name, its kind of value, and what holds until it is set."""

    key: str
    kind: Kind[T]
    default: T


KNOWN: Final[dict[str, Known[object]]] = {}
"""Every setting by its name; the rooms that rest on it add theirs."""


def known(key: str, kind: Kind[T], default: T) -> Known[T]:
    """Add a setting, and return it."""
    made = Known(key, kind, default)
    KNOWN[key] = made  # type: ignore[assignment]  # of any kind
    return made
