"""What closes have published, and what a foreign delivery looks like."""

from pathlib import Path
from tempfile import TemporaryDirectory

from recobro import intake
from recobro.book.models import Close
from recobro.engine.backends.duck import Duck
from recobro.engine.tables import PUBLISHED, STANDINGS
from recobro.runs.home import Home
from recobro.runs.models import Load


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


def newest_loads(limit: int) -> tuple[list[Load], int]:
    """Return the newest loads, newest first, and how many there are in all."""
    return list(Load.objects.order_by("-number")[:limit]), Load.objects.count()


def newest_closes(limit: int) -> tuple[list[Close], int]:
    """Return the closes of the latest days, those in force first, and how many there are in all."""
    return list(Close.objects.all()[:limit]), Close.objects.count()
