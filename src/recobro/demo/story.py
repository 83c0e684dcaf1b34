"""The demonstration bank's year, as it is lived: loads, closes, reports, told step by step."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from recobro.book.models import Close
from recobro.demo.bank import Delivery
from recobro.demo.timetable import LAST_ON, YEAR_ENDS
from recobro.reports.catalogue import REPORTS
from recobro.reports.render.fonts import NoFonts
from recobro.reports.render.pdf import LettersMissing
from recobro.reports.render.write import write
from recobro.reports.writing import Order, composed
from recobro.runs import operations
from recobro.runs.home import Home
from recobro.runs.models import Load


@dataclass(frozen=True)
class Loaded:
    """A delivery is in the book."""

    delivered_on: date
    load: Load


@dataclass(frozen=True)
class Closed:
    """A day is closed."""

    close: Close


@dataclass(frozen=True)
class Reported:
    """A report is written, or could not be: then `missing` says what it lacks."""

    path: Path
    missing: str = ""


def live(
    home: Home, deliveries: Iterable[Delivery], *, at: datetime
) -> Iterator[Loaded | Closed | Reported]:
    """Load the bank's deliveries month by month, close every month end, report on the last.

    Each event is yielded as it happens. The year ends before the first delivery are closed on its
    facts, so that the year has a start to be compared with.
    """
    policy = home.policy()
    for delivery in deliveries:
        load = operations.load(
            home=home,
            path=delivery.path,
            kind=delivery.kind,
            delivered_on=delivery.delivered_on,
            at=at,
            policy=policy,
        )
        if load is None:
            continue
        yield Loaded(delivery.delivered_on, load)
        for on in _to_close(delivery):
            yield Closed(operations.close(home=home, on=on, policy=policy, at=at))
    yield from _report(home, at=at)


def _report(home: Home, *, at: datetime) -> Iterator[Reported]:
    """Write every report of the last day as a page, and for paper where the fonts are there."""
    for name in REPORTS:
        order = Order(
            name=name, as_of=LAST_ON, language="en", printed_by="recobro demo", printed_at=at
        )
        document = composed(home=home, order=order)
        for ending in (".html", ".pdf"):
            path = home.path / "reports" / str(LAST_ON) / f"{name}{ending}"
            try:
                write(document, path)
            except (LettersMissing, NoFonts) as error:
                yield Reported(path, str(error))
            else:
                yield Reported(path)


def _to_close(delivery: Delivery) -> list[date]:
    if delivery.kind == "full":
        return [on for on in YEAR_ENDS if on < delivery.delivered_on]
    return [delivery.delivered_on]
