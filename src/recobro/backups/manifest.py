"""What a backup says of itself: written last, so that without it there is no backup."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from recobro.terms.refusal import Refusal

MANIFEST = "manifest.json"
FILES = "home"
"""The folder of a backup that has the files of the bank's folder, each at its place."""
FORM: Literal[1] = 1
"""Goes up when a backup is laid out otherwise."""


class NotABackup(Refusal):
    """A folder is none, or one that was not finished."""

    def __init__(self, folder: Path, newest: Path | None = None) -> None:
        hint = f"The newest one in it is {newest}: name that." if newest else "Name another folder."
        super().__init__(f"{folder} is no backup: it has no {MANIFEST}. Nothing was made. {hint}")


class ManifestUnreadable(Refusal):
    """It is damaged, or of a newer program."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file} cannot be read: it is damaged, or written by a newer Recobro. Nothing was "
            "made. Take another backup, or install a newer version."
        )


class Part(BaseModel):
    """A file of a backup, by its place below the folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    size: int
    sha256: str


class Manifest(BaseModel):
    """What a backup holds, and of which moment and program it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Literal[1] = FORM
    made_at: datetime
    """All that it holds is of this moment, or was there at it."""
    home: str
    """The folder that it was made of."""
    program: str
    database: Literal["sqlite", "postgresql"]
    migrations: tuple[str, ...]
    """What had been done to the tables by then."""
    missing: tuple[str, ...]
    """Files of the folder that the database named, and that were not there."""
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(part.size for part in self.parts)


def read(folder: Path) -> Manifest:
    """Return what the backup in a folder says of itself.

    Raises NotABackup, ManifestUnreadable.
    """
    file = folder / MANIFEST
    if not file.is_file():
        raise NotABackup(folder, next(iter(reversed(backups_in(folder))), None))
    try:
        return Manifest.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise ManifestUnreadable(file) from error


def write(folder: Path, manifest: Manifest) -> Path:
    """Write it into the folder of a backup, open to its own user alone; return its file."""
    file = folder / MANIFEST
    file.touch(mode=0o600, exist_ok=False)
    file.write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return file


def backups_in(folder: Path) -> list[Path]:
    """Return the backups that a folder holds, oldest first."""
    found = (each.parent for each in folder.glob(f"[0-9]*/{MANIFEST}"))
    return sorted(found, key=lambda each: each.name)


def known_parts(folder: Path) -> Mapping[str, Part]:
    """Return the files of a backup by their place; none where it cannot be read."""
    try:
        return {part.path: part for part in read(folder).parts}
    except (NotABackup, ManifestUnreadable):
        return {}
