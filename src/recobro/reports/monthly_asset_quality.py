"""How good the loans are this month, and how that changed."""

from functools import partial

from recobro.reports.report import Report
from recobro.reports.sections.allowance import allowance
from recobro.reports.sections.breakdown import breakdown
from recobro.reports.sections.by_institution import by_institution
from recobro.reports.sections.key_figures import days, key_figures
from recobro.reports.sentence import asset_quality
from recobro.terms.dates import previous_year_end

MONTHLY_ASSET_QUALITY = Report(
    name="monthly-asset-quality",
    since=previous_year_end,
    days=days,
    sentence=asset_quality,
    sections=(
        key_figures,
        partial(breakdown, by="grade"),
        partial(breakdown, by="bucket"),
        by_institution,
        partial(breakdown, by="product"),
        partial(breakdown, by="guarantee"),
        partial(breakdown, by="segment"),
        allowance,
    ),
)
