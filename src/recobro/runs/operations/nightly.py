"""Ask for the loads and closes that fall due by themselves."""

from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any

from django.db import transaction

from recobro.journal.operations import record
from recobro.office.jobs.models import Job
from recobro.office.jobs.operations import ask
from recobro.runs.home import Home
from recobro.runs.inbox import Waiting, mapping_of, waiting
from recobro.runs.models import Load, Nightly
from recobro.runs.nightly import days_due, latest_due
from recobro.runs.queries import last_closed, nightly


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
    """Ask for what is due: deliveries at rest in the inbox first, then each day not closed yet.

    What was asked for before is not asked for again until something has changed: another content
    of the delivery, a newer load for the day. Days wait for the deliveries before them.
    """
    chosen = nightly()
    if not chosen.on:
        return []
    if chosen.loads and (lying := [each for each in waiting(home) if each.at_rest(at)]):
        asked = [_ask_for_load(each, chosen, at) for each in lying if not _asked_for(each)]
        if asked:
            return asked
    if Job.objects.filter(kind="load", state__in=("waiting", "running")).exists():
        return []
    return _ask_for_closes(chosen, at)


def _ask_for_closes(chosen: Nightly, at: datetime) -> list[Job]:
    load = Load.objects.last()
    if load is None:
        return []
    days = days_due(
        latest=latest_due(at=at, after=chosen.after, zone=chosen.zone),
        closed=last_closed(),
        delivered_on=load.delivered_on,
    )
    since = Job.objects.filter(kind="close", asked_at__gte=load.finished_at)
    tried = {job.parameters["as_of"] for job in since}
    return [
        ask(kind="close", parameters={"as_of": str(day)}, at=at)
        for day in days
        if str(day) not in tried
    ]


def _ask_for_load(lying: Waiting, chosen: Nightly, at: datetime) -> Job:
    kind = lying.kind or chosen.kind
    told = {"delivery": lying.name, "kind": str(kind), "mark": lying.mark}
    if chosen.mapping:
        told["mapping"] = chosen.mapping
    if lying.delivered_on:
        told["delivered_on"] = str(lying.delivered_on)
    return ask(kind="load", parameters=told, at=at)


def _asked_for(lying: Waiting) -> bool:
    """Tell whether this content was to be loaded before, whatever came of it."""
    return Job.objects.filter(
        kind="load", parameters__delivery=lying.name, parameters__mark=lying.mark
    ).exists()


def _plain(chosen: Nightly) -> dict[str, Any]:
    return {
        "on": chosen.on,
        "after": f"{chosen.after:%H:%M}",
        "zone": chosen.zone,
        "loads": chosen.loads,
        "kind": chosen.kind,
        "mapping": chosen.mapping,
    }
