"""The demonstration bank's year, as it is lived: loads, closes, reports, told step by step."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from recobro.book.models import Close
from recobro.demo import bank
from recobro.demo.timetable import YEAR_ENDS
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


def live(home: Home, *, at: datetime) -> Iterator[Loaded | Closed]:
    """Load the bank's deliveries month by month and close every month end, yielding each event.

    The year ends before the first delivery are closed on its facts, so that the year has a start to
    be compared with.
    """
    policy = home.policy()
    with TemporaryDirectory() as folder:
        for delivery in bank.write(Path(folder)):
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


def _to_close(delivery: bank.Delivery) -> list[date]:
    if delivery.kind == "full":
        return [on for on in YEAR_ENDS if on < delivery.delivered_on]
    return [delivery.delivered_on]
