"""Print the house numbers; exit 1 where one passes its bound without a reason.

Given a file that `coverage json` wrote, branch coverage is one of them.
"""

import ast
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeAlias

ROOT = Path(__file__).parents[1]

REASONS: dict[tuple[str, str], str] = {
    ("function lines, longest", "src/recobro/cli/load.py:load"): (
        "typer reads a command's options from its signature, and this one has most"
    ),
    ("cyclomatic complexity", "src/recobro/intake/suggest.py:_guess"): (
        "a guess weighs all its clues side by side"
    ),
    ("cyclomatic complexity", "src/recobro/intake/translate.py:_find"): (
        "a source is found by the name told or by its own, and refused twice"
    ),
    ("cyclomatic complexity", "tests/oracle/bridge.py:at_nodes"): (
        "an auditor reads the rule whole"
    ),
    ("cyclomatic complexity", "tests/oracle/floors.py:contagion_floor"): (
        "an auditor reads the rule whole"
    ),
    ("cyclomatic complexity", "tests/runs/test_delta.py:deliveries"): (
        "the fate of a delivered row is drawn in one place"
    ),
    ("branch coverage of rules %", "src/recobro/engine/backends/spark.py"): (
        "what Spark says as it gives up is heard by processes of their own: Java starts once in one"
    ),
    ("test : source lines", "the whole"): (
        "the oracle counts as a test and replaces many; books and deliveries are drawn"
    ),
}
"""Why something may pass a bound: (number, where) → reason."""

_DOCUMENTED = {"terms", "policy", "engine", "lake", "intake", "operations", "queries"}
_WHOLE = 100
_COVERED = {"terms", "policy", "engine", "operations"}

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Found: TypeAlias = list[tuple[str, Function]]


@dataclass(frozen=True)
class Number:
    """One house number: its value, its bound, and the places that pass the bound."""

    name: str
    value: float
    bound: str
    beyond: tuple[str, ...]

    def unexplained(self) -> list[str]:
        """Return the places beyond the bound that have no reason."""
        return [where for where in self.beyond if (self.name, where) not in REASONS]


@dataclass(frozen=True)
class Module:
    """One Python file of the project, parsed."""

    path: str
    lines: int
    tree: ast.Module

    def rooms(self) -> set[str]:
        """Return the folders it is in and its own name."""
        return set(Path(self.path).with_suffix("").parts)

    def functions(self) -> Iterator[tuple[str, Function]]:
        """Yield every function and method with the place it stands at."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield f"{self.path}:{node.name}", node

    def interface(self) -> Iterator[tuple[str, Function]]:
        """Yield the functions and methods that others may call: public, not nested."""
        classes = [node for node in self.tree.body if isinstance(node, ast.ClassDef)]
        bodies = [self.tree.body, *(node.body for node in classes)]
        for node in (statement for body in bodies for statement in body):
            if isinstance(node, Function) and not node.name.startswith("_"):
                yield f"{self.path}:{node.name}", node


def modules(*folders: str) -> list[Module]:
    """Return the Python files below the folders, without Django's migrations."""
    files = (file for folder in folders for file in sorted((ROOT / folder).rglob("*.py")))
    return [_module(file) for file in files if "migrations" not in file.parts]


def _module(file: Path) -> Module:
    text = file.read_text(encoding="utf-8")
    return Module(file.relative_to(ROOT).as_posix(), len(text.splitlines()), ast.parse(text))


def length(function: Function) -> int:
    """Return the lines from def to the end, without the docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def complexity(function: Function) -> int:
    """Return McCabe's number: one and the decisions; a nested function has its own."""
    return 1 + sum(map(_decisions, _own(function)))


def _own(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Function | ast.Lambda):
            yield child
            yield from _own(child)


def _decisions(node: ast.AST) -> int:
    match node:
        case ast.If() | ast.IfExp() | ast.For() | ast.AsyncFor() | ast.While():
            return 1
        case ast.match_case(pattern=ast.MatchAs(pattern=None), guard=None):
            return 0
        case ast.ExceptHandler() | ast.match_case():
            return 1
        case ast.BoolOp(values=values):
            return len(values) - 1
        case ast.comprehension(ifs=conditions):
            return len(conditions)
    return 0


