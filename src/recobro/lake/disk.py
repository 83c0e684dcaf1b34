"""What must be on the disk itself, not only with the system, before something rests on it."""

import os
from collections.abc import Iterable
from pathlib import Path


def secure(files: Iterable[Path], *, below: Path) -> None:
    """Wait until files are on the disk, and every folder from `below` down in which they stand.

    Without that a machine that loses its power may keep the row of a database, which is written
    through, and lose the files that the row names.
    """
    named = list(files)
    folders = {folder for file in named for folder in file.parents if folder.is_relative_to(below)}
    for path in [*named, *sorted(folders)]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
