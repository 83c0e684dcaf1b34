"""A finding: what is wrong with one delivered row, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Say what is wrong, where, and what to do; a warning keeps the row, any other rejects it.

    `row` is the record's number in its file as a person sees it: 1 is the header of a CSV file or
    sheet, so the first record is 2; None where the finding is about a whole table.
    """

    code: str
    table: str
    file: str
    row: int | None
    column: str | None
    value: str | None
    message: str
    warning: bool = False
