"""The reports as documents, for the doors to turn into files."""

from recobro.reports.catalogue import REPORTS
from recobro.reports.document import Document
from recobro.reports.language import language
from recobro.reports.locales import LOCALES
from recobro.reports.report import compose
from tests.reports.bank import Bank

ALL = [(name, code) for name in REPORTS for code in LOCALES]
"""Every report in every language."""


def paper(
    name: str = "monthly-asset-quality", code: str = "en", bank: Bank | None = None
) -> Document:
    return compose(REPORTS[name], bank or Bank(), language(code))
