"""What closes have published, and what a foreign delivery looks like."""

from pathlib import Path

from recobro import intake
from recobro.book.models import Close
from recobro.runs.home import Home


def published(home: Home, close: Close, table: str) -> list[Path]:
    """Return the Parquet files of a table that a close published: standings, figures, breaks."""
    return sorted((home.path / close.folder / table).glob("*.parquet"))


def suggested_mapping(path: Path) -> str:
    """Return the text of a mapping for a delivery of a foreign layout, each guess with its doubt.

    Raises intake.DeliveryRefused.
    """
    return intake.suggest(path)
