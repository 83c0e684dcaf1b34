"""Cells of a workbook whose formula has no result: an error, or never computed."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOT_COMPUTED = "#FORMULA!"
"""Stands for the result of a formula that the program which wrote the workbook did not compute."""

ERRORS = (
    *("#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!"),
    *("#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#GETTING_DATA", NOT_COMPUTED),
)
"""What stands in a cell in place of its result."""

_ADDRESS = re.compile(r"([A-Z]+)([0-9]+)")
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def without_result(path: Path, sheet: str) -> dict[tuple[int, int], str]:
    """Return what stands in cells of a sheet without a result, by row and column from 0.

    The reader of cells gives them as blank, which an optional column would take for empty.
    """
    try:
        with ZipFile(path) as archive:
            content = archive.read(_part(archive, sheet))
    except (BadZipFile, KeyError, OSError):  # what opened it understands more than this does
        return {}
    if b"<f" not in content and b'"e"' not in content:
        return {}
    return dict(_without_result(content))


def _part(archive: ZipFile, sheet: str) -> str:
    """Return the name of the part that holds a sheet."""
    book = _tree(archive.read("xl/workbook.xml"))
    number = next(s.get(_ID) for s in book.iterfind("{*}sheets/{*}sheet") if s.get("name") == sheet)
    links = _tree(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(link.get("Target", "") for link in links if link.get("Id") == number)
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _tree(content: bytes) -> ET.Element:
    return ET.fromstring(content)  # noqa: S314 - expat bounds what entities expand to


def _without_result(content: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for _, cell in ET.iterparse(io.BytesIO(content)):  # noqa: S314 - as above
        if cell.tag.endswith("}c"):
            place, told = _ADDRESS.fullmatch(cell.get("r", "")), _in_place_of_result(cell)
            if place and told:
                yield _position(place[1], place[2]), told
            cell.clear()


def _in_place_of_result(cell: ET.Element) -> str | None:
    kind, value = cell.get("t"), cell.findtext("{*}v")
    if kind == "e":
        return value or NOT_COMPUTED
    never = kind != "str" and not value  # a result that is an empty text says so
    return NOT_COMPUTED if never and cell.find("{*}f") is not None else None


def _position(letters: str, row: str) -> tuple[int, int]:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(row) - 1, column - 1
