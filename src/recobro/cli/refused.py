"""The refusals of all rooms: nothing was changed, and the message says what to do."""

from recobro.book.queries import NoClose
from recobro.lake import VersionGone
from recobro.policy import PolicyRefused
from recobro.reports.catalogue import ReportUnknown
from recobro.reports.render import write
from recobro.reports.render.fonts import NoFonts
from recobro.reports.render.pdf import LettersMissing
from recobro.runs.board import InstitutionUnknown
from recobro.runs.explaining import LoanUnknown, NotDisbursed
from recobro.runs.exports import FormUnknown
from recobro.runs.facts import FactsGone, NoFacts
from recobro.runs.findings import FilterUnknown
from recobro.runs.home import DatabaseUnusable, HomeBusy, HomeUnusable
from recobro.runs.operations import (
    BookUnknown,
    DeliveryRefused,
    InvariantBroken,
    JavaMissing,
    SparkFailed,
    SparkMissing,
)
from recobro.runs.queries import CloseGone
from recobro.runs.spreadsheet import TooManyRows

REFUSED = (
    BookUnknown,
    CloseGone,
    DatabaseUnusable,
    FactsGone,
    DeliveryRefused,
    FilterUnknown,
    FormUnknown,
    HomeBusy,
    HomeUnusable,
    InstitutionUnknown,
    InvariantBroken,
    JavaMissing,
    NoClose,
    NoFacts,
    LettersMissing,
    LoanUnknown,
    NoFonts,
    NotDisbursed,
    PolicyRefused,
    ReportUnknown,
    write.FormUnknown,
    SparkFailed,
    SparkMissing,
    TooManyRows,
    VersionGone,
)
