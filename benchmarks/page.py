"""The measured tables: kept as JSON, shown in the page beside it between two lines."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.row import Row

PAGE: Final = "performance.md"
KEPT: Final = "performance.json"
BEGIN: Final = "<!-- measured: begin -->"
END: Final = "<!-- measured: end -->"

_HEAD: Final = "| | loans | measured | value | bound | aim | |\n|---|--:|---|--:|--:|--:|---|"


class MarkersMissing(ValueError):
    """The page does not say where its tables go."""

    def __init__(self, page: Path) -> None:
        super().__init__(
            f"{page} lacks one of the lines {BEGIN} and {END}; the figures are kept in {KEPT} "
            "beside it. Put both lines where the tables belong, and run again."
        )


def keep(folder: Path, name: str, rows: Sequence[Row], **circumstances: object) -> None:
    """Put a measure's rows in the place of its earlier ones, and show all of them in the page.

    Raises MarkersMissing.
    """
    file = folder / KEPT
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    kept[name] = circumstances | {"rows": [row.as_json() for row in rows]}
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    page = folder / PAGE
    text = page.read_text(encoding="utf-8") if page.exists() else f"{BEGIN}\n{END}\n"
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise MarkersMissing(page)
    page.write_text(f"{before}{BEGIN}\n{rendered(kept)}\n{END}{after}", encoding="utf-8")


def rendered(kept: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the tables of all measures as Markdown, each with what it was measured on."""
    return "".join(_section(name, measure) for name, measure in kept.items())


def _section(name: str, measure: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{what} {which}" for what, which in measure["versions"].items())
    measured_on = (
        f"`{measure['command']}`, {measure['on']}, median of {measure['repeat']}. "
        f"{measure['machine']}; {versions}."
    )
    rows = "\n".join(map(_line, measure["rows"]))
    return f"\n### {name.capitalize()}\n\n{measured_on}\n\n{_HEAD}\n{rows}\n"


def _line(row: Mapping[str, Any]) -> str:
    sign = "≥" if row["at_least"] else "≤"
    cells = [
        row["what"],
        f"{row['loans']:,}",
        row["measured"],
        shown(row["value"], row["unit"]),
        *("" if row[limit] is None else f"{sign} {row[limit]:g}" for limit in ("bound", "aim")),
        row["verdict"],
    ]
    return f"| {' | '.join(cells)} |"


def shown(value: float, unit: str) -> str:
    """Return a value as people read it."""
    return f"{value:,.0f} {unit}" if value >= 1000 else f"{value:.2f} {unit}"  # noqa: PLR2004 - digits that nobody reads
