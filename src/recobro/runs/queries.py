"""What closes have published, and what a foreign delivery looks like."""

from pathlib import Path
from tempfile import TemporaryDirectory

from recobro import intake
from recobro.book.models import Close
from recobro.engine.backends.duck import Duck
from recobro.engine.tables import PUBLISHED, STANDINGS
from recobro.runs.home import Home


def published(home: Home, close: Close, table: str) -> list[Path]:
    """Return the Parquet files of a table that a close published: standings, figures, breaks."""
    return sorted((home.path / close.folder / table).glob("*.parquet"))


def fingerprint(home: Home, close: Close) -> str:
    """Return the fingerprint of the standings that lie in a close's files now."""
    with TemporaryDirectory() as scratch, Duck(Path(scratch)) as duck:
        standings = duck.read(published(home, close, "standings"), PUBLISHED)
        return duck.fingerprint(standings.select(*STANDINGS.names))


def suggested_mapping(path: Path) -> str:
    """Return the text of a mapping for a delivery of a foreign layout, each guess with its doubt.

    Raises intake.DeliveryRefused.
    """
    return intake.suggest(path)
