"""A document as one page that needs nothing else: no script, no style attribute, no request."""

from base64 import b64encode
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from django.template import Context, Engine, Template
from django.utils.safestring import SafeString

from recobro.reports.document import Document
from recobro.reports.render.printed import PrintedSection, printed

LANGUAGES = {"en": "en", "es": "es", "zh": "zh-Hans"}
"""The language of a page, as HTML names it."""


@cache
def style_source() -> str:
    """Return how a policy of content names the style of a page, which stands inside it."""
    style = f"\n{_text('report.css')}".encode()
    return f"'sha256-{b64encode(sha256(style).digest()).decode()}'"


def html(document: Document) -> bytes:
    """Return the document as an HTML page in UTF-8."""
    sections = [_drawn(section) for section in printed(document, font="inherit")]
    context = {
        "document": document,
        "lang": LANGUAGES[document.language.code],
        "sections": sections,
        "style": SafeString(_text("report.css")),
    }
    return _template().render(Context(context)).encode()


def _drawn(section: PrintedSection) -> dict[str, object]:
    """Return the section with pictures that the template takes as they are: they were escaped."""
    pictures = [replace(one, svg=SafeString(one.svg)) for one in section.pictures]
    return {
        "title": section.title,
        "text": section.text,
        "pictures": pictures,
        "table": section.table,
    }


@cache
def _template() -> Template:
    return Engine().from_string(_text("report.html"))


def _text(name: str) -> str:
    return (Path(str(files(__package__))) / name).read_text(encoding="utf-8")
