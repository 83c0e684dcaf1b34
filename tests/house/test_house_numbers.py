import ast
import json
from pathlib import Path

import pytest

from scripts import house_numbers
from scripts.house_numbers import Function


def function(text: str) -> Function:
    (node,) = ast.parse(text).body
    assert isinstance(node, Function)
    return node


def test_the_house_keeps_its_numbers() -> None:
    numbers = {number.name: number for number in house_numbers.numbers()}
    assert {name: n.unexplained() for name, n in numbers.items() if n.unexplained()} == {}


def test_every_reason_is_needed() -> None:
    """Those of coverage can only be asked of a whole run: there the file must exist."""
    beyond = {(n.name, where) for n in house_numbers.numbers() for where in n.beyond}
    others = set(house_numbers.REASONS) - beyond
    assert {name for name, _ in others} <= {"branch coverage of rules %"}
    assert [where for _, where in others if not (house_numbers.ROOT / where).exists()] == []


def test_every_branch_of_a_rule_counts_and_most_of_the_others(tmp_path: Path) -> None:
    """
    a rule, a command of the name of a room, and a file that has a reason
    """
    covered = {
        "src/recobro/engine/steps/tree.py": 99.5,
        "src/recobro/policy/rules.py": 100.0,
        "src/recobro/cli/policy.py": 90.0,
        "src/recobro/engine/backends/spark.py": 92.0,
    }
    files = {path: {"summary": {"percent_covered": each}} for path, each in covered.items()}
    report = tmp_path / "coverage.json"
    report.write_text(json.dumps({"files": files, "totals": {"percent_covered": 94.9}}))
    overall, rules = house_numbers.coverage(report)
    assert (overall.value, overall.unexplained()) == (94.9, ["the whole"])
    assert (rules.value, rules.unexplained()) == (92.0, ["src/recobro/engine/steps/tree.py"])
    assert house_numbers.main([str(report)]) == 1


def test_a_docstring_does_not_lengthen_a_function() -> None:
    bare = function("def f() -> int:\n    return 1\n")
    told = function('def f() -> int:\n    """One.\n\n    Always.\n    """\n    return 1\n')
    assert (house_numbers.length(bare), house_numbers.length(told)) == (2, 2)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return 1", 1),
        ("return 1 if a else 2", 2),
        ("return a and b and c", 3),
        ("return [x for x in a if x]", 2),
        ("for x in a:\n  while b:\n   pass", 3),
        ("try:\n  pass\n except A:\n  pass\n except B:\n  pass", 3),
        ("match a:\n  case 1:\n   pass\n  case 2:\n   pass\n  case _:\n   pass", 3),
        ("def g() -> None:\n  if a:\n   pass", 1),
    ],
)
def test_complexity_counts_decisions(body: str, expected: int) -> None:
    assert house_numbers.complexity(function(f"def f():\n {body}\n")) == expected


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ("f() -> None", True),
        ("f()", False),
        ("f(self, a: int, *b: int, c: int, **d: int) -> None", True),
        ("f(a) -> None", False),
        ("f(*a) -> None", False),
        ("f(*, a) -> None", False),
    ],
)
def test_typed_means_every_parameter_and_the_result(signature: str, *, expected: bool) -> None:
    assert house_numbers.typed(function(f"def {signature}: ...")) is expected
