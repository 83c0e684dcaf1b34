"""What was judged on the pages, as files that a close reads beside the book, and keeps."""

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from recobro.book.models import Close
from recobro.engine.tables import JUDGEMENTS
from recobro.office.judgements.queries import judged_up_to
from recobro.runs.closes import CloseGone
from recobro.runs.home import Home

NAME: Final = "judgements"
"""The folder of them in the folder of a close."""


def write(folder: Path, *, up_to: int) -> list[Path]:
    """Write what was judged up to a number into a folder; return the files, none for nothing."""
    rows = judged_up_to(up_to)
    if not rows:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "00000.parquet"
    schema = pa.schema(JUDGEMENTS.to_pyarrow())
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), file)
    return [file]


def taken_by(home: Home, close: Close) -> list[Path]:
    """Return the files of what a close has taken of the pages.

    Raises CloseGone.
    """
    found = sorted((home.path / close.folder / NAME).glob("*.parquet"))
    if close.judged_up_to and not found:
        raise CloseGone(close, NAME)
    return found
