"""What the database names of the files in a home, and so what runs that were ended left there."""

from pathlib import Path

from recobro.book.models import Close
from recobro.runs.home import Home
from recobro.runs.models import Load, Settlement


def readable() -> "list[Load | Settlement]":
    """Return every load and settlement whose versions of the lake's tables must stay readable.

    A close names its load, so the versions of loads are those of closes as well.
    """
    return [*Load.objects.filter(readable=True), *Settlement.objects.all()]


def folders_of_loads(home: Home) -> list[Path]:
    """Return the folders of loads that no row counts."""
    counted = {home.load_folder(number) for number in Load.objects.values_list("number", flat=True)}
    return sorted({*home.path.glob("loads/*/")} - counted)


def folders_of_closes(home: Home) -> list[Path]:
    """Return the folders of closes that no row names."""
    named = {home.path / folder for folder in Close.objects.values_list("folder", flat=True)}
    return sorted({*home.closes.glob("*/*/")} - named)
