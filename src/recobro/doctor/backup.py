"""When the last backup was made."""

from datetime import UTC, datetime, timedelta

from recobro.backups.record import Record, last_backup, restored_from
from recobro.doctor.diagnosis import Diagnosis, see_to, well
from recobro.runs.home import Home
from recobro.runs.models import Load

OLD = timedelta(days=7)

REMEDY = "recobro backup FOLDER, best every night and onto another disk (docs/operators/running.md)"


def backup(home: Home, at: datetime) -> Diagnosis:
    """Tell when the last backup was made, and what a restored folder was restored from."""
    last, restored = last_backup(home), restored_from(home)
    told = ". ".join([*_restored(restored), *_made(last)])
    newest = max((record.at for record in (last, restored) if record), default=None)
    if newest is None and not Load.objects.exists():
        return well("backup", "nothing to keep yet")
    if newest is None or at - newest > OLD:
        return see_to("backup", f"{told or 'None was made yet'}.", REMEDY)
    return well("backup", told)


def _restored(record: Record | None) -> list[str]:
    if record is None:
        return []
    return [f"restored {_moment(record.at)} as it was {_moment(record.of)}, from {record.folder}"]


def _made(record: Record | None) -> list[str]:
    return [f"made {_moment(record.at)} in {record.folder}"] if record else []


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
