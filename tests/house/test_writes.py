import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "recobro"
DJANGO_ROOMS = (
    *("book", "runs", "reports", "backups", "connectors", "doctor", "demo", "cli", "config"),
    *("journal", "office", "casework", "oversight", "web", "api"),
)
WRITES = {"bulk_create", "bulk_update", "create", "delete", "get_or_create", "update_or_create"}
HOME = "home.create()"
"""Makes a folder, not a row."""


def writes(node: ast.AST) -> bool:
    """Return whether it is a call that writes rows.

    An update with positional arguments is a dict's, a hash's or a progress bar's.
    """
    match node:
        case ast.Call(func=ast.Attribute(attr="update"), args=[]):
            return True
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in WRITES | {"save"} and not ast.unparse(node).endswith(HOME)
    return False


def is_operation(file: Path) -> bool:
    return "operations" in file.relative_to(SOURCE).with_suffix("").parts


def test_only_operations_write() -> None:
    files = [file for room in DJANGO_ROOMS for file in sorted((SOURCE / room).rglob("*.py"))]
    found = [
        f"{file.relative_to(SOURCE)}: {ast.unparse(node)}"
        for file in files
        if not is_operation(file) and "migrations" not in file.parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if writes(node)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("Loan.objects.filter(a=1).update(b=2)", True),
        ("Loan.objects.bulk_create(rows)", True),
        ("Loan.objects.bulk_update(rows, fields)", True),
        ("loan.delete()", True),
        ("seen.update(others)", False),
        ("progress.update(task, advance=1)", False),
        ("loan.save()", True),
        ("Loan.objects.create(number=1)", True),
        ("home.create()", False),
    ],
)
def test_what_writes(call: str, *, expected: bool) -> None:
    assert writes(ast.parse(call, mode="eval").body) is expected
