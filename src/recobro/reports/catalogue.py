"""The reports that there are."""

from recobro.reports.bridge import BRIDGE
from recobro.reports.look_ahead import LOOK_AHEAD
from recobro.reports.migration import MIGRATION
from recobro.reports.monthly_asset_quality import MONTHLY_ASSET_QUALITY
from recobro.reports.new_npl import NEW_NPL
from recobro.reports.report import Report
from recobro.reports.three_six import THREE_SIX
from recobro.reports.vintage import VINTAGE
from recobro.reports.warnings import WARNINGS
from recobro.terms.refusal import Listing, Refusal

REPORTS: dict[str, Report] = {
    report.name: report
    for report in (
        MONTHLY_ASSET_QUALITY,
        NEW_NPL,
        THREE_SIX,
        BRIDGE,
        MIGRATION,
        LOOK_AHEAD,
        VINTAGE,
        WARNINGS,
    )
}
"""Every report by its name on the command line."""


class ReportUnknown(Refusal):
    """No report has the name."""

    says = "There is no report {name!r}; nothing was written. Choose one of {reports}."

    def __init__(self, name: str) -> None:
        super().__init__(name=name, reports=Listing(REPORTS))


def report_of(name: str) -> Report:
    """Return the report of a name.

    Raises ReportUnknown.
    """
    if name not in REPORTS:
        raise ReportUnknown(name)
    return REPORTS[name]
