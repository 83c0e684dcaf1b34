"""Put away what a run that was ended before its time left behind."""

import shutil
from pathlib import Path

from recobro.lake import Lake
from recobro.runs import leftovers
from recobro.runs.home import Home
from recobro.runs.models import Load, Settlement
from recobro.terms.refusal import Refusal


class BookUnknown(Refusal):
    """The lake holds a book of which the database knows nothing."""

    says = (
        "{home} holds a book of which its database does not know. Nothing was changed. Set "
        "DATABASE_URL to what it was when the book was loaded, restore the database, or name a new "
        "folder with --home."
    )

    def __init__(self, home: Path) -> None:
        super().__init__(home=home)


def sweep(home: Home) -> None:
    """Bring the home back to what the database names: lake, findings of loads, files of closes.

    Files count from the moment in which a row names them, so what no row names is no loss. Raises
    BookUnknown: an empty database would make everything such a leftover.
    """
    last = Load.objects.last()
    if not _knows_the_book(home, last):
        raise BookUnknown(home.path)
    _sweep_lake(home.lake, last, ended=home.unfinished.exists())
    for folder in (*leftovers.folders_of_loads(home), *leftovers.folders_of_closes(home)):
        shutil.rmtree(folder)
    home.unfinished.unlink(missing_ok=True)


def _knows_the_book(home: Home, last: Load | None) -> bool:
    """Tell whether the database knows as much as the last run in this home did.

    Without a load it may only be that of a first one, which was ended: nothing else lies there.
    """
    begun_after = home.begun_after()
    if last is not None:
        return begun_after is None or last.number >= begun_after
    alone = begun_after == 0 and not any(home.closes.glob("*/*/"))
    return alone or not home.lake.versions()


def _sweep_lake(lake: Lake, last: Load | None, *, ended: bool) -> None:
    """Bring every table back to what is recorded of it, and delete what came after."""
    settled = Settlement.objects.order_by("pk")
    recorded = dict(last.versions) if last else {}
    for each in settled:
        recorded |= each.versions
    undone = [
        lake.restore(table, recorded.get(table))
        for table, version in lake.versions().items()
        if version != recorded.get(table)
    ]
    if ended or any(undone):
        lake.sweep(each.versions for each in leftovers.readable())
