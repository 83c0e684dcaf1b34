"""What an answer is made of."""

from collections.abc import Callable, Iterable
from typing import Annotated, Final, Generic, TypeVar

from ninja.renderers import JSONRenderer
from pydantic import BaseModel, ConfigDict, Field

from recobro.api.inputs import Paging
from recobro.terms.money import amount

Amount = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$", examples=["1250.00"])]
"""An amount as a decimal number in text, with the digits of its currency: no program rounds it."""


class Answer(BaseModel):
    """Part of an answer; what its fields mean stands below each of them."""

    model_config = ConfigDict(use_attribute_docstrings=True)


AS_WRITTEN: Final = {"ensure_ascii": False}
"""How JSON is written: names as they are, not by numbers."""


def renderer() -> JSONRenderer:
    """Return what writes answers."""
    made = JSONRenderer()
    made.json_dumps_params = AS_WRITTEN
    return made


T = TypeVar("T")
A = TypeVar("A", bound=Answer)


class Page(Answer, Generic[A]):
    """Part of a list."""

    items: list[A]
    page: int
    limit: int
    total: int
    """How many there are on all pages."""


def page(rows: Iterable[T], told: Callable[[T], A], paging: Paging, *, total: int) -> Page[A]:
    """Return a page of a list of so many; `rows` are those of the page."""
    return Page(
        items=[told(row) for row in rows], page=paging.page, limit=paging.limit, total=total
    )


def part(paging: Paging) -> slice:
    """Return which rows of a list are on a page."""
    start = (paging.page - 1) * paging.limit
    return slice(start, start + paging.limit)


def money(minor_units: int, currency: str) -> str:
    """Return an amount as an answer has it."""
    return str(amount(minor_units, currency))
