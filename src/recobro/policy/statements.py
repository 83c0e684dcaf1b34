"""Where each key of a TOML text stands, and what the comment above it says."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One key or section header: its path, its first line (1, 2, …) and the comment above it."""

    path: Path
    line: int
    comment: str


def statements(text: str) -> Iterator[Statement]:
    """Yield the keys and headers of a valid TOML text in the order of its lines.

    A statement is the fewest lines that are TOML by themselves, so that strings, comments and
    lists over several lines need no scanner of their own.
    """
    section: Path = ()
    rows: Counter[Path] = Counter()
    comment: list[str] = []
    for line, source in _pieces(text):
        parsed = tomllib.loads(source)
        if source.lstrip().startswith("["):
            section = _section(parsed, rows)
            paths = [section]
        else:
            paths = [section + path for path in _paths(parsed)]
        yield from (Statement(path, line, " ".join(comment)) for path in paths)
        comment = [*comment, source.strip("# ")] if source.startswith("#") else []


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    piece: list[str] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        piece.append(line)
        source = "\n".join(piece)
        if _is_whole(source):
            yield number - len(piece) + 1, source
            piece = []


def _is_whole(source: str) -> bool:
    try:
        tomllib.loads(source)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _section(header: object, rows: Counter[Path]) -> Path:
    """Return the path of a header; one in double brackets ends with the number of its row."""
    path: Path = ()
    while isinstance(header, dict) and header:
        ((key, header),) = header.items()
        path = (*path, key)
    if isinstance(header, list):
        rows[path] += 1
        path = (*path, rows[path] - 1)
    return path


def _paths(values: object) -> Iterator[Path]:
    if isinstance(values, dict):
        for key, value in values.items():
            yield (key,)
            yield from ((key, *path) for path in _paths(value))
