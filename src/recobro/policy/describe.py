"""A policy laid out for people to read: each key, its value, and where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import getitem
from typing import Any

from recobro.policy.keys import Key, keys
from recobro.policy.literal import literal
from recobro.policy.model import Policy
from recobro.policy.reading import preset, preset_text
from recobro.policy.statements import statements

OWN_CHOICE = "The bank's own choice."


@dataclass(frozen=True, slots=True)
class Row:
    """One key of a policy; values as the file writes them, empty for a key that is not set.

    `preset_value` is there only where the bank changed it; `source` is that of the preset's rule,
    with how sure it is.
    """

    key: str
    value: str
    preset_value: str | None
    meaning: str
    source: str


def describe(policy: Policy) -> list[Row]:
    """List every key of a policy in the order of the file, changed or not."""
    text = preset_text(policy.extends)
    sources = {statement.path: statement.comment for statement in statements(text)}
    own, base = policy.model_dump(exclude_none=True), preset(policy.extends)
    before = base.model_dump(exclude_none=True)
    return [
        _row(key, _written(own, key), _written(before, key), sources.get(key.path, OWN_CHOICE))
        for key in keys()
        if str(key) not in {"name", "extends"}
    ]


def _row(key: Key, value: str, before: str, source: str) -> Row:
    return Row(str(key), value, None if value == before else before, key.meaning, source)


def _written(values: Mapping[str, Any], key: Key) -> str:
    *sections, name = key.path
    value = reduce(getitem, sections, values).get(name)
    return "" if value is None else literal(value)
