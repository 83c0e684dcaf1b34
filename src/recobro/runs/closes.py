"""The files of a published close."""

from pathlib import Path
from tempfile import TemporaryDirectory

from recobro.book.models import Close
from recobro.engine.backends.duck import Duck
from recobro.engine.tables import PUBLISHED, STANDINGS
from recobro.runs.home import Home
from recobro.terms.refusal import Refusal

CLOSE_TABLES = ("standings", "figures", "breaks", "changes")
"""What a close publishes, each a folder of Parquet files in the folder of the close."""


class CloseGone(Refusal):
    """Files of a published close are missing."""

    says = (
        "The {table} of the close of {as_of} are no longer in {folder}; nothing was written. "
        "Restore that folder from a backup, or close the day again: recobro close --as-of {day} "
        "--facts-version {facts_version} --judged-up-to {judged_up_to}"
    )

    def __init__(self, close: Close, table: str) -> None:
        super().__init__(
            table=table,
            as_of=close.as_of,
            day=str(close.as_of),
            folder=close.folder,
            facts_version=str(close.facts_version),
            judged_up_to=str(close.judged_up_to),
        )


def published(home: Home, close: Close, table: str) -> list[Path]:
    """Return the Parquet files of one of CLOSE_TABLES; of changes none where there were none.

    Raises CloseGone.
    """
    found = sorted((home.path / close.folder / table).glob("*.parquet"))
    if not found and (table != "changes" or close.changes):
        raise CloseGone(close, table)
    return found


def fingerprint(home: Home, close: Close) -> str:
    """Return the fingerprint of the standings that lie in a close's files now."""
    with TemporaryDirectory() as scratch, Duck(Path(scratch)) as duck:
        standings = duck.read(published(home, close, "standings"), PUBLISHED)
        return duck.fingerprint(standings.select(*STANDINGS.names))
