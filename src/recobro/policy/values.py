"""The kinds of value that a policy's keys take, and what makes one impossible."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, Strict

from recobro.policy.impossible import Impossible
from recobro.policy.literal import Unquoted, literal
from recobro.policy.nearest import nearest
from recobro.terms.codes import BorrowerKind, Component, Reason
from recobro.terms.grades import GRADE_OF_CODE
from recobro.terms.money import AMOUNT


class BareNumber(Impossible):
    """A decimal without quotes, which readers of TOML take for a float."""

    def __init__(self, value: int | Unquoted) -> None:
        wrong = "is a bare number; a decimal stands in quotes, so that no digit is lost"
        super().__init__(wrong, meant=f'"{value}"')


class NotADecimal(Impossible):
    """Something else than digits and a point."""

    def __init__(self, value: object) -> None:
        super().__init__(f'is {literal(value)}, but must be a decimal in quotes, such as "0.25"')


class UnknownWord(Impossible):
    """A word outside its closed list."""

    def __init__(self, word: str, known: Sequence[str]) -> None:
        close = nearest(word, known)
        super().__init__(
            f"is {literal(word)}, which is none of {', '.join(known)}",
            meant=literal(close) if close else None,
        )


class NotAPermutation(Impossible):
    """A list that leaves out, repeats or invents a word."""

    def __init__(self, words: Sequence[str], known: Sequence[str]) -> None:
        likely = [nearest(word, known) or word for word in words]
        meant = likely if sorted(likely) == sorted(known) else known
        wrong = f"must name each of {', '.join(known)} exactly once"
        super().__init__(wrong, meant=literal(list(meant)))


class Repeated(Impossible):
    """A list that names a word twice."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__("names a word twice", meant=literal(list(dict.fromkeys(words))))


class NotRising(Impossible):
    """Columns of days that do not follow each other."""

    def __init__(self) -> None:
        super().__init__("must begin with 0, and each number be more than the one before")


class BetterWithDays(Impossible):
    """A row of grades that improves while the days past due grow."""

    def __init__(self) -> None:
        super().__init__("must not give a better grade for more days past due")


def _decimal(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str) and AMOUNT.fullmatch(value):
        return Decimal(value)
    if isinstance(value, int | Unquoted) and not isinstance(value, bool):
        raise BareNumber(value)
    raise NotADecimal(value)


def one_of(words: Iterable[str]) -> AfterValidator:
    """Accept one word of a closed list."""
    known = list(words)

    def check(word: str) -> str:
        if word not in known:
            raise UnknownWord(word, known)
        return word

    return AfterValidator(check)


def permutation_of(words: Iterable[str]) -> AfterValidator:
    """Accept a list that names each word of a closed list once, in any order."""
    known = list(words)

    def check(order: tuple[str, ...]) -> tuple[str, ...]:
        if sorted(order) != sorted(known):
            raise NotAPermutation(order, known)
        return order

    return AfterValidator(check)


def _without_repetition(words: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(words)) < len(words):
        raise Repeated(words)
    return words


def _rising_from_zero(days: tuple[int, ...]) -> tuple[int, ...]:
    if list(days) != sorted({0, *days}):
        raise NotRising
    return days


def _never_better(grades: tuple[str, ...]) -> tuple[str, ...]:
    ranks = [GRADE_OF_CODE[code] for code in grades]
    if ranks != sorted(ranks):
        raise BetterWithDays
    return grades


Switch = Annotated[bool, Strict()]
Days = Annotated[int, Strict(), Field(ge=0, le=36_500)]
FirstDay = Annotated[int, Strict(), Field(ge=1, le=36_500)]
Months = Annotated[int, Strict(), Field(ge=0, le=1_200)]
Count = Annotated[int, Strict(), Field(ge=0, le=1_200)]
AtLeastOne = Annotated[int, Strict(), Field(ge=1, le=1_200)]
Day = Annotated[date, Strict()]
Word = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$")]

Units = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0)]
"""An amount in units of the loan's currency, with as many digits as it likes."""

Rate = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=1, decimal_places=6)]
"""A part of a whole: 0.25 is 25 %. Six digits are what the arithmetic of a close keeps."""

Multiple = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=100, decimal_places=6)]

GradeCode = Annotated[str, one_of(GRADE_OF_CODE)]
ReasonCode = Annotated[str, one_of(Reason)]
GradesByDays = Annotated[tuple[GradeCode, ...], AfterValidator(_never_better)]
RisingDays = Annotated[tuple[Days, ...], AfterValidator(_rising_from_zero)]
SettlementOrder = Annotated[tuple[str, ...], permutation_of(Component)]
ReasonOrder = Annotated[tuple[str, ...], permutation_of(Reason)]
BorrowerKinds = Annotated[
    tuple[Annotated[str, one_of(BorrowerKind)], ...], AfterValidator(_without_repetition)
]
