"""Ask for the loads and closes that fall due by themselves."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from recobro.journal.operations import NOBODY, record
from recobro.office.jobs.enums import OPEN, State
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import ask
from recobro.runs.home import Home
from recobro.runs.inbox import Waiting, mapping_of, waiting
from recobro.runs.models import Load, Nightly
from recobro.runs.nightly import days_due, latest_due
from recobro.runs.operations.asking import ask_for_load
from recobro.runs.queries import closed_days, delivered_last, last_closed, nightly


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What of the nightly close can be set, as models.Nightly has it."""

    on: bool
    after: time
    zone: str
    loads: bool
    kind: str
    mapping: str = ""


@transaction.atomic
def set_nightly(*, home: Home, settings: Settings, by: str, at: datetime) -> Nightly:
    """Say whether, when and how loads and closes run by themselves.

    Raises inbox.MappingUnknown.
    """
    mapping_of(home, settings.mapping)
    before = nightly()
    new = Nightly(pk=1, **asdict(settings))
    new.save()
    record(
        chain="jobs",
        act="jobs.nightly-set",
        subject="nightly",
        by=by,
        at=at,
        before=_plain(before),
        after=_plain(new),
    )
    return new


def ask_for_due(*, home: Home, at: datetime) -> list[Job]:
    """Ask for what is due: the next delivery of the inbox, then each day not closed yet.

    Deliveries are loaded one after the other, by the day of their figures: what comes later rests
    on what came before, so one that is refused, still written, or older than the book holds up
    those behind it. What was asked for before is asked for again once something has changed:
    another content of the delivery, a newer load for the day. Days wait for deliveries.
    """
    chosen = nightly()
    if not chosen.on:
        return []
    if chosen.loads and (lying := waiting(home)) and is_next(lying[0], at):
        return [_ask_for_load(home, lying[0], chosen, at)]
    if Job.objects.filter(kind="load", state__in=OPEN).exists():
        return []
    return [ask(kind="close", subject=str(day), at=at) for day in _due(chosen, at)]


def is_next(lying: Waiting, at: datetime) -> bool:
    """Tell whether a delivery is to be loaded: at rest, not asked for yet, not older than the book.

    One that was loaded and lies there all the same is put away by another load, which changes
    nothing.
    """
    book = delivered_last()
    older = bool(book and lying.delivered_on and lying.delivered_on < book)
    same = Job.objects.filter(kind="load", subject=lying.name, parameters__mark=lying.mark)
    return lying.at_rest(at) and not older and not same.exclude(state=State.DONE).exists()


def _due(chosen: Nightly, at: datetime) -> list[date]:
    """Return the days that are to be closed: those since the last one, and those that failed.

    None where no load says of which day its figures are.
    """
    load, delivered_on = Load.objects.last(), delivered_last()
    if load is None or delivered_on is None:
        return []
    last = min(latest_due(at=at, after=chosen.after, zone=chosen.zone), delivered_on)
    closes = Job.objects.filter(kind="close")
    failed = closes.filter(state__in=(State.REFUSED, State.FAILED), asked_by=NOBODY)
    missed = {date.fromisoformat(day) for day in failed.values_list("subject", flat=True)}
    tried = set(closes.filter(asked_at__gte=load.finished_at).values_list("subject", flat=True))
    days = {*days_due(last=last, closed=last_closed()), *(day for day in missed if day <= last)}
    return [day for day in sorted(days - closed_days()) if str(day) not in tried]


def _ask_for_load(home: Home, lying: Waiting, chosen: Nightly, at: datetime) -> Job:
    return ask_for_load(
        home=home,
        delivery=lying.name,
        kind="" if lying.kind else chosen.kind,
        mapping=chosen.mapping,
        at=at,
    )


def _plain(chosen: Nightly) -> dict[str, Any]:
    return {
        "on": chosen.on,
        "after": f"{chosen.after:%H:%M}",
        "zone": chosen.zone,
        "loads": chosen.loads,
        "kind": chosen.kind,
        "mapping": chosen.mapping,
    }
