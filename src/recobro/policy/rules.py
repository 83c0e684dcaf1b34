"""The rules behind the presets one by one: built, and by which key, or not built.

A key of a rule that is not built is refused: a file that names it would promise what no close does.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Rule:
    """One demand of a regulator; `key` is empty where no key of a policy could carry it."""

    preset: str
    rule: str
    source: str
    built: bool
    key: str


@cache
def rules() -> tuple[Rule, ...]:
    """Return every known rule, by preset: the table that the help shows."""
    text = (files("recobro.policy") / "rules.toml").read_text(encoding="utf-8")
    return tuple(
        Rule(preset, **row) for preset, rows in tomllib.loads(text).items() for row in rows
    )


def unbuilt(key: str) -> Rule | None:
    """Return the rule that a key would switch on, if it is known but not built."""
    return next((rule for rule in rules() if rule.key == key and not rule.built), None)
