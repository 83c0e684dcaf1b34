"""Values and tables as TOML."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Unquoted:
    """A number with a point that stands in a file without quotes, as it was written there."""

    spelling: str

    def __str__(self) -> str:
        return self.spelling


def literal(value: object) -> str:
    """Write one value as TOML writes it; a decimal as a text, without surplus zeros."""
    match value:
        case Mapping():
            return f"{{ {', '.join(f'{key} = {literal(item)}' for key, item in value.items())} }}"
        case list() | tuple():
            return f"[{', '.join(map(literal, value))}]"
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False)
        case Decimal():
            return f'"{_plain(value)}"'
        case _:  # whole numbers, dates, numbers without quotes
            return str(value)


def _plain(value: Decimal) -> str:
    whole, _, digits = f"{value:f}".partition(".")
    return ".".join(filter(None, (whole, digits.rstrip("0"))))


def table(values: Mapping[str, object], name: str = "") -> str:
    """Write a table as TOML: its own keys first, then the tables in it."""
    plain = {key: value for key, value in values.items() if not isinstance(value, Mapping)}
    head = [f"[{name}]"] if name else []
    own = "\n".join(head + [f"{key} = {literal(value)}" for key, value in plain.items()])
    inner = [
        table(value, f"{name}.{key}".lstrip("."))
        for key, value in values.items()
        if isinstance(value, Mapping)
    ]
    return "\n".join([own + "\n", *inner])
