"""A document to a file: its ending says the form."""

from collections.abc import Callable
from pathlib import Path

from recobro.reports.document import Document
from recobro.reports.render.html import html
from recobro.reports.render.pdf import pdf
from recobro.reports.render.workbook import workbook
from recobro.terms.refusal import Listing, Refusal

FORMS: dict[str, Callable[[Document], bytes]] = {".pdf": pdf, ".xlsx": workbook, ".html": html}


class ReportFormUnknown(Refusal):
    """The ending of a file names no form that a report has."""

    says = "{name} ends in {ending!r}; nothing was written. Name a file that ends in {forms}."

    def __init__(self, file: Path) -> None:
        super().__init__(name=file.name, ending=file.suffix or "nothing", forms=Listing(FORMS))


def form_of(file: Path) -> Callable[[Document], bytes]:
    """Return what makes a file of the form that its ending names.

    Raises ReportFormUnknown.
    """
    if file.suffix not in FORMS:
        raise ReportFormUnknown(file)
    return FORMS[file.suffix]


def write(document: Document, to: Path) -> None:
    """Write a document to a file; a file that was there stays until the new one is made.

    Raises ReportFormUnknown, render.pdf.LettersMissing, render.fonts.NoFonts.
    """
    content = form_of(to)(document)
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(content)
