"""A machine with other packages than this one: a folder of what pip notes of each."""

import sys
from collections.abc import Sequence
from importlib.metadata import requires, version
from pathlib import Path

import pytest


def only(
    patch: pytest.MonkeyPatch, folder: Path, *, asks: Sequence[str] | None = None, **versions: str
) -> None:
    """Let Python find these packages and Recobro itself, which asks for what it does or `asks`."""
    needed = (requires("recobro") or []) if asks is None else asks
    note(folder, "recobro", version("recobro"), *(f"Requires-Dist: {each}" for each in needed))
    for name, number in versions.items():
        note(folder, name, number)
    patch.setattr(sys, "path", [str(folder)])


def note(folder: Path, name: str, number: str, *more: str) -> None:
    told = folder / f"{name}-{number}.dist-info"
    told.mkdir()
    lines = ("Metadata-Version: 2.1", f"Name: {name}", f"Version: {number}", *more)
    (told / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")
