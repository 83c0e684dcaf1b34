"""Which file a mapping reads as which source, and how that file is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recobro.intake import csv

if TYPE_CHECKING:
    from pathlib import Path

    from recobro.intake.mapping import Mapping


def form_of(mapping: Mapping | None, source: str) -> csv.Format:
    """Return how a mapping says that a source is written."""
    if mapping is None or source not in mapping.files:
        return csv.Format()
    return mapping.files[source].form


def source_of(file: Path, mapping: Mapping) -> str | None:
    """Return the name under which a mapping reads a file; nothing where it does not."""
    for table in mapping.tables.values():
        for name in table.sources:
            told = mapping.files[name].file if name in mapping.files else None
            if file.name == told or (told is None and file.stem.lower() == name.lower()):
                return name
    return None
