"""What a bank says of a system that is fetched from: a TOML file, in which no secret stands."""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from recobro.runs.contract import COLUMNS
from recobro.terms.codes import Guarantee
from recobro.terms.refusal import Refusal

Variable = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,99}$")]
"""The name of a variable of the environment; never what it holds."""

_LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}


class SourceUnreadable(Refusal):
    """The file that says where to fetch from is wrong."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(
            f"{file}: {reason}. Nothing was fetched. See docs/operators/connectors.md."
        )


class VariableMissing(Refusal):
    """A secret is not there."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The variable {name} is not set. Nothing was fetched. Set it to what the source needs "
            "before you run this: it stands in no file."
        )


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DatabaseSource(_Told):
    """A database, and a query for each table of a delivery."""

    kind: Literal["database"]
    url: Variable
    """Names the variable that holds SQLAlchemy's address of it, with the password."""
    delivery: Literal["full", "delta"] = "full"
    tables: Annotated[dict[str, str], Field(min_length=1)]

    @field_validator("tables")
    @classmethod
    def of_the_contract(cls, tables: dict[str, str]) -> dict[str, str]:
        """Refuse tables that a delivery has not."""
        unknown = [name for name in tables if name not in COLUMNS]
        if unknown:
            wrong = f"{unknown[0]} is no table of a delivery; there are {', '.join(COLUMNS)}"
            raise ValueError(wrong)
        return tables


class FineractSource(_Told):
    """Apache Fineract, by its API."""

    kind: Literal["fineract"]
    address: Annotated[str, Field(max_length=500)]
    """Such as https://fineract.bank.example/fineract-provider/api/v1."""
    tenant: Annotated[str, Field(pattern=r"^[\w.-]+$")] = "default"
    user: Variable
    password: Variable
    guarantee: dict[str, Guarantee] = {}
    """By the name of a loan product; the others are on credit."""

    delivery: Literal["full"] = "full"

    @field_validator("address")
    @classmethod
    def by_https(cls, address: str) -> str:
        """Refuse an address that would show the password on its way."""
        parts = urlsplit(address)
        here = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not (parts.hostname and (here or parts.scheme == "https")) or parts.username:
            wrong = "an address begins with https:// and has no user name in it"
            raise ValueError(wrong)
        return address.rstrip("/")


Source = Annotated[DatabaseSource | FineractSource, Field(discriminator="kind")]

_SOURCE: Final[TypeAdapter[DatabaseSource | FineractSource]] = TypeAdapter(Source)


def read(file: Path) -> DatabaseSource | FineractSource:
    """Return what a file says of a source.

    Raises SourceUnreadable.
    """
    try:
        return _SOURCE.validate_python(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise SourceUnreadable(file, error.strerror or str(error)) from error
    except ValidationError as error:
        # What was given is not repeated: somebody may have written a password there.
        wrong = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in wrong["loc"][1:]) or "kind"
        raise SourceUnreadable(file, f"{place}: {wrong['msg']}") from None
    except ValueError as error:  # also a file that is no TOML or no UTF-8
        raise SourceUnreadable(file, str(error)) from error


def secret(name: str) -> str:
    """Return what a variable holds.

    Raises VariableMissing.
    """
    found = os.environ.get(name)
    if not found:
        raise VariableMissing(name)
    return found
