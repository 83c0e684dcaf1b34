"""What a bank's folder keeps of its own backups, beside what is in them."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from recobro.runs.home import Home


@dataclass(frozen=True, slots=True)
class Record:
    """A backup that was made of a folder, or that it was restored from."""

    at: datetime
    """When it was made, or restored."""
    of: datetime
    """The moment that it shows."""
    folder: str


def last_backup(home: Home) -> Record | None:
    """Return the last backup that was made of a folder; nothing where none was."""
    return _read(last_backup_file(home))


def restored_from(home: Home) -> Record | None:
    """Return what a folder was restored from; nothing where it was not."""
    return _read(restored_file(home))


def last_backup_file(home: Home) -> Path:
    """Return the file that names the last backup."""
    return home.path / "last-backup.json"


def restored_file(home: Home) -> Path:
    """Return the file that names what the folder was restored from."""
    return home.path / "restored.json"


def keep(file: Path, record: Record) -> None:
    """Write a record in the place of the one before, whole or not at all."""
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(record), default=str, indent=1) + "\n", encoding="utf-8")
    draft.rename(file)


def _read(file: Path) -> Record | None:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        at, of = (datetime.fromisoformat(told[name]) for name in ("at", "of"))
        return Record(at, of, told["folder"])
    except (OSError, ValueError, KeyError, TypeError):  # no record is no loss
        return None
