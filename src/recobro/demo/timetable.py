"""When the demonstration bank lends, delivers and closes."""

from datetime import date
from typing import Final

from recobro.terms.dates import add_months, month_end

OPENED_ON: Final = date(2021, 1, 1)
FULL_ON: Final = date(2025, 6, 30)
"""The day of the first delivery, which brings the whole book."""

MONTH_ENDS: Final = tuple(month_end(add_months(FULL_ON, months)) for months in range(1, 13))
"""The days of the twelve deltas that follow; each is closed."""

YEAR_ENDS: Final = (date(2023, 12, 31), date(2024, 12, 31))
"""Closed from the first delivery, for comparison with the years before."""

LAST_ON: Final = MONTH_ENDS[-1]
