"""From a policy file to a policy, or to everything that is wrong with it."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from recobro.policy.literal import Unquoted
from recobro.policy.model import PRESETS, Policy
from recobro.policy.problem import Problem
from recobro.policy.statements import statements
from recobro.policy.wording import problems
from recobro.terms.refusal import Listing, Refusal

DEFAULT = "cn"
"""What a file extends that does not say so."""


class PresetUnknown(Refusal):
    """There is no preset of that name."""

    says = "there is no preset {name!r}; use one of {presets}"

    def __init__(self, name: str) -> None:
        super().__init__(name=name, presets=Listing(PRESETS))


class PolicyRefused(Refusal):
    """A policy file is wrong; `problems` names each thing that is."""

    says = (
        "{file} is refused, and no rule was changed. Mend what is listed, then run `recobro policy "
        "check`:\n{listed}"
    )

    def __init__(self, found: list[Problem]) -> None:
        self.problems = found
        listed = "\n".join(f"  {problem}" for problem in found)
        super().__init__(file=found[0].file, listed=listed)


def read(path: Path | str) -> Policy:
    """Read a bank's policy file; what it does not name is as in the preset that it extends.

    Raises PolicyRefused, also where there is no such file.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        wrong = f"cannot be read as UTF-8 text ({error})"
        raise PolicyRefused([Problem(str(path), None, "", wrong)]) from error
    return parse(text, file=str(path), name=Path(path).stem)


def parse(text: str, *, file: str = "policy", name: str = "policy") -> Policy:
    """Read a policy from its text; `name` stands where the text gives none, `file` in messages.

    Raises PolicyRefused.
    """
    try:
        changes = tomllib.loads(text, parse_float=Unquoted)
    except tomllib.TOMLDecodeError as error:
        raise PolicyRefused([_not_toml(error, file)]) from error
    base = changes.get("extends", DEFAULT)
    known = base if base in PRESETS else DEFAULT
    whole = {"name": name, "extends": known, **_over(_table(known), changes)}
    try:
        return Policy.model_validate(whole)
    except ValidationError as error:
        lines = {statement.path: statement.line for statement in statements(text)}
        found = problems(error, file=file, lines=lines)
        raise PolicyRefused(sorted(found, key=lambda one: (one.line or 0, one.key))) from error


def check(path: Path | str) -> list[Problem]:
    """Return everything that is wrong with a policy file: nothing, if it may be used."""
    try:
        read(path)
    except PolicyRefused as refused:
        return refused.problems
    return []


def preset(name: str) -> Policy:
    """Return the rules that come with Recobro for `cn`, `eu` or `in`.

    Raises PresetUnknown.
    """
    return Policy.model_validate({"name": name, "extends": name, **_table(name)})


def preset_text(name: str) -> str:
    """Return a preset's file, with a comment on the source of each key.

    Raises PresetUnknown.
    """
    if name not in PRESETS:
        raise PresetUnknown(name)
    return (files("recobro.policy") / "presets" / f"{name}.toml").read_text(encoding="utf-8")


@cache
def _table(name: str) -> Mapping[str, Any]:
    return tomllib.loads(preset_text(name))


def _over(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Lay what a file says over what it extends, section by section; lists are taken whole."""
    merged = {
        key: _over(base[key], change)
        for key, change in changes.items()
        if isinstance(change, dict) and isinstance(base.get(key), dict)
    }
    return {**base, **changes, **merged}


def _not_toml(error: tomllib.TOMLDecodeError, file: str) -> Problem:
    line = re.search(r"at line (\d+)", str(error))
    return Problem(file, int(line[1]) if line else None, "", f"is not TOML: {error}")
