"""A document as a PDF for paper and archive: PDF/A-2a, to be read aloud (PDF/UA-1), all on A4."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, time
from importlib.resources import files
from itertools import islice

import typst

from recobro.reports import palette
from recobro.reports.document import Document
from recobro.reports.render.fonts import VARIABLE, Fonts, folders, fonts
from recobro.reports.render.printed import printed
from recobro.terms.refusal import Listing, Phrase, Refusal

_TEMPLATE = (files("recobro.reports.render") / "report.typ").read_bytes()
_LETTERS = b"""#set document(title: "letters")
#set text(font: json(bytes(sys.inputs.fonts)))
#sys.inputs.letters"""
_NAMED = 12
"""More missing letters than these tell a reader nothing."""

_MOST_COLUMNS = 7
"""Upright paper has room for so many."""


class LettersMissing(Refusal):
    """The fonts at hand cannot write some letters."""

    says = (
        "The fonts at hand cannot write {letters}; nothing was printed. Install fonts-noto-cjk, or "
        "set {variable} to a folder with a font that has them."
    )

    def __init__(self, letters: str) -> None:
        named = Listing(f"{letter} (U+{ord(letter):04X})" for letter in letters[:_NAMED])
        more = len(letters) > _NAMED
        told = Phrase("{some} and others", some=named) if more else named
        super().__init__(letters=told, variable=VARIABLE)


def pdf(document: Document) -> bytes:
    """Return the document as a PDF.

    Raises LettersMissing, render.fonts.NoFonts.
    """
    at_hand = fonts(folders())
    report = json.dumps(_report(document, at_hand))
    made_at = datetime.combine(document.printed_on, time(), UTC)
    try:
        return _compile(_TEMPLATE, at_hand, made_at=made_at, report=report)
    except typst.TypstError:
        missing = _unwritten(report, at_hand)
        if missing:
            raise LettersMissing(missing) from None
        raise


def _compile(
    template: bytes, at_hand: Fonts, *, made_at: datetime | None = None, **inputs: str
) -> bytes:
    # PDF/A forbids letters without a form, so what would print as a box is an error.
    return typst.compile(
        template,
        font_paths=at_hand.found,
        ignore_system_fonts=True,
        pdf_standards=["a-2a", "ua-1"],
        sys_inputs=inputs,
        timestamp=made_at,
    )


def _unwritten(report: str, at_hand: Fonts) -> str:
    """Return the letters of a report that no font has: as many as are named, and one more."""
    families = json.dumps(at_hand.families)
    letters = "".join(sorted(set("".join(_texts(json.loads(report))))))
    return "".join(islice(_refused(letters, at_hand, families), _NAMED + 1))


def _texts(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for part in value.values() for text in _texts(part)]
        case list():
            return [text for part in value for text in _texts(part)]
        case _:
            return []


def _refused(letters: str, at_hand: Fonts, families: str) -> Iterator[str]:
    """Yield the letters that the compiler refuses: it names one at a time, so halves are tried."""
    try:
        _compile(_LETTERS, at_hand, letters=letters, fonts=families)
    except typst.TypstError:
        half = len(letters) // 2
        if half:
            yield from _refused(letters[:half], at_hand, families)
            yield from _refused(letters[half:], at_hand, families)
        else:
            yield letters


def _report(document: Document, at_hand: Fonts) -> dict[str, object]:
    sections = printed(document, font=at_hand.families[0])
    tables = [section.table for section in sections if section.table is not None]
    return {
        "lang": document.language.code,
        "fonts": at_hand.families,
        "colours": _colours(),
        "title": document.title,
        "institution": document.institution,
        "particulars": document.particulars,
        "running": f"{document.institution} · {document.title} · {document.particulars[0][1]}",
        "printed": document.printed,
        "page": document.language.say("frame.page", page="{page}", pages="{pages}"),
        "sentences": document.sentences,
        "sections": [asdict(section) for section in sections],
        "notes": document.notes,
        "signatures": document.signatures,
        "wide": any(len(table.heads) > _MOST_COLUMNS for table in tables),
    }


def _colours() -> dict[str, str]:
    named = {"ink": palette.INK, "quiet": palette.QUIET, "line": palette.LINE}
    named |= {"accent": palette.ACCENT, "good": palette.GOOD, "bad": palette.BAD}
    return named | {grade.code: colour for grade, colour in palette.GRADES.items()}
