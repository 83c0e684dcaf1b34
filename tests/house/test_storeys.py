import ast
import sys
from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[2]


def imported(file: Path) -> set[str]:
    tree = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    names: set[str] = set()
    for node in tree:
        match node:
            case ast.Import(names=aliases):
                names |= {alias.name for alias in aliases}
            case ast.ImportFrom(module=str(module)):
                names |= {module}
    return names


def test_nobody_looks_up() -> None:
    configuration = str(ROOT / ".importlinter")
    status = lint_imports(config_filename=configuration, no_cache=True)
    assert status == EXIT_STATUS_SUCCESS


def test_terms_needs_the_standard_library_alone() -> None:
    found = set[str]().union(*map(imported, (ROOT / "src/recobro/terms").rglob("*.py")))
    foreign = {
        name
        for name in found
        if name.split(".")[0] not in sys.stdlib_module_names
        and not name.startswith("recobro.terms")
    }
    assert foreign == set()


def test_an_engine_has_a_name_under_backends_alone() -> None:
    source = ROOT / "src/recobro"
    backends = source / "engine/backends"
    naming = {
        file.relative_to(source).as_posix()
        for file in source.rglob("*.py")
        if not file.is_relative_to(backends)
        and {name.split(".")[0] for name in imported(file)} & {"duckdb", "pyspark"}
    }
    assert naming == set()
