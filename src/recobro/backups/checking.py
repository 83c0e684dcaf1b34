"""Whether a backup holds what it says, byte for byte."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from recobro.backups.contents import LEFT_OUT
from recobro.backups.copying import digest
from recobro.backups.manifest import FILES, MANIFEST, Manifest, Part, read
from recobro.runs.progress import Progress, silent
from recobro.terms.refusal import Refusal

_NEVER = {(FILES, name) for name in (*LEFT_OUT, "restoring")}
_SHOWN = 5
"""Damaged files that are named one by one."""


class BackupDamaged(Refusal):
    """Files of a backup are missing, or not as they were written."""

    def __init__(self, folder: Path, wrong: list[str]) -> None:
        shown = "; ".join(wrong[:_SHOWN])
        more = f"; and {len(wrong) - _SHOWN:,} more" if len(wrong) > _SHOWN else ""
        super().__init__(
            f"The backup {folder} is damaged: {shown}{more}. Nothing was made. Take another "
            "backup, and see to the disk that this one lies on."
        )


def checked(folder: Path, *, progress: Progress = silent) -> Manifest:
    """Read every file of a backup, and return what it says of itself where that is so.

    Raises manifest.NotABackup, manifest.ManifestUnreadable, BackupDamaged.
    """
    told = read(folder)
    require_whole(folder, told, progress=progress)
    return told


def require_whole(folder: Path, told: Manifest, *, progress: Progress = silent) -> None:
    """Raise BackupDamaged unless a backup holds what is told, and nothing that leads elsewhere."""
    wrong = [*_strangers(folder, told), *_damaged(folder, told, progress)]
    if wrong:
        raise BackupDamaged(folder, wrong)


def _strangers(folder: Path, told: Manifest) -> Iterator[str]:
    """Yield what does not belong there: links and names that lead elsewhere are among it."""
    named = {MANIFEST, *(part.path for part in told.parts)}
    for each in sorted(folder.rglob("*")):
        path = each.relative_to(folder).as_posix()
        if each.is_symlink() or (path not in named and not each.is_dir()):
            yield f"{path} is no part of it"


def _damaged(folder: Path, told: Manifest, progress: Progress) -> Iterator[str]:
    for done, part in enumerate(told.parts):
        progress("check", done, len(told.parts))
        if why := _damage(folder, part):
            yield f"{part.path} {why}"


def _leads_out(path: str) -> bool:
    """Tell whether a path is anything else than a plain one below a folder."""
    plain = PurePosixPath(path)
    return plain.is_absolute() or ".." in plain.parts or "\0" in path or plain.as_posix() != path


def _damage(folder: Path, part: Part) -> str | None:
    file = folder / part.path
    if _leads_out(part.path) or not file.is_relative_to(folder):
        return "leads out of it"
    if PurePosixPath(part.path).parts[:2] in _NEVER:
        return "is never in a backup"
    try:
        same = file.stat().st_size == part.size and digest(file) == part.sha256
    except OSError as error:
        return "is missing" if isinstance(error, FileNotFoundError) else f"({error.strerror})"
    return None if same else "is not as it was written"
