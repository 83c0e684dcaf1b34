"""A table as one sheet of a workbook."""

from pathlib import Path

import pyarrow as pa
import xlsxwriter

from recobro.runs.progress import Progress, silent
from recobro.terms.refusal import Refusal

MOST_ROWS = 1_048_575
"""Rows that a sheet holds under its header."""


_OPTIONS = {
    "constant_memory": True,
    "default_date_format": "yyyy-mm-dd",
    "strings_to_formulas": False,  # a delivered text that begins with = would be run
    "strings_to_urls": False,
}


class TooManyRows(Refusal):
    """A sheet cannot hold the rows."""

    says = (
        "A workbook holds {most_rows:,} rows and there are more; {name} was not written. Export to "
        ".csv or .parquet."
    )

    def __init__(self, file: Path) -> None:
        super().__init__(most_rows=MOST_ROWS, name=file.name)


def write_sheet(
    batches: pa.RecordBatchReader, to: Path, *, rows: int, progress: Progress = silent
) -> None:
    """Write so many rows to a workbook, batch by batch; text stays text, whatever it begins with.

    Raises TooManyRows before anything is written.
    """
    if rows > MOST_ROWS:
        raise TooManyRows(to)
    with xlsxwriter.Workbook(to, _OPTIONS) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, batches.schema.names, book.add_format({"bold": True}))
        number = 0
        for batch in batches:
            progress("write", number, rows)
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                number += 1
                sheet.write_row(number, 0, row)
        sheet.autofilter(0, 0, rows, len(batches.schema.names) - 1)
