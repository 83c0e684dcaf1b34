"""Ask for a load or a close, as the pages, programs and the clock do."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from recobro.journal.operations import NOBODY
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import ask
from recobro.runs.home import Home
from recobro.runs.inbox import mapping_of, waiting_as
from recobro.runs.queries import nightly
from recobro.terms.refusal import Refusal

EARLIEST = date(1900, 1, 1)


class DayTooEarly(Refusal):
    """No loan of the contract is older."""

    says = "There were no loans on {day}; nothing was started. Choose a later day."

    def __init__(self, day: date) -> None:
        super().__init__(day=day)


class DayToCome(Refusal):
    """The day is not over, by the clock of the bank."""

    says = (
        "{day} is not over yet, by the clock of {zone}; nothing was started. Choose a day before "
        "today: what is still paid would count as unpaid."
    )

    def __init__(self, day: date, zone: str) -> None:
        super().__init__(day=day, zone=zone)


class KindUnsaid(Refusal):
    """Neither the name of a delivery nor whoever asks says whether it is full."""

    says = "The name of {name!r} says neither full nor delta; nothing was started. Say which."

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


def ask_for_close(*, on: date, at: datetime, by: str = NOBODY) -> Job:
    """Ask that a day be closed.

    Raises DayTooEarly, DayToCome.
    """
    zone = nightly().zone
    if on < EARLIEST:
        raise DayTooEarly(on)
    if on >= at.astimezone(ZoneInfo(zone)).date():
        raise DayToCome(on, zone)
    return ask(kind="close", subject=str(on), at=at, by=by)


def ask_for_load(
    *,
    home: Home,
    delivery: str,
    at: datetime,
    kind: str = "",
    delivered_on: date | None = None,
    mapping: str = "",
    accept_drop: int | None = None,
    by: str = NOBODY,
) -> Job:
    """Ask that a delivery of the inbox be loaded as it lies there now.

    Its name says of what kind it is and of which day, where nobody says otherwise. Raises
    inbox.NotInInbox, inbox.MappingUnknown, KindUnsaid.
    """
    lying = waiting_as(home, delivery)
    mapping_of(home, mapping)
    told = kind or lying.kind
    if not told:
        raise KindUnsaid(delivery)
    day = delivered_on or lying.delivered_on
    parameters = {
        "kind": str(told),
        "mark": lying.mark,
        "delivered_on": str(day) if day else None,
        "mapping": mapping or None,
        "accept_drop": accept_drop,
    }
    given = {name: value for name, value in parameters.items() if value is not None}
    return ask(kind="load", subject=delivery, parameters=given, at=at, by=by)
