import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = (".ci", "benchmarks", "docs", "examples", "requirements", "scripts", "src", "tests")
BINARY = {".gz", ".ico", ".otf", ".parquet", ".pdf", ".png", ".pyc", ".ttf", ".xlsx", ".zip"}

A_REASON = r"(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[\w, -]+\]).*[a-z]{3}"
BANNED = {
    "a machine's own path": re.compile(r"(?<![\w.~)}\]])/(?:home|root|tmp|work|Users)/"),
    "a host of a registry": re.compile(r"pypi\.|pythonhosted|npmjs"),
    "unfinished work": re.compile(r"\b(?:TODO\b|FIXME\b)"),
    "a rule ignored without a reason": re.compile(rf"# (?:noqa|type: ignore)(?!{A_REASON})"),
    "a space at a line's end": re.compile(r"[ \t]$"),
}
OWN = Path(__file__)


def texts() -> Iterator[Path]:
    yield from (file for file in ROOT.iterdir() if file.is_file())
    for folder in FOLDERS:
        files = (file for file in (ROOT / folder).rglob("*") if file.is_file())
        yield from (file for file in files if file.suffix not in BINARY and file != OWN)


@pytest.mark.parametrize("what", BANNED)
def test_the_project_has_none_of(what: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}:{n}: {line}"
        for file in texts()
        for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if BANNED[what].search(line)
    ]
    assert found == []


def test_every_text_ends_with_a_newline() -> None:
    endings = {file.relative_to(ROOT): file.read_bytes()[-1:] for file in texts()}
    assert [file for file, ending in endings.items() if ending not in {b"", b"\n"}] == []
