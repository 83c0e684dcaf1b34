"""What a request may bring: everything is bounded, and nothing is taken for what it is not."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

_LONGEST: Final = 200
MOST: Final = 2**63 - 1
"""The greatest number that the database can hold."""


NOT_KNOWN: Final = "not_known"
"""The kind of fault that a name in a query is that means nothing."""


def _digits(value: object) -> object:
    if isinstance(value, bool):
        wrong = "a whole number is written in digits"
        raise ValueError(wrong)  # noqa: TRY004 - as pydantic wants it
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,19}", value):
        wrong = "a whole number is written in digits"
        raise ValueError(wrong)
    return value


def _iso(value: object) -> object:
    if not isinstance(value, str | date):
        wrong = "a day is written YYYY-MM-DD"
        raise ValueError(wrong)  # noqa: TRY004 - as pydantic wants it
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        wrong = "a day is written YYYY-MM-DD"
        raise ValueError(wrong)
    return value


def one_of(names: Iterable[str], *, downwards: bool = False) -> Any:  # noqa: ANN401 - a field's bounds
    """Return the bounds of a text that is one of some names or empty; a minus says downwards."""
    sign = "-?" if downwards else ""
    return Field(pattern=f"^({sign}({'|'.join(map(re.escape, names))}))?$".replace("\\-", "-"))


Number = Annotated[int, Field(ge=1, le=MOST), BeforeValidator(_digits)]
Limit = Annotated[int, Field(ge=1, le=200), BeforeValidator(_digits)]
Day = Annotated[date, BeforeValidator(_iso)]
Text = Annotated[str, Field(max_length=_LONGEST, pattern=r"^[^\x00]*$")]
"""A text without NUL, which databases refuse."""
Told = Annotated[str, Field(min_length=1, max_length=400, pattern=r"^[^\x00]*\S[^\x00]*$")]
"""A text that says something."""


class Query(BaseModel):
    """What stands in the query of an address: a name that nobody knows would be passed over."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    @model_validator(mode="before")
    @classmethod
    def nothing_else(cls, data: Any, info: ValidationInfo) -> Any:  # noqa: ANN401 - as pydantic calls it
        """Refuse names that mean nothing here."""
        asked = (info.context or {}).get("request")
        if asked is not None and set(asked.GET) - set(cls.model_fields):
            known = ", ".join(cls.model_fields)
            raise PydanticCustomError(
                NOT_KNOWN, "what can be asked for is {known}", {"known": known}
            )
        return data


class Place(Query):
    """At which institution and on which day somebody looks."""

    at: Text = ""
    """An institution by its id, with all below it; else everything that the token opens."""
    as_of: Day | None = None
    """The day of a close that is shown; else the latest."""


class Paging(Query):
    """Which part of a list."""

    page: Annotated[int, Field(ge=1, le=100_000), BeforeValidator(_digits)] = 1
    """Counted from 1."""
    limit: Limit = 50
    """So many at once."""
