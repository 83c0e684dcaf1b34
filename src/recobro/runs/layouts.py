"""The layout of a foreign extract: a mapping proposed for it, and what changed since a load."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from recobro import intake
from recobro.runs.models import Load

Layout = dict[str, Any]
"""As a load keeps it: `mapping`; `sources` with name and kind of each column; `changed` `since`."""


@contextmanager
def told_apart(path: Path, mapping: intake.Mapping | None) -> Iterator[Layout]:
    """Give the layout of an extract while it is read; nothing in it where no mapping is used.

    What refuses the extract is told as a changed layout, where something is gone from it. Raises
    intake.LayoutDiffers, and whatever is raised inside.
    """
    if mapping is None:
        yield {}
        return
    now = intake.column_kinds(path, mapping) if path.exists() else {}
    last = _before(mapping)
    found = intake.changes(_kinds(last), now) if last else []
    try:
        yield {
            "mapping": mapping.name,
            "sources": {name: [*columns.items()] for name, columns in now.items()},
            "since": last.number if last else None,
            "changed": [asdict(change) | {"says": str(change)} for change in found],
        }
    except intake.DeliveryRefused as refused:
        if last is None or not any(change.takes_away for change in found):
            raise
        raise intake.LayoutDiffers(mapping.name, last.number, found, refused) from refused


def suggested_mapping(path: Path) -> str:
    """Return the text of a mapping for a delivery of a foreign layout, each guess with its doubt.

    Raises intake.DeliveryRefused.
    """
    return intake.suggest(path)


def _before(mapping: intake.Mapping) -> Load | None:
    """Return the last load that came through the mapping, by its file's name.

    Where there is none, the last that brought the same tables through another.
    """
    past = [load for load in Load.objects.order_by("-number") if load.layout]
    same = [load for load in past if load.layout["mapping"] == mapping.name]
    alike = [load for load in past if {*load.tables} == {*mapping.tables}]
    return next(iter(same or alike), None)


def _kinds(load: Load) -> intake.Kinds:
    return {name: dict(columns) for name, columns in load.layout["sources"].items()}
