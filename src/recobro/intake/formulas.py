"""What the reader of cells keeps quiet about: how far a sheet reaches, and formulas' errors."""

from __future__ import annotations

import io
import re
import zlib
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
_FILLED = re.compile(
    rb"""<(?:\w+:)?(?:c|row)\s(?:[^>]*?\s)?r=["']([A-Z]*)(\d+)["'](?:[^>]*[^>/])?>"""
)
"""A cell or row with something in it, and its place; one that is only coloured has no end tag."""
_BLOCK = 1 << 20

_BEYOND = (BadZipFile, zlib.error, KeyError, OSError, ET.ParseError)
"""What a workbook brings about that its reader understands, and that is not understood here."""


def extent(path: Path, sheet: str) -> tuple[int, int]:
    """Return how many rows and columns a sheet reaches, blank ones included."""
    rows, letters, rest = 0, {"A"}, b""
    try:
        with ZipFile(path) as archive, archive.open(_part(archive, sheet)) as content:
            while block := content.read(_BLOCK):
                found = _FILLED.findall(rest + block)
                rows = max(rows, *(int(row) for _, row in found), 0)
                letters |= {column.decode() for column in {column for column, _ in found}}
                rest = b"<" + block.rpartition(b"<")[2]
    except _BEYOND:
        return 0, 0
    return rows, max(_position(column or "A", "1")[1] + 1 for column in letters)


def without_result(path: Path, sheet: str) -> dict[tuple[int, int], str]:
    """Return what stands in cells of a sheet without a result, by row and column from 0.

    The reader of cells gives them as blank, which an optional column would take for empty.
    """
    try:
        with ZipFile(path) as archive:
            content = archive.read(_part(archive, sheet))
        if b"<f" not in content and b'"e"' not in content:
            return {}
        return dict(_without_result(content))
    except _BEYOND:
        return {}


def _part(archive: ZipFile, sheet: str) -> str:
    """Return the name of the part that holds a sheet.

    Raises KeyError.
    """
    book = _tree(archive.read("xl/workbook.xml"))
    numbers = {each.get("name"): _id(each) for each in book.iterfind("{*}sheets/{*}sheet")}
    links = _tree(archive.read("xl/_rels/workbook.xml.rels"))
    target = {link.get("Id"): link.get("Target", "") for link in links}[numbers[sheet]]
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _id(sheet: ET.Element) -> str | None:
    # Its namespace is another one in workbooks that keep strictly to the standard.
    return next((told for name, told in sheet.items() if name.endswith("}id")), None)


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