def typed(function: Function) -> bool:
    """Return whether each parameter, but self and cls, and the result have a type."""
    a = function.args
    parameters = [*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg]
    named = [p for p in parameters if p is not None and p.arg not in {"self", "cls"}]
    return function.returns is not None and all(p.annotation for p in named)


def documented(function: Function) -> bool:
    """Return whether a function has a docstring."""
    return ast.get_docstring(function) is not None


def _largest(name: str, sizes: Mapping[str, int], bound: int) -> Number:
    beyond = tuple(where for where, size in sizes.items() if size > bound)
    return Number(name, max(sizes.values(), default=0), f"≤ {bound}", beyond)


def _within(name: str, value: float, low: float, high: float, bound: str) -> Number:
    return Number(name, value, bound, () if low <= value <= high else ("the whole",))


def _median(name: str, sizes: Mapping[str, int], bound: int) -> Number:
    return _within(name, median(sizes.values()), 0, bound, f"≤ {bound}")


def _all(name: str, found: Found, holds: Callable[[Function], bool]) -> Number:
    answers = [(where, holds(function)) for where, function in found]
    beyond = tuple(where for where, answer in answers if not answer)
    return Number(name, 100 * (1 - len(beyond) / max(len(answers), 1)), "100", beyond)


def _sizes(found: Found, size: Callable[[Function], int]) -> dict[str, int]:
    return {where: size(function) for where, function in found}


def _stars(code: list[Module]) -> dict[str, int]:
    return {
        module.path: sum(
            isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
            for node in ast.walk(module.tree)
        )
        for module in code
    }


def numbers() -> list[Number]:
    """Return the house numbers of the project as it stands."""
    source, tests = modules("src"), modules("tests")
    code = source + tests + modules("scripts", "benchmarks")
    every = [found for module in code for found in module.functions()]
    own = [found for module in source for found in module.functions()]
    rooms = [module for module in source if module.rooms() & _DOCUMENTED]
    public = [found for module in rooms for found in module.interface()]
    lines = {module.path: module.lines for module in code}
    own_lines = {module.path: module.lines for module in source if module.lines}
    ratio = sum(module.lines for module in tests) / sum(own_lines.values())
    return [
        _largest("file lines, longest", lines, 400),
        _median("file lines, median", own_lines, 120),
        _largest("function lines, longest", _sizes(every, length), 60),
        _median("function lines, median", _sizes(own, length), 8),
        _largest("cyclomatic complexity", _sizes(every, complexity), 8),
        _all("typed functions %", every, typed),
        _all("documented functions %", public, documented),
        _largest("import *", _stars(code), 0),
        _within("test : source lines", ratio, 1, 2, "1 – 2"),
    ]


def coverage(report: Path) -> list[Number]:
    """Return branch coverage, overall and where every branch counts, from coverage's JSON."""
    content = json.loads(report.read_text(encoding="utf-8"))
    files = {
        path: summary["summary"]["percent_covered"]
        for path, summary in content["files"].items()
        if set(Path(path).parent.parts) & _COVERED
    }
    beyond = tuple(path for path, percent in files.items() if percent < _WHOLE)
    overall = content["totals"]["percent_covered"]
    return [
        _within("branch coverage %", overall, 95, 100, "≥ 95"),
        Number("branch coverage of rules %", min(files.values(), default=100.0), "100", beyond),
    ]


def main(arguments: list[str]) -> int:
    """Print the table; return 1 where a number passes its bound unexplained."""
    table = numbers() + [n for report in arguments for n in coverage(Path(report))]
    for number in table:
        print(f"{number.name:<28}{number.value:>9.6g}   {number.bound}")
        for where in number.beyond:
            print(f"    {where}: {REASONS.get((number.name, where), 'past the bound, no reason')}")
    return int(any(number.unexplained() for number in table))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
