"""Fetch a delivery."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from recobro.connectors import database
from recobro.connectors.fineract import fetching
from recobro.connectors.source import DatabaseSource, FineractSource
from recobro.connectors.tables import Tables
from recobro.runs.home import Home
from recobro.runs.inbox import arriving
from recobro.runs.progress import Progress, silent
from recobro.runs.queries import delivered_last

_EVER = date(1900, 1, 1)
"""Since when everything is fetched, where nothing was loaded before."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A delivery that lies in the inbox."""

    name: str
    rows: Mapping[str, int]
    """How many, by table."""
    left_out: Mapping[str, int]
    """What of the source is in no table, by its kind."""


def fetch(
    *,
    home: Home,
    source: DatabaseSource | FineractSource,
    on: date,
    name: str = "",
    progress: Progress = silent,
) -> Fetched:
    """Fetch a delivery into the inbox, as the source knows it; `on` is the day of its figures.

    Its name says day and kind, so that the nightly load takes it. It is there once all of it is.
    Queries may ask for what came since the last delivery that says its day. Raises what the sources
    raise, inbox.NameTaken, inbox.DeliveryNameUnusable, HomeUnusable.
    """
    name = name or f"{on}-{source.delivery}"
    last = delivered_last()
    since = last + timedelta(days=1) if last else _EVER
    with home.told(), arriving(home, name) as folder, Tables(folder) as tables:
        left_out: Mapping[str, int] = {}
        if isinstance(source, FineractSource):
            left_out = fetching.write(source, tables, progress=progress)
        else:
            days = {"on": on, "since": since}
            database.write(source, tables, days=days, progress=progress)
    return Fetched(name, tables.rows, left_out)
