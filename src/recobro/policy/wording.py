"""From pydantic's errors to problems in plain words."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from recobro.policy.impossible import Impossible
from recobro.policy.keys import keys
from recobro.policy.literal import literal
from recobro.policy.nearest import nearest
from recobro.policy.problem import Problem
from recobro.policy.rules import unbuilt
from recobro.policy.sections import LocalGrade
from recobro.policy.statements import Path

PLAIN: Mapping[str, str] = {
    "missing": "is missing",
    "int_type": "is {input}, but must be a whole number",
    "bool_type": "is {input}, but must be true or false",
    "string_type": "is {input}, but must be a text in quotes",
    "tuple_type": "is {input}, but must be a list in square brackets",
    "date_type": "is {input}, but must be a date without quotes, such as 2024-01-01",
    "model_type": "is {input}, but must be a section with keys of its own",
    "greater_than_equal": "is {input}, but must be at least {ge}",
    "less_than_equal": "is {input}, but must be at most {le}",
    "decimal_max_places": "is {input}, but may have {decimal_places} digits after the point",
    "string_pattern_mismatch": "is {input}, but must be one line of text, not empty",
}
"""Our words for pydantic's types of error; what our own validators say is plain already."""


def problems(error: ValidationError, *, file: str, lines: Mapping[Path, int]) -> Iterator[Problem]:
    """Yield a problem for each error of a policy; `lines` says where the file's keys stand."""
    for detail in error.errors():
        path = detail["loc"]
        reason = _unknown(path) if detail["type"] == "extra_forbidden" else _reason(detail)
        line = _line(path, reason.beside, lines)
        yield Problem(file, line, _dotted(path), reason.wrong, reason.meant)


def _reason(detail: ErrorDetails) -> Impossible:
    context = detail.get("ctx", {})
    ours = context.get("error")
    if isinstance(ours, Impossible):
        return ours
    template = PLAIN.get(detail["type"], detail["msg"])
    return Impossible(template.format(input=literal(detail["input"]), **context))


def _unknown(path: Path) -> Impossible:
    rule = unbuilt(_dotted(path))
    if rule is None:
        return Impossible("is no key of a policy", meant=_nearest_key(path))
    return Impossible(
        f"would do nothing, because this rule is not built yet: {rule.rule} ({rule.source}); "
        "take the key out, so that nobody believes the rule to be in force"
    )


def _nearest_key(path: Path) -> str | None:
    """Return the key spelled most like this one; of equal ones, the one of the same section."""
    known = [key.path for key in keys()]
    known += [("local_grades", field) for field in LocalGrade.model_fields]
    section = tuple(part for part in path[:-1] if isinstance(part, str))
    depth = len(section)
    inside = [key for key in known if key[:depth] == section and len(key) > depth]
    candidates = {key[-1]: key for key in known} | {key[depth]: key[: depth + 1] for key in inside}
    close = nearest(str(path[-1]), candidates)
    return ".".join(candidates[close]) if close else None


def _line(path: Path, beside: str | None, lines: Mapping[Path, int]) -> int | None:
    """Find the key's line; else that of the key it clashes with; else that of its section."""
    clashing = (*path[:-1], beside or "")
    above = [path[:depth] for depth in range(len(path) - 1, 0, -1)]
    return next((lines[near] for near in (path, clashing, *above) if near in lines), None)


def _dotted(path: Path) -> str:
    """Join a path with points; rows of a list are counted from 1."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
